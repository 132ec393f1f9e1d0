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
from qcapp.calls.events import CallImported, CallNoted, ClientCorrected, ScoredCallCorrected, SidesSwapped
from qcapp.callscripts import notices as script_notices
from qcapp.callscripts.events import DraftDecided, DraftSubmitted
from qcapp.coaching import agreements
from qcapp.coaching import tasks as coaching_tasks
from qcapp.core import events
from qcapp.core.db import Database
from qcapp.core.jobs import JobQueue
from qcapp.knowledge.events import ArticleRead
from qcapp.onboarding import leaving, stages, standing
from qcapp.onboarding.clearance import changes, leads
from qcapp.onboarding.clearance import notices as clearance_notices
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.events import (
    AnswerChanged,
    ClearanceDecided,
    StandingChanged,
    TraineeProgressed,
    WorkSubmitted,
)
from qcapp.onboarding.overdue import tasks as overdue_tasks
from qcapp.onboarding.webhooks import announcing
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.onboarding.work import deliverables, lessons
from qcapp.ops import audit_watch
from qcapp.ops.files import tasks as file_tasks
from qcapp.people import notice_mail, token_ends
from qcapp.people.events import IdentityChanged, ManagerJoined, ManagerLeft, PersonChanged
from qcapp.privacy import tasks as privacy_tasks
from qcapp.reviews import changes as reviewed
from qcapp.reviews import leaving as reviewers_left
from qcapp.reviews import notices
from qcapp.reviews import tasks as review_tasks
from qcapp.reviews.calibration import service as calibration
from qcapp.reviews.calibration import tasks as calibration_tasks
from qcapp.reviews.events import (
    AnswersCorrected,
    DisputeDecided,
    DisputeOpened,
    ReviewPublished,
    ReviewScheduled,
    ReviewSubmitted,
    ReviewWithdrawn,
)
from qcapp.reviews.queue import assignments, reopening
from qcapp.reviews.queue import tasks as queue_tasks
from qcapp.reviews.recalls import service as recalls
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


def correction(step: Step) -> events.Handler:
    return _of("correction_id", step)


def review(step: Step) -> events.Handler:
    return _of("review_id", step)


def dispute(step: Step) -> events.Handler:
    return _of("dispute_id", step)


def work(step: Step) -> events.Handler:
    return _of("deliverable_id", step)


def draft(step: Step) -> events.Handler:
    return _of("draft_id", step)


def trainee(step: Step) -> events.Handler:
    return _of("trainee_id", step)


def decision(step: Step) -> events.Handler:
    return _of("decision_id", step)


def person(step: Step) -> events.Handler:
    return _of("user_id", step)


def manager(step: Step) -> events.Handler:
    return _of("manager_id", step)


FLOW: dict[type, tuple[events.Handler, ...]] = {
    ManagerLeft: (person(leaving.tell_of_departure),),
    ManagerJoined: (person(clearance.end_after_break), person(clearance_notices.tell_of_newcomer)),
    CallNoted: (
        call(standing.note_stage),
        call(leads.check_lead),
        call(derived.follow_call),
        call(stages.follow_call),
    ),
    ScoredCallCorrected: (
        correction(reviewed.follow_correction),
        call(standing.note_stage_anew),
        correction(notices.tell_of_corrected_call),
        correction(stages.follow_former_manager),
    ),
    ClientCorrected: (call(assignments.follow_client),),
    CallImported: (call(transcription_queue.request_transcription),),
    TranscriptReady: (call(milestones.mark_transcribed), call(derived.refresh)),
    TranscriptChanged: (call(derived.refresh),),
    SidesSwapped: (call(derived.follow_sides),),
    ReviewScheduled: (review(assignments.complete),),
    ReviewWithdrawn: (review(reopening.reopen),),
    ReviewPublished: (
        call(milestones.mark_scored),
        review(assignments.complete),
        review(notices.tell_manager),
        review(recalls.open_if_lost),
        review(agreements.note_recheck),
        review(stages.follow_review),
    ),
    ReviewSubmitted: (review(calibration.note_submission),),
    DisputeOpened: (dispute(notices.tell_of_dispute),),
    DisputeDecided: (dispute(notices.tell_of_decision), review(stages.follow_review)),
    AnswersCorrected: (review(notices.tell_of_correction), review(stages.follow_review)),
    WorkSubmitted: (work(deliverables.tell_coach),),
    ClearanceDecided: (decision(clearance_notices.tell_of_clearance),),
    ArticleRead: (lessons.follow_reading,),
    DraftSubmitted: (draft(script_notices.tell_judges),),
    DraftDecided: (draft(script_notices.tell_manager), draft(stages.follow_draft)),
    TraineeProgressed: (trainee(stages.progress),),
    StandingChanged: (manager(changes.note_answer),),
    IdentityChanged: (clearance_notices.tell_of_identity,),
    PersonChanged: (
        person(standing.note_absence),
        person(changes.note_answer),
        person(reviewers_left.note_change),
        person(leaving.note_change),
    ),
    AnswerChanged: (manager(announcing.announce),),
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
    review_tasks.register(queue)
    reviewers_left.register(queue)
    queue_tasks.register(queue)
    calibration_tasks.register(queue)
    coaching_tasks.register(queue)
    notice_mail.register(queue)
    token_ends.register(queue)
    overdue_tasks.register(queue)
    leaving.register(queue)
    announcing.register(queue)
    webhooks.register(queue)
    audit_watch.register(queue)
    privacy_tasks.register(queue)
    file_tasks.register(queue)
    queue.job(transcription_queue.WAKE, lambda _transcription_id: wake_transcribers())
