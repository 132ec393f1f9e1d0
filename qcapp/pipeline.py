"""The flow on one page: what happens → what follows, at once and in the same transaction.

What takes longer than a moment is only noted in a row; a worker does it after the commit (core/jobs.py).
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from qcapp.calls import milestones
from qcapp.calls import tasks as call_tasks
from qcapp.calls.events import CallImported, SidesSwapped
from qcapp.core import events
from qcapp.core.db import Database
from qcapp.core.jobs import JobQueue
from qcapp.reviews import notices
from qcapp.reviews.events import ReviewPublished
from qcapp.transcripts import derived
from qcapp.transcripts import queue as transcription_queue
from qcapp.transcripts.events import TranscriptChanged, TranscriptReady

Step = Callable[[Session, int], object]


@cache  # one handler a step, however many applications a process makes
def _of(thing: str, step: Step) -> events.Handler:
    """The step for the thing that the event names by its id."""

    def handle(session: Session, event: Any) -> None:
        step(session, getattr(event, thing))

    return handle


def call(step: Step) -> events.Handler:
    return _of("call_id", step)


def review(step: Step) -> events.Handler:
    return _of("review_id", step)


FLOW: dict[type, tuple[events.Handler, ...]] = {
    CallImported: (call(transcription_queue.request_transcription),),
    TranscriptReady: (call(milestones.mark_transcribed), call(derived.refresh)),
    TranscriptChanged: (call(derived.refresh),),
    SidesSwapped: (call(derived.follow_sides),),
    ReviewPublished: (call(milestones.mark_scored), review(notices.tell_manager)),
}


def init_app(app: Flask) -> None:
    """Wire the flow, and let the sessions of this application wake its jobs."""
    for event, steps in FLOW.items():
        for step in steps:
            events.subscribe(event, step)
    queue: JobQueue = app.extensions["qcapp_jobs"]
    database: Database = app.extensions["qcapp_database"]
    queue.attach(database, app.app_context)


def register_jobs(queue: JobQueue, *, wake_transcribers: Callable[[], None]) -> None:
    """What a worker does when it is woken, and every few minutes by itself."""
    call_tasks.register(queue)
    queue.job(transcription_queue.WAKE, lambda _transcription_id: wake_transcribers())
