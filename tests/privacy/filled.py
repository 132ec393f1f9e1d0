"""An installation in which everything that can hold a client's data holds some: his number, his name, his words."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qcapp.calls.audited import CallAction
from qcapp.calls.import_run import open_batch
from qcapp.calls.models import Call, Client, WatchedFile
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.coaching.agreements import AgreedTask, agree_task
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.service import hold_session
from qcapp.core import audit, clock, local
from qcapp.core.audit import LogAction
from qcapp.core.db import Database
from qcapp.knowledge.service import ask_question
from qcapp.onboarding.sales.service import enter_sale
from qcapp.people.models import User
from qcapp.people.notices import notify
from qcapp.reviews import service as reviews
from qcapp.reviews.calibration.models import Calibration, ReferenceAnswer
from qcapp.reviews.calibration.service import plan_calibration
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.disputes.rules import ContestedAnswer, Decision, Ruling
from qcapp.reviews.disputes.service import decide_dispute, open_dispute
from qcapp.reviews.models import Review
from qcapp.reviews.recalls.models import Recall, RecallState
from qcapp.reviews.recalls.service import close_recall
from qcapp.reviews.rules import DraftMark, ReviewDraft
from qcapp.terms import CallOutcome, Role
from qcapp.transcripts import service as transcripts
from qcapp.transcripts.models import Segment, Transcription
from tests.calls.importing import FIRST, MOSCOW, SECOND, Exchange
from tests.checklists.cards import card, item, section, text
from tests.factories.people import make_cast, make_user
from tests.factories.transcripts import make_transcript

PHONE = "+79460114420"  # as in FIRST and in CDR
SPELLINGS = ("9460114420", "946 011-44-20", "(946) 011 44 20")
NAME = "Ксения Ромашкина"
SECRET = "кабриолет цвета фуксия стоит у меня"
WRONG = "капризный лет цвета фуксия"
PARAPHRASE = "клиентка мечтает о лимузинчике"
GIVEAWAYS = ("9460114420", "011-44-20", "011 44 20", "Ромашкин", "кабриолет", "фукси", "лимузинчик")
OTHERS_WORDS = "Пришлите договор на почту"
CARD = card(section("greeting", item("hello"), text("remark")))


def fill(app: Flask, database: Database, folder: Path) -> SimpleNamespace:
    """Two clients with a call each: one who asks to be forgotten, another who must stay as he is."""
    folder.mkdir()
    exchange = Exchange(app, folder)
    with database.transaction() as session:
        people = make_cast(session)
        load_card(session, CARD, by=None)
    report = exchange.take(
        exchange.file(FIRST),
        exchange.file(SECOND, seed=1),
        exchange.file(f"copy {FIRST}"),
        exchange.file(FIRST.replace("126.wav", "999.wav"), b"no sound at all"),
        cdrs=(exchange.cdr(),),
    )
    assert report.counts["imported"] == 2
    with database.transaction() as session:
        people = SimpleNamespace(
            **{name: session.get_one(User, each.id) for name, each in vars(people).items()}
        )
        mine, other = _calls(session)
        _speak(session, mine, WRONG, OTHERS_WORDS)
        _speak(session, other, OTHERS_WORDS, "Хорошо")
        session.get_one(Client, mine.client_id).company = "ИП Ксения Ромашкина"
        _correct(session, mine, people)
        scored, others = _review(session, mine, people), _review(session, other, people)
        dispute = _dispute(session, scored, people)
        recall, calibration, talk = _around(session, mine, other, people)
        session.add(WatchedFile(path=f"2026/{FIRST}", size=1, modified_ns=1, taken_at=clock.now()))
    open_batch(database, exchange.storage, [exchange.cdr()], MOSCOW)  # its browser is gone
    return SimpleNamespace(
        people=people,
        exchange=exchange,
        call=mine.id,
        other=other.id,
        review=scored.id,
        others_review=others.id,
        score=scored.score,
        batch=report.batch_id,
        dispute=dispute.id,
        recall=recall.id,
        calibration=calibration.id,
        talk=talk.id,
    )


def _calls(session: Session) -> list[Call]:
    """The calls with a recording: the client's one, and the other one."""
    found = session.scalars(select(Call).where(Call.recording.has()).order_by(Call.started_at))
    return list(found)


def _speak(session: Session, call: Call, client: str, manager: str) -> None:
    session.execute(delete(Transcription).where(Transcription.call_id == call.id))
    make_transcript(session, call, (1, 0.1, 0.5, client), (0, 0.5, 0.9, manager))


def _correct(session: Session, call: Call, people: SimpleNamespace) -> None:
    """The machine's wording, a correction, a phantom, and the client's name."""
    transcription = session.scalars(select(Transcription).where(Transcription.call_id == call.id)).one()
    first, second = session.scalars(
        select(Segment).where(Segment.transcription_id == transcription.id).order_by(Segment.start_s)
    )
    transcripts.correct_segment(session, first, SECRET, base=0, by=people.kira)
    transcripts.remove_segment(session, second, by=people.kira)
    transcripts.rename_speakers(session, transcription, "", NAME, by=people.kira)


def _review(session: Session, call: Call, people: SimpleNamespace) -> Review:
    checklist = load_card(session, CARD, by=None).version.checklist
    review = reviews.begin_review(session, call, checklist, by=people.kira)
    written = ReviewDraft(
        revision=0,
        window="one",
        turn=1,
        answers={"hello": Answer("no", f"Клиент: «{SECRET}»"), "remark": Answer(PARAPHRASE)},
        marks=(DraftMark(0.1, 0.5, f"{PARAPHRASE}, {SPELLINGS[1]}", "hello"),),
        summary=f"{PARAPHRASE}: {NAME}",
        outcome=CallOutcome.MANAGERS_FAULT,
    )
    if call.client and call.client.phone != PHONE:
        written = ReviewDraft(
            revision=0,
            window="one",
            turn=1,
            answers={"hello": Answer("no", "Не поздоровался"), "remark": Answer("Договор")},
            summary="Просил договор",
        )
    reviews.save_draft(session, review, written, by=people.kira)
    reviews.publish_review(session, review, by=people.kira)
    return review


def _dispute(session: Session, review: Review, people: SimpleNamespace) -> Dispute:
    manager = review.call.manager
    asked = [ContestedAnswer("hello", "yes", f"Она сказала {SECRET}")]
    dispute = open_dispute(session, review, asked, 48, by=manager)
    ruling = Ruling(Decision.REJECTED, f"Нет: {PARAPHRASE}")
    return decide_dispute(session, dispute, {each.id: ruling for each in dispute.answers}, by=people.olga)


def _around(
    session: Session, mine: Call, other: Call, people: SimpleNamespace
) -> tuple[Recall, Calibration, CoachingSession]:
    """What stands about him elsewhere."""
    recall = session.scalars(select(Recall).where(Recall.call_id == mine.id)).one()
    close_recall(session, recall, RecallState.CALLED, f"{NAME} {PARAPHRASE}", by=people.olga)
    calibration = plan_calibration(
        session,
        title="Октябрь",
        version=load_card(session, CARD, by=None).version,
        calls=[mine],
        reviewers=[people.lidia, make_user(session, "Gleb Guard", Role.QC)],
        due_at=clock.now() + timedelta(days=3),
        by=people.lidia,
    )
    calibrated = calibration.calls[0]
    calibrated.note = PARAPHRASE
    remark = session.scalars(select(Review).where(Review.call_id == mine.id)).first().answers[0].item_id
    session.add(
        ReferenceAnswer(calibration_call_id=calibrated.id, item_id=remark, value="no", comment=PARAPHRASE)
    )
    tasks = [AgreedTask(f"Не обещать «{SECRET}»", local.today() + timedelta(days=7))]
    talk = hold_session(
        session,
        people.max,
        by=people.tanya,
        held_at=clock.now(),
        topic="Приветствие",
        notes=f"Сказать имя. Разобрали «{SECRET}» у {NAME}, {SPELLINGS[1]}. Молодец!",
        calls=[(mine, None), (other, None)] if other.manager_id == people.max.id else [(mine, None)],
        tasks=tasks,
    )
    agree_task(session, talk, tasks[0], by=people.tanya)
    enter_sale(
        session,
        people.max,
        sold_on=local.today(),
        crm_ref="A-1",
        comment=f"{NAME}, {SPELLINGS[2]}",
        by=people.max,
    )
    ask_question(session, f"Что ответить {NAME} ({PHONE})?", f"/calls/{mine.id}", by=people.max)
    notify(
        session, people.max, "coaching_held", f"/calls/?phone={PHONE}", coach="Таня", topic=f"{NAME} {PHONE}"
    )
    audit.record(session, CallAction.EXPORT_RECORDING, f"call:{mine.id}", by_id=people.olga.id, file=FIRST)
    audit.record(
        session, LogAction.REFUSED, "endpoint:calls.index", by_id=people.max.id, path=f"/calls/?phone={PHONE}"
    )
    return recall, calibration, talk


@contextmanager
def undecided(database: Database, dispute_id: int) -> Iterator[None]:
    """The dispute is open meanwhile."""
    with database.transaction() as session:
        dispute = session.get_one(Dispute, dispute_id)
        decided, dispute.decided_at = dispute.decided_at, None
    yield
    with database.transaction() as session:
        session.get_one(Dispute, dispute_id).decided_at = decided


def found_in(database: Database) -> set[tuple[str, str]]:
    """Table and word, for every word that gives the client away: the search index and bookkeeping included."""
    return {(table, word) for table, value in _values(database) for word in GIVEAWAYS if _holds(value, word)}


def _values(database: Database) -> Iterator[tuple[str, bytes]]:
    lists = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }
    with database.engine.connect() as connection:
        for name in connection.exec_driver_sql(lists[database.engine.dialect.name]).scalars().all():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):
                yield (
                    name,
                    b"\t".join(each if isinstance(each, bytes) else str(each).encode() for each in row),
                )


def _holds(content: bytes, word: str) -> bool:
    """As it is, as the index has it in small letters, and as JSON may have it escaped."""
    return any(
        spelled in content
        for spelled in (word.encode(), word.lower().encode(), json.dumps(word)[1:-1].encode())
    )


def files_with_traces(folder: Path) -> set[tuple[str, str]]:
    """Files, pages of the database among them, whose bytes or names give the client away."""
    return {
        (path.relative_to(folder).as_posix(), word)
        for path in folder.rglob("*")
        if path.is_file()
        for word in GIVEAWAYS
        if word in path.name or _holds(path.read_bytes(), word)
    }
