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
from qcapp.reviews.events import ReviewPublished
from qcapp.transcripts import derived
from qcapp.transcripts import queue as transcription_queue
from qcapp.transcripts.events import TranscriptChanged, TranscriptReady

Step = Callable[[Session, int], object]

FLOW: dict[type, tuple[Step, ...]] = {
    CallImported: (transcription_queue.request_transcription,),
    TranscriptReady: (milestones.mark_transcribed, derived.refresh),
    TranscriptChanged: (derived.refresh,),
    SidesSwapped: (derived.follow_sides,),
    ReviewPublished: (milestones.mark_scored,),
}


def init_app(app: Flask) -> None:
    """Wire the flow, and let the sessions of this application wake its jobs."""
    for event, steps in FLOW.items():
        for step in steps:
            events.subscribe(event, _about_call(step))
    queue: JobQueue = app.extensions["qcapp_jobs"]
    database: Database = app.extensions["qcapp_database"]
    queue.attach(database, app.app_context)


@cache  # one handler a step, however many applications a process makes
def _about_call(step: Step) -> events.Handler:
    def handle(session: Session, event: Any) -> None:
        step(session, event.call_id)

    return handle


def register_jobs(queue: JobQueue, *, wake_transcribers: Callable[[], None]) -> None:
    """What a worker does when it is woken, and every few minutes by itself."""
    call_tasks.register(queue)
    queue.job(transcription_queue.WAKE, lambda _transcription_id: wake_transcribers())
