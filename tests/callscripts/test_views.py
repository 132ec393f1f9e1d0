"""The pages of scripts, from the first starter to the printed draft."""

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import docx
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.callscripts import queries, service, wording
from qcapp.callscripts.blocks import Block, DraftState
from qcapp.callscripts.models import ScriptDraft
from qcapp.callscripts.starters import starters
from qcapp.callscripts.wording import Objection
from qcapp.core.audit import AuditEntry
from tests.callscripts.scripts import FULL, approve, hand_in
from tests.callscripts.scripts import wording as worded

Login = Callable[..., FlaskClient]


def send(client: FlaskClient, url: str, sent: object) -> tuple[int, dict[str, Any]]:
    """What the editor is answered: status and JSON."""
    answer = client.post(url, json=sent, headers={"Accept": "application/json"})
    return answer.status_code, answer.get_json()


def body(draft: ScriptDraft, words: wording.DraftWording = FULL, **fields: object) -> dict[str, object]:
    """What the editor sends."""
    sent = {"blocks": wording.written(words), "revision": draft.revision, "window": "one", "turn": 1}
    return sent | fields


def begun(session: Session, people: SimpleNamespace) -> ScriptDraft:
    draft = queries.last_draft(session, people.max.id)
    assert draft is not None
    return draft


def test_a_manager_goes_from_a_starter_to_a_draft_handed_in(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    assert client.get("/scripts").location == f"/scripts/of/{people.max.id}"
    assert "Горячая заявка с сайта" in client.get(f"/scripts/of/{people.max.id}").text
    answer = client.post("/scripts/drafts", data={"starter": "hot_site_lead"})
    draft = begun(session, people)
    assert answer.location == f"/scripts/drafts/{draft.id}/edit"
    page = client.get(answer.location).text
    assert "Вижу в заявке" in page
    assert "Сколько стоит? Просто назовите цену" in page
    url = f"/scripts/drafts/{draft.id}"
    _status, saved = send(client, f"{url}/save", body(draft, worded(goal="")))
    assert (saved["revision"], saved["missing"], saved["changes"]) == (1, ["goal"], {})
    status, unfinished = send(client, f"{url}/submit", body(draft, worded(goal=" "), turn=2))
    assert (status, unfinished["first"]) == (422, "goal")
    done = send(client, f"{url}/submit", body(draft, turn=3))
    assert done == (200, {"url": f"/scripts/of/{people.max.id}"})
    session.expire_all()
    assert draft.state is DraftState.SUBMITTED
    assert "waits for a decision since" in client.get(f"/scripts/of/{people.max.id}").text
    assert client.get(f"{url}/edit").location == url
    assert FULL.texts[Block.GOAL] in client.get(url).text


def test_a_second_window_is_told_and_nonsense_is_refused(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    client.post("/scripts/drafts")
    draft = begun(session, people)
    url = f"/scripts/drafts/{draft.id}/save"
    assert send(client, url, body(draft))[0] == 200
    other = body(draft, worded(goal="Иначе"), window="two", revision=0)
    status, clash = send(client, url, other)
    assert (status, clash["revision"]) == (409, 1)
    long = body(draft, worded(goal="о" * 10_001), turn=2)
    assert "longer than" in send(client, url, long)[1]["error"]
    for wrong in (None, {}, body(draft) | {"blocks": {"greetings": ""}}):
        assert send(client, url, wrong)[0] == 409


def test_what_is_being_written_is_nobody_elses(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    draft = service.start_draft(session, by=people.max)
    session.commit()
    for reader in (people.tanya, people.lidia, people.olga):
        client = login(reader)
        assert client.get(f"/scripts/drafts/{draft.id}").status_code == 403
        assert "being written" in client.get("/scripts").text
        assert f"/scripts/drafts/{draft.id}" not in client.get(f"/scripts/of/{people.max.id}").text
    client = login(people.max)
    assert client.get(f"/scripts/drafts/{draft.id}").location.endswith("/edit")
    assert client.post(f"/scripts/drafts/{draft.id}/discard").status_code == 303
    assert "Begin your script" in client.get(f"/scripts/of/{people.max.id}").text


def test_a_coach_comments_and_returns_and_the_next_draft_shows_it(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    draft = hand_in(session, people.max)
    session.commit()
    url = f"/scripts/drafts/{draft.id}"
    client = login(people.tanya)
    assert url in client.get("/scripts").text
    assert client.post(f"{url}/decision", data={"verdict": "returned", "words": ""}).status_code == 422
    assert client.post(f"{url}/decision", data={"verdict": "writing"}).status_code == 422
    assert client.post(f"{url}/comments", data={"block": "goal", "text": " "}).status_code == 422
    assert client.post(f"{url}/comments", data={"block": "nowhere", "text": "Что?"}).status_code == 422
    said = client.post(f"{url}/comments", data={"block": "goal", "text": "Слишком длинно"})
    assert said.location == f"{url}#block-goal"
    assert client.post(f"{url}/decision", data={"verdict": "returned", "words": "Почти"}).status_code == 303
    client = login(people.max)
    page = client.get(url).text
    assert "Слишком длинно" in page
    assert "Почти" in page
    assert 'name="verdict"' not in page
    client.post("/scripts/drafts")
    second = begun(session, people)
    page = client.get(f"/scripts/drafts/{second.id}/edit").text
    assert "Слишком длинно" in page
    assert "Почти" in page
    changed = worded((Objection("Дорого", "Сравнили с чем?"),), goal="Короткая цель.")
    _status, saved = send(client, f"/scripts/drafts/{second.id}/save", body(second, changed))
    assert "<ins>Короткая цель" in saved["changes"]["goal"]
    assert "Worded as before" in saved["changes"]["greeting"]


def test_two_drafts_are_compared(session: Session, people: SimpleNamespace, login: Login) -> None:
    first = approve(session, people.max, people.tanya)
    second = approve(session, people.max, people.tanya, worded(greeting="Слова о главном, как я их говорю."))
    third = approve(session, people.max, people.tanya, worded(closing="До завтра."))
    session.commit()
    client = login(people.roman)
    page = client.get(f"/scripts/drafts/{second.id}/diff").text
    assert "<del> greeting</del><ins> главном</ins>" in page
    assert "From draft 1 to draft 2" in page
    page = client.get(f"/scripts/drafts/{third.id}/diff?from=1").text
    assert "From draft 1 to draft 3" in page
    assert "До завтра" in page
    assert "<h2" in page
    assert "nothing to compare" in client.get(f"/scripts/drafts/{first.id}/diff").text
    assert client.get(f"/scripts/drafts/{first.id}/diff?from=9").status_code == 404
    page = client.get(f"/scripts/drafts/{second.id}?view=changes").text
    assert "<del> greeting</del>" in page


def test_a_script_is_printed_in_its_own_letters_and_the_export_is_written_down(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    draft = approve(session, people.max, people.tanya, worded(greeting="Здравствуйте!\nЭто\x0b Макс."))
    session.commit()
    answer = login(people.max).post(f"/scripts/drafts/{draft.id}/docx")
    assert unquote(answer.headers["Content-Disposition"]).endswith('Max Manager – Draft 1.docx"')
    printed = docx.Document(io.BytesIO(answer.data))
    lines = [paragraph.text for paragraph in printed.paragraphs]
    assert {"Здравствуйте!", "Это Макс.", "Script: Max Manager", "Greeting"} <= set(lines)
    rows = [[cell.text for cell in row.cells] for row in printed.tables[0].rows]
    assert rows == [[each.objection, each.answer] for each in FULL.objections]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export_script")).one()
    assert entry.by_id == people.max.id
    assert login(people.sveta).post(f"/scripts/drafts/{draft.id}/docx").status_code == 403


def test_nobody_is_offered_what_he_may_not_do(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    draft = hand_in(session, people.max)
    session.commit()
    for reader, judges in (
        (people.tanya, True),
        (people.kira, True),
        (people.roman, False),
        (people.max, False),
    ):
        page = login(reader).get(f"/scripts/drafts/{draft.id}").text
        assert ('name="verdict"' in page) is judges
        assert (f"/scripts/drafts/{draft.id}/comments" in page) is judges
    assert login(people.roman).post(f"/scripts/drafts/{draft.id}/decision", data={}).status_code == 403


def test_a_draft_with_brackets_or_untouched_blocks_is_handed_in_only_after_a_question_and_the_coach_sees_them(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    client.post("/scripts/drafts", data={"starter": "hot_site_lead"})
    draft = begun(session, people)
    words = worded(goal="Звоню по [теме].", closing=wording.read(draft.blocks).text(Block.CLOSING))
    status, asked = send(client, f"/scripts/drafts/{draft.id}/submit", body(draft, words))
    assert status == 200
    assert "[Brackets] are left to fill in: Goal of the call" in asked["ask"]
    assert "Word for word as in the ready script: Closing." in asked["ask"]
    session.expire_all()
    assert (draft.state, draft.blocks["goal"]) == (DraftState.WRITING, "Звоню по [теме].")
    sure = send(client, f"/scripts/drafts/{draft.id}/submit?sure", body(draft, words, turn=2))
    assert sure == (200, {"url": f"/scripts/of/{people.max.id}"})
    page = login(people.tanya).get(f"/scripts/drafts/{draft.id}").text
    goal, closing = (
        page[page.index(f'id="title-{block}"') :].split("</h2>")[0] for block in ("goal", "closing")
    )
    assert "[brackets] are left" in goal
    assert "word for word" in closing
    assert page.count("word for word") == 1


def test_a_ready_script_taken_over_word_for_word_is_refused_before_anything_is_asked_and_stays_saved(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    client.post("/scripts/drafts", data={"starter": next(iter(starters()))})
    draft = session.scalars(select(ScriptDraft)).one()
    status, answer = send(
        client, f"/scripts/drafts/{draft.id}/submit", body(draft, wording.read(draft.blocks))
    )
    assert (status, "ask" in answer, answer["revision"]) == (422, False, 1)
    assert "word for word" in answer["error"]
