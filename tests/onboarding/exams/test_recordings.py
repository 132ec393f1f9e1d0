"""The recording of an exam comes in as a call's does, is heard by those who may, and is no call in any count."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import Call, ImportRow, Recording
from qcapp.calls.queries import role_plays
from qcapp.checklists.models import Checklist
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.errors import Refused
from qcapp.core.periods import Days
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.exams.models import Exam
from qcapp.people.handovers import hand_over
from qcapp.reviews import home, queries, service
from qcapp.reviews.calibration.service import plan_calibration
from qcapp.reviews.queue import assignments, candidates
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.states import Shortage
from qcapp.terms import Role, Stage
from qcapp.transcripts.models import Transcription
from tests.checklists.cards import card, item, section
from tests.factories.calls import FIRST, make_call
from tests.factories.people import make_user
from tests.onboarding.exam_hall import PASSED, make_examinee, marks

SOUND = (Path(__file__).parents[2] / "recordings" / "read_sentence.wav").read_bytes()
ZONE = ZoneInfo("Europe/Moscow")


@pytest.fixture
def exam(session: Session, people: SimpleNamespace) -> Exam:
    exam = exams.begin_exam(session, make_examinee(session, people.max), by=people.tanya)
    session.commit()
    return exam


def send(client: FlaskClient, exam: Exam, content: bytes = SOUND, name: str = "exam.wav"):
    data = {"recording": (io.BytesIO(content), name)}
    return client.post(f"/exams/{exam.id}/recording", data=data, headers={"Accept": "application/json"})


def recorded(session: Session, exam: Exam) -> Call:
    session.expire_all()
    assert exam.call is not None
    return exam.call


class TestComingIn:
    def test_it_is_kept_played_and_transcribed_like_a_call(
        self, session: Session, people: SimpleNamespace, login, exam: Exam
    ) -> None:
        answer = send(login(people.tanya), exam)
        assert answer.status_code == 200
        assert "<audio" in answer.json["html"]
        call = recorded(session, exam)
        assert (call.role_play, call.manager, call.stage) == (True, people.max, Stage.EXAM)
        assert (call.source.name, call.client, call.batch_id) == ("exams", None, None)
        assert call.started_at == exam.started_at
        assert call.recording is not None
        assert call.recording.playback_key is not None
        waiting = session.scalars(select(Transcription)).one()
        assert waiting.call_id == call.id

    def test_sent_again_after_a_lost_answer_it_is_the_same(
        self, session: Session, people: SimpleNamespace, login, exam: Exam
    ) -> None:
        tanya = login(people.tanya)
        assert [send(tanya, exam).status_code for _time in range(2)] == [200, 200]
        assert session.scalar(select(func.count(Recording.id))) == 1

    def test_what_is_no_recording_is_refused_in_words(
        self, session: Session, people: SimpleNamespace, login, exam: Exam
    ) -> None:
        answer = send(login(people.tanya), exam, b"Dear colleagues, the exam went well.", "exam.webm")
        assert (answer.status_code, answer.json["error"]) == (
            409,
            "The file holds text, not sound. Choose the recording itself.",
        )
        session.expire_all()
        assert exam.call is None

    def test_the_recording_of_a_client_becomes_no_exam(
        self, session: Session, people: SimpleNamespace, login, exam: Exam
    ) -> None:
        tanya = login(people.tanya)
        send(tanya, exam)
        recorded(session, exam).role_play = False
        exam.call = None
        session.commit()
        answer = send(tanya, exam)
        assert (answer.status_code, "belongs to another call" in answer.json["error"]) == (409, True)

    def test_a_finished_exam_takes_its_first_recording_and_no_other(
        self, session: Session, people: SimpleNamespace, login, exam: Exam
    ) -> None:
        exams.save_exam(session, exam, marks(PASSED), by=people.tanya)
        exams.finish_exam(session, exam, by=people.tanya)
        session.commit()
        tanya = login(people.tanya)
        assert send(tanya, exam).status_code == 200
        assert recorded(session, exam).stage is Stage.EXAM
        assert send(tanya, exam).status_code == 409

    @pytest.mark.parametrize("who", ["lidia", "max", "roman", "hanna", "sveta"])
    def test_only_the_coach_who_holds_the_exam_records_it(
        self, people: SimpleNamespace, login, exam: Exam, who: str
    ) -> None:
        assert send(login(getattr(people, who)), exam).status_code == 403


HEAR = ("tanya", "max", "olga", "lidia", "kira", "roman")
HEAR_NOT = ("hanna", "anna", "sveta", "oleg")


@pytest.mark.parametrize(
    ("who", "status"), [*((who, 206) for who in HEAR), *((who, 403) for who in HEAR_NOT)]
)
def test_it_is_heard_by_those_who_may_hear_the_trainee(
    session: Session, people: SimpleNamespace, login, exam: Exam, who: str, status: int
) -> None:
    send(login(people.tanya), exam)
    call = recorded(session, exam)
    heard = login(getattr(people, who)).get(f"/calls/{call.id}/audio", headers={"Range": "bytes=0-99"})
    assert heard.status_code == status


def test_the_page_of_the_recording_leads_to_the_exam(
    session: Session, people: SimpleNamespace, login, exam: Exam
) -> None:
    tanya = login(people.tanya)
    send(tanya, exam)
    page = f"/calls/{recorded(session, exam).id}"
    assert f'href="/exams/{exam.id}"' in tanya.get(page).text
    exams.save_exam(session, exam, marks(PASSED), by=people.tanya)
    exams.finish_exam(session, exam, by=people.tanya)
    session.commit()
    assert "3.25" in tanya.get(page).text


@pytest.fixture
def role_play(session: Session, people: SimpleNamespace) -> Call:
    """A transcribed role-play beside one call to a client."""
    make_examinee(session, people.max, Stage.EXAM)
    load_card(
        session, replace(card(section("s", item("hello")), purpose={"ru": "Звонки"}), key="calls"), by=None
    )
    call = make_call(session, people.max, role_play=True, stage=Stage.EXAM)
    session.commit()
    return call


class TestNoCall:
    def test_no_plan_draws_it_and_none_counts_it(
        self, session: Session, people: SimpleNamespace, role_play: Call
    ) -> None:
        other = make_call(session, people.max, stage=Stage.EXAM)
        span = Days(FIRST.date(), FIRST.date() + timedelta(days=1))
        wanted = (session, Conditions(), span, ZONE)
        drawn = candidates.free_calls(*wanted, [people.max.id])
        assert [each.call_id for each in drawn] == [other.id]
        assert candidates.fit(*wanted).calls == 1
        session.delete(other.recording)
        other.transcribed_at = None
        role_play.scored_at = clock.now()
        session.flush()
        assert candidates.by_hand_days(*wanted, [people.max.id]) == {}
        other.started_at += timedelta(days=90)
        session.flush()
        assert candidates.shortages(*wanted, [people.max.id]) == {people.max.id: Shortage.NO_CALLS}
        assert session.scalars(role_plays()).all() == [role_play.id]

    def test_it_waits_for_no_reviewer(
        self, session: Session, people: SimpleNamespace, role_play: Call
    ) -> None:
        assert queries.waiting_calls(session, people.kira) == []
        role_play.role_play = False
        session.flush()
        assert queries.waiting_calls(session, people.kira) == [role_play]

    def test_nobody_puts_it_into_the_queue(
        self, session: Session, people: SimpleNamespace, role_play: Call
    ) -> None:
        due_at = clock.now() + timedelta(days=1)
        with pytest.raises(Refused, match="recording of an exam"):
            assignments.assign(session, [role_play], reviewer=None, due_at=due_at, by=people.lidia)

    def test_nobody_reviews_it_and_so_no_result_and_no_counter_knows_it(
        self, session: Session, people: SimpleNamespace, role_play: Call
    ) -> None:
        calls = session.scalars(select(Checklist).where(Checklist.key == "calls")).one()
        with pytest.raises(Refused, match="recording of an exam"):
            service.begin_review(session, role_play, calls, by=people.kira)
        assert home.panel(session, role_play, people.kira) == ""

    def test_nobody_calibrates_on_it(
        self, session: Session, people: SimpleNamespace, role_play: Call
    ) -> None:
        calls = session.scalars(select(Checklist).where(Checklist.key == "calls")).one()
        with pytest.raises(Refused, match="recording of an exam"):
            plan_calibration(
                session,
                title="October",
                version=calls.versions[0],
                calls=[role_play],
                reviewers=[people.kira, people.lidia],
                due_at=clock.now() + timedelta(days=7),
                by=people.lidia,
            )

    def test_its_facts_are_those_of_the_exam(
        self, session: Session, people: SimpleNamespace, role_play: Call
    ) -> None:
        with pytest.raises(Refused, match="recording of an exam"):
            correct_facts(
                session, role_play, replace(facts_of(role_play), manager=people.sveta), by=people.lidia
            )

    def test_it_raises_no_flag_and_stands_in_no_report_of_an_import(
        self, session: Session, people: SimpleNamespace, login, exam: Exam
    ) -> None:
        send(login(people.tanya), exam)
        recorded(session, exam)
        assert session.scalars(select(LeadFlag)).all() == []
        assert session.scalars(select(ImportRow)).all() == []

    def test_who_looks_after_the_clients_of_somebody_does_not_hear_his_exam(
        self, session: Session, people: SimpleNamespace, login, role_play: Call
    ) -> None:
        other = make_call(session, people.max)
        taker = make_user(session, "Egor Taker", Role.MANAGER, people.north)
        hand_over(session, people.max, taker, reason="Holidays", by=people.olga)
        session.commit()
        visitor = login(taker)
        answers = {call: visitor.get(f"/calls/{call.id}").status_code for call in (role_play, other)}
        assert answers == {role_play: 403, other: 200}
        assert visitor.get(f"/calls/{role_play.id}/audio").status_code == 403
        assert f"/calls/{role_play.id}" not in visitor.get("/calls/").text

    @pytest.mark.parametrize("page", ["/calls/", "/calls/{}"])
    def test_list_and_page_say_what_it_is(
        self, people: SimpleNamespace, login, role_play: Call, page: str
    ) -> None:
        text = login(people.lidia).get(page.format(role_play.id)).text
        assert "role-play" in text
        assert "played by the coach" in text


def test_the_browser_may_use_the_microphone_here_and_nowhere_else(client: FlaskClient, app: Flask) -> None:
    headers = client.get("/login").headers
    assert headers["Permissions-Policy"] == "microphone=(self), camera=(), geolocation=()"
    assert "media-src 'self' blob:" in headers["Content-Security-Policy"]
