"""What follows from an event, by the page that says so."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

import qcapp
from qcapp import pipeline
from qcapp.calls.events import CallImported, SidesSwapped
from qcapp.calls.import_service import MAKE_PLAYBACK
from qcapp.calls.models import Call
from qcapp.checklists.service import load_card
from qcapp.core import clock, events
from qcapp.core.jobs import JobQueue
from qcapp.reviews import service
from qcapp.reviews.events import (
    ReviewPublished,
)
from qcapp.reviews.queue.assignments import REFILL
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


def test_a_worker_wakes_the_transcribers(queue: JobQueue) -> None:
    woken: list[int] = []
    pipeline.register_jobs(queue, wake_transcribers=lambda: woken.append(1))
    queue.run(WAKE, 17)
    assert woken == [1]


def test_what_a_worker_does_by_itself(queue: JobQueue) -> None:
    pipeline.register_jobs(queue, wake_transcribers=lambda: None)
    named = (task.name for task in queue.huey._registry.periodic_tasks)
    assert {name.removeprefix("every:") for name in named} == {
        "calibrations.remind_due",
        "calls.finish_abandoned",
        "calls.playback_sweep",
        "calls.watch",
        "coaching.overdue",
        "onboarding.all_coaches_left",
        "onboarding.overdue",
        "onboarding.send_webhooks",
        "onboarding.sweep_answers",
        "ops.look_at_files",
        "ops.record_left_out_attempts",
        "ops.send_audit_head",
        "ops.watch_audit",
        "people.send_unsent",
        "people.tell_of_token_ends",
        "privacy.age",
        "privacy.remove",
        "privacy.scrub",
        "queue.draw",
        "reviews.all_left",
        "reviews.publish_due",
    }


def test_a_worker_knows_every_job_that_is_woken(queue: JobQueue) -> None:
    pipeline.register_jobs(queue, wake_transcribers=lambda: None)
    woken = dict(_woken())
    assert set(woken.values()) >= {WAKE, MAKE_PLAYBACK, REFILL}
    assert {place: name for place, name in woken.items() if name not in queue._jobs} == {}


def _woken() -> Iterator[tuple[str, str]]:
    """Where the product wakes which job, read from its source: ``wake(session, NAME, …)``."""
    house = Path(qcapp.__path__[0])
    for file in house.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "wake":
                module = importlib.import_module(
                    ".".join(file.relative_to(house.parent).with_suffix("").parts)
                )
                yield f"{file}:{node.lineno}", eval(ast.unparse(node.args[1]), vars(module))


def _again(session: Session, call: Call) -> Call:
    return session.get_one(Call, call.id, populate_existing=True)
