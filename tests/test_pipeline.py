"""What follows from an event, by the page that says so."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

import qcapp
from qcapp import pipeline
from qcapp.calls.events import CallImported, SidesSwapped
from qcapp.calls.models import Call
from qcapp.checklists.service import load_card
from qcapp.core import clock, events
from qcapp.core.jobs import JobQueue
from qcapp.reviews import service
from qcapp.reviews.events import (
    ReviewPublished,
)
from qcapp.settings import Settings
from qcapp.transcripts.events import TranscriptChanged, TranscriptReady
from qcapp.transcripts.models import Transcription, TranscriptionState
from qcapp.transcripts.queue import WAKE
from tests.reviews.conftest import CARD
from tests.transcripts.queue.calls import make_call


def test_an_imported_call_is_queued_for_transcription(session: Session) -> None:
    call = make_call(session, 1)
    events.emit(session, CallImported(call.id))
    row = session.scalars(select(Transcription)).one()
    assert (row.call_id, row.state) == (call.id, TranscriptionState.QUEUED)


def test_a_transcribed_call_knows_when(session: Session) -> None:
    call = make_call(session, 1)
    with time_machine.travel("2025-11-03T07:00:00Z", tick=False):
        events.emit(session, TranscriptReady(call.id))
        assert _again(session, call).transcribed_at == clock.now()


def test_the_first_published_score_gives_the_moment(session: Session, people: SimpleNamespace) -> None:
    call = make_call(session, 1)
    version = load_card(session, CARD, by=None).version
    reviews = [service.new_draft(session, call, version, by=person) for person in (people.kira, people.lidia)]
    with time_machine.travel("2025-11-03T07:00:00Z", tick=False):
        first = clock.now()
        events.emit(session, ReviewPublished(reviews[0].id, call.id))
    events.emit(session, ReviewPublished(reviews[1].id, call.id))
    assert _again(session, call).scored_at == first


@pytest.mark.parametrize("event", [TranscriptChanged, SidesSwapped])
def test_news_of_a_call_without_transcript_changes_nothing(session: Session, event: type) -> None:
    events.emit(session, event(make_call(session, 1).id))
    assert session.scalars(select(Transcription)).all() == []


def test_every_event_is_on_the_page() -> None:
    modules = [each.name for each in pkgutil.walk_packages(qcapp.__path__, "qcapp.")]
    told = [importlib.import_module(name) for name in modules if re.search(r"(?<!core)\.events$", name)]
    emitted = {
        thing
        for module in told
        for thing in vars(module).values()
        if is_dataclass(thing) and thing.__module__ == module.__name__
    }
    assert set(pipeline.FLOW) == emitted


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    queue = JobQueue(settings)
    yield queue
    queue.huey.storage.close()


def test_a_worker_knows_every_job_that_is_woken(queue: JobQueue) -> None:
    woken: list[int] = []
    pipeline.register_jobs(queue, wake_transcribers=lambda: woken.append(1))
    queue.run(WAKE, 17)
    assert woken == [1]


def _again(session: Session, call: Call) -> Call:
    return session.get_one(Call, call.id, populate_existing=True)
