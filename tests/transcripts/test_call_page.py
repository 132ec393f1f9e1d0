"""The page of a call: who sees what, and what its buttons do."""

import re

import pytest
from sqlalchemy import select

from qcapp.calls.models import Client
from qcapp.calls.states import RecordingState
from qcapp.terms import Disposition
from qcapp.transcripts import panels, queries
from qcapp.transcripts.models import Segment, Transcription, TranscriptionState
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript


@pytest.fixture
def call(session, people):
    call = make_call(
        session, people.max, transcribed=False, client=Client(phone="+79990001122", company="Чай")
    )
    make_transcript(session, call, (0, 1.0, 3.0, "Подпишем договоры"), (1, 4.0, 5.0, "Да"))
    session.commit()
    return call


@pytest.fixture
def segment(session, call) -> Segment:
    return session.scalars(select(Segment).order_by(Segment.start_s)).first()


@pytest.mark.parametrize(
    ("who", "status"),
    [(name, 200) for name in ("kira", "lidia", "olga", "roman", "tanya", "max", "anna")]
    + [(name, 403) for name in ("sveta", "oleg", "hanna")],
)
def test_the_page_is_for_those_who_may_see_the_call(call, people, login, who, status):
    assert login(getattr(people, who)).get(f"/calls/{call.id}").status_code == status


def test_there_is_no_call_with_a_wrong_number(people, login):
    response = login(people.kira).get("/calls/999999")
    assert response.status_code == 404
    assert "There is no such call" in response.text


def test_a_recording_in_which_nobody_speaks_says_so(session, people, login):
    silent = make_call(session, people.max, transcribed=False)
    make_transcript(session, silent)
    session.commit()
    for who in (people.kira, people.max):
        assert "No speech is heard in this recording." in login(who).get(f"/calls/{silent.id}").text


def test_words_can_be_clicked_to_their_times(call, people, login):
    page = login(people.max).get(f"/calls/{call.id}").text
    assert '<span class="w" data-s="1.0">Подпишем</span> <span class="w" data-s="2.0">договоры</span>' in page
    assert f'src="/calls/{call.id}/audio"' in page


def test_an_administrator_sees_the_call_and_not_what_was_said(call, people, login):
    page = login(people.anna).get(f"/calls/{call.id}").text
    assert "Max Manager" in page
    assert "договоры" not in page
    assert "<audio" not in page


def test_who_is_judged_gets_no_tools_to_change_the_transcript(call, people, login):
    tools = ("Swap sides", "Rename speakers", "data-edit")
    assert all(tool in login(people.kira).get(f"/calls/{call.id}").text for tool in tools)
    for who in (people.max, people.roman, people.tanya):
        page = login(who).get(f"/calls/{call.id}").text
        assert not any(tool in page for tool in tools)


def test_a_coach_sees_a_masked_number(call, people, login):
    page = login(people.tanya).get(f"/calls/{call.id}").text
    assert "000-11-22" not in page
    assert "••-22" in page


def test_earlier_calls_are_those_the_person_may_see(session, call, people, login):
    client = call.client
    mine, hers, later = (
        make_call(session, who, client=client, recorded=False)
        for who in (people.max, people.sveta, people.max)
    )
    for other in (mine, hers):
        other.started_at = call.started_at.replace(year=2025)
    session.commit()
    page = login(people.max).get(f"/calls/{call.id}").text
    assert f'href="/calls/{mine.id}"' in page
    assert f'href="/calls/{hers.id}"' not in page
    assert f'href="/calls/{later.id}"' not in page
    assert f'href="/calls/{hers.id}"' in login(people.kira).get(f"/calls/{call.id}").text


@pytest.mark.parametrize(
    ("disposition", "sentence"),
    [(Disposition.NO_ANSWER, "because nobody answered"), (Disposition.ANSWERED, "though it was answered")],
)
def test_a_call_without_a_recording_says_why(session, people, login, disposition, sentence):
    call = make_call(session, people.max, recorded=False)
    call.disposition = disposition
    session.commit()
    assert sentence in login(people.max).get(f"/calls/{call.id}").text


def test_an_unusable_recording_says_why(session, people, login):
    call = make_call(session, people.max, transcribed=False)
    call.recording.state, call.recording.error = RecordingState.FAILED, "The file is empty."
    session.commit()
    assert "The file is empty." in login(people.max).get(f"/calls/{call.id}").text


class TestWaitingForTheTranscript:
    @pytest.fixture
    def waiting(self, session, people) -> Transcription:
        call = make_call(session, people.max)
        row = queries.transcription_of(session, call.id)
        for segment in list(row.segments):
            session.delete(segment)
        row.state, row.progress = TranscriptionState.RUNNING, 0.42
        session.commit()
        return row

    def test_progress_is_shown_and_asked_for_again(self, waiting, people, login):
        page = login(people.max).get(f"/calls/{waiting.call_id}").text
        assert 'value="42.0"' in page
        assert f'hx-get="/calls/{waiting.call_id}/state"' in page

    def test_the_fragment_reloads_the_page_when_it_is_done(self, session, waiting, people, login):
        client = login(people.max)
        assert 'hx-trigger="every' in client.get(f"/calls/{waiting.call_id}/state").text
        waiting.state = TranscriptionState.DONE
        session.commit()
        fragment = client.get(f"/calls/{waiting.call_id}/state").text
        assert 'data-reload="true"' in fragment
        assert "hx-trigger" not in fragment

    def test_a_failure_is_told_in_words_and_can_be_tried_again(self, session, waiting, people, login):
        waiting.state, waiting.error = TranscriptionState.FAILED, "Nobody speaks in it."
        session.commit()
        page = login(people.kira).get(f"/calls/{waiting.call_id}").text
        assert "Nobody speaks in it." in page
        assert "Try again" in page
        assert "Try again" not in login(people.max).get(f"/calls/{waiting.call_id}").text
        assert login(people.kira).post(f"/calls/{waiting.call_id}/retry").status_code == 303
        session.refresh(waiting)
        assert waiting.state is TranscriptionState.QUEUED


def test_words_are_found_in_every_form_with_their_places(call, segment, people, login):
    answer = login(people.max).get(f"/calls/{call.id}/find?q=договором").json
    assert answer == {"found": [{"segment": segment.id, "first": 1, "last": 1}]}
    assert login(people.max).get(f"/calls/{call.id}/find?q=").json == {"found": []}


def test_what_was_said_cannot_be_probed_without_the_right_to_hear_it(call, people, login):
    assert login(people.anna).get(f"/calls/{call.id}/find?q=договор").status_code == 403
    assert login(people.sveta).get(f"/calls/{call.id}/find?q=договор").status_code == 403


def test_a_correction_comes_back_as_the_new_row(call, segment, people, login):
    client = login(people.kira)
    url = f"/calls/{call.id}/segments/{segment.id}"
    editor = client.get(f"{url}/edit").text
    assert "Подпишем договоры</textarea>" in editor
    row = client.post(
        url, data={"text": "Подпишем договор", "base": re.search(r'name="base" value="(\d+)"', editor)[1]}
    )
    assert '<span class="w" data-s="2.0">договор</span>' in row.text
    assert "corrected" in row.text
    history = client.get(f"{url}/history").text
    assert "Kira Control" in history
    assert "the recogniser" in history


def test_a_refused_correction_keeps_what_was_typed(call, segment, people, login):
    client = login(people.kira)
    url = f"/calls/{call.id}/segments/{segment.id}"
    client.post(url, data={"text": "Подпишем договор", "base": 0})
    answer = client.post(url, data={"text": "Подпишем дом", "base": 0}).text
    assert "Somebody else has corrected" in answer
    assert "Подпишем дом</textarea>" in answer


def test_a_segment_of_another_call_is_not_found_here(session, call, segment, people, login):
    other = make_call(session, people.max)
    session.commit()
    assert login(people.kira).get(f"/calls/{other.id}/segments/{segment.id}").status_code == 404


def test_the_managers_own_words_cannot_be_changed_by_the_manager(call, segment, people, login):
    url = f"/calls/{call.id}/segments/{segment.id}"
    client = login(people.max)
    for address in (
        url,
        f"{url}/speaker",
        f"{url}/removed",
        f"/calls/{call.id}/sides",
        f"/calls/{call.id}/speakers",
    ):
        assert client.post(address, data={"text": "Всё хорошо"}).status_code == 403


def test_names_sides_and_removals_are_changed_from_the_page(session, call, segment, people, login):
    client = login(people.kira)
    assert client.post(f"/calls/{call.id}/speakers", data={"manager_name": "Максим"}).status_code == 303
    assert client.post(f"/calls/{call.id}/sides").status_code == 303
    page = client.get(f"/calls/{call.id}").text
    assert "<h1>Максим – Чай</h1>" in page
    assert "segment-client" in client.get(f"/calls/{call.id}/segments/{segment.id}").text
    row = client.post(f"/calls/{call.id}/segments/{segment.id}/removed", data={"removed": "yes"}).text
    assert "<s>Подпишем договоры</s>" in row
    assert "taken out by a person" in row


def test_what_people_write_is_shown_and_not_run(session, call, segment, people, login):
    client = login(people.kira)
    client.post(
        f"/calls/{call.id}/segments/{segment.id}", data={"text": "<script>alert(1)</script>", "base": 0}
    )
    client.post(f"/calls/{call.id}/speakers", data={"client_name": "'\"><img src=x>"})
    page = client.get(f"/calls/{call.id}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_features_above_add_panels_to_the_page(call, people, login, monkeypatch):
    monkeypatch.setattr(
        panels,
        "_panels",
        {"z": lambda _session, shown, _user: f"<p>panel of {shown.id}</p>", "a": lambda *_: ""},
    )
    assert f"<p>panel of {call.id}</p>" in login(people.kira).get(f"/calls/{call.id}").text
