"""The pages of exams: who sees what, and what the page of a coach sends and gets back."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import CallScript, ScriptDraft
from qcapp.core import clock
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import Trainee
from qcapp.terms import Stage
from tests.onboarding.exam_hall import CRITICAL, PASSED, make_examinee, marks

SECRET = "Молчал и смотрел в стену"


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    trainee = make_examinee(session, people.max)
    session.commit()
    return trainee


@pytest.fixture
def exam(session: Session, people: SimpleNamespace, trainee: Trainee) -> Exam:
    exam = exams.begin_exam(session, trainee, by=people.tanya)
    exams.save_exam(session, exam, marks({"questions": "3"}, comment=SECRET), by=people.tanya)
    session.commit()
    return exam


def sent(given: dict[str, str], exam: Exam, **more: object) -> dict[str, object]:
    answers = {key: {"value": value, "comment": "Почему"} for key, value in given.items()}
    typed = {"revision": exam.revision, "window": "two", "turn": 1, "answers": answers, "summary": "Итог"}
    return typed | more


def test_a_coach_begins_an_exam_and_lands_on_its_desk(
    session: Session, people: SimpleNamespace, login, trainee: Trainee
) -> None:
    tanya = login(people.tanya)
    assert "Hold an exam" in tanya.get(f"/onboarding/{people.max.id}/exams").text
    answer = tanya.post(f"/onboarding/{people.max.id}/exams", follow_redirects=True)
    assert 'data-module="exam"' in answer.text
    assert "is going on" in tanya.get(f"/onboarding/{people.max.id}/exams").text


def test_a_trainee_before_the_exam_learns_how_to_prepare(
    people: SimpleNamespace, login, trainee: Trainee
) -> None:
    page = login(people.max).get(f"/onboarding/{people.max.id}/exams").text
    assert "To prepare:" in page
    assert 'href="/checklists/card"' in page
    assert f'href="/scripts/of/{people.max.id}"' in page
    assert "To prepare:" not in login(people.tanya).get(f"/onboarding/{people.max.id}/exams").text


def test_the_desk_shows_the_script_in_force(
    session: Session, people: SimpleNamespace, login, exam: Exam
) -> None:
    tanya = login(people.tanya)
    assert "has no approved script" in tanya.get(f"/exams/{exam.id}").text
    now = clock.now()
    script = CallScript(manager=people.max, created_at=now)
    script.drafts.append(
        ScriptDraft(
            number=3,
            state=DraftState.APPROVED,
            author_id=people.max.id,
            updated_at=now,
            decided_at=exam.started_at,
            blocks={
                "goal": "Записать на замер",
                "objections": [{"objection": "Дорого", "answer": "А с чем?"}],
            },
        )
    )
    session.add(script)
    session.commit()
    page = tanya.get(f"/exams/{exam.id}").text
    for words in ("draft 3", "Записать на замер", "Дорого", "А с чем?"):
        assert words in page


def test_a_save_answers_with_the_mark_so_far(people: SimpleNamespace, login, exam: Exam) -> None:
    saved = login(people.tanya).post(f"/exams/{exam.id}/draft", json=sent({"questions": "4"}, exam)).json
    assert saved["revision"] == 2
    assert "4.00" in saved["result"]
    assert "2 items to finish" in saved["result"]


def test_a_save_of_another_window_is_told(people: SimpleNamespace, login, exam: Exam) -> None:
    stale = sent({"questions": "4"}, exam, revision=0)
    answer = login(people.tanya).post(f"/exams/{exam.id}/draft", json=stale)
    assert (answer.status_code, answer.json["revision"]) == (409, 1)


def test_an_incomplete_exam_is_saved_and_names_the_first_item(
    session: Session, people: SimpleNamespace, login, exam: Exam
) -> None:
    answer = login(people.tanya).post(f"/exams/{exam.id}/finish", json=sent({"questions": "4"}, exam))
    assert (answer.status_code, answer.json["first"]) == (422, "heard")
    session.expire_all()
    assert (exam.answers["questions"]["value"], exam.finished_at) == ("4", None)


def test_finishing_leads_to_the_result(session: Session, people: SimpleNamespace, login, exam: Exam) -> None:
    tanya = login(people.tanya)
    asked = tanya.post(f"/exams/{exam.id}/finish", json=sent(CRITICAL, exam)).json
    assert "Max Manager learns everything again" in asked["ask"]
    session.expire_all()
    assert (exam.finished_at, exam.comment) == (None, "Итог")
    url = tanya.post(f"/exams/{exam.id}/finish?sure", json=sent(CRITICAL, exam, turn=2)).json["url"]
    page = tanya.get(url).text
    for words in ("not passed", "critical error", "3.50", "Итог", "has no recording"):
        assert words in page
    index = tanya.get(f"/onboarding/{people.max.id}/exams").text
    assert "№ 1" in index
    assert "critical error" in index


@pytest.mark.parametrize("who", ["max", "roman", "lidia", "kira", "olga", "hanna"])
def test_what_is_written_in_an_unfinished_exam_its_coach_alone_sees(
    people: SimpleNamespace, login, exam: Exam, who: str
) -> None:
    visitor = login(getattr(people, who))
    for page in (f"/exams/{exam.id}", f"/onboarding/{people.max.id}/exams"):
        text = visitor.get(page).text
        assert "Tanya Coach" in text
        assert SECRET not in text
        assert "3.00" not in text
    assert SECRET in login(people.tanya).get(f"/exams/{exam.id}").text


@pytest.mark.parametrize("who", ["max", "roman", "lidia", "kira", "olga", "hanna", "tanya"])
def test_a_finished_exam_is_read_by_all_who_see_the_onboarding(
    session: Session, people: SimpleNamespace, login, exam: Exam, who: str
) -> None:
    exams.save_exam(session, exam, marks(PASSED, turn=2), by=people.tanya)
    exams.finish_exam(session, exam, by=people.tanya)
    session.commit()
    visitor = login(getattr(people, who))
    page = visitor.get(f"/exams/{exam.id}").text
    assert "3.25" in page
    assert "Разобрали" in page
    assert ("Congratulations" in page) == (who == "max")
    assert ("still add one" in page) == (who == "tanya")


def test_an_unfinished_exam_can_be_removed(
    session: Session, people: SimpleNamespace, login, exam: Exam
) -> None:
    assert "Remove this exam" in login(people.lidia).get(f"/exams/{exam.id}").text
    assert "Remove this exam" not in login(people.roman).get(f"/exams/{exam.id}").text
    client, remove = login(people.tanya), f"/exams/{exam.id}/discard"
    assert "another window" in client.post(remove, data={"revision": exam.revision - 1, "window": "old"}).text
    assert client.post(remove, data={"revision": exam.revision, "window": "new"}).status_code == 303
    assert session.scalars(select(Exam.id)).all() == []


def test_outside_the_stage_there_is_no_button(
    session: Session, people: SimpleNamespace, login, trainee: Trainee
) -> None:
    trainee.stages[-1].stage = Stage.TECHNIQUE
    session.commit()
    page = login(people.tanya).get(f"/onboarding/{people.max.id}/exams").text
    assert "Hold an exam" not in page
    assert "in another one" in page


def test_who_was_never_trained_has_no_exams(people: SimpleNamespace, login) -> None:
    assert login(people.olga).get(f"/onboarding/{people.sveta.id}/exams").status_code == 404
