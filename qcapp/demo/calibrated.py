"""A calibration that is over: two reviewers scored the same calls blind, and it was agreed what is right.

The reference is what reviews.yaml says of these calls, or month.yaml.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.card import NOT_APPLICABLE
from qcapp.checklists.queries import checklist_by_key, version_by_number
from qcapp.core import clock
from qcapp.demo.calendar import Calendar
from qcapp.demo.published import answer_of, call_of, told_reviews
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.calibration import service as calibrations
from qcapp.reviews.calibration.models import Calibration
from qcapp.reviews.rules import ReviewDraft

SPENT_S = 240
UNSAID = "Слышно в записи."


def calibrate(session: Session, users: Mapping[str, User], told: Mapping[str, Any]) -> None:
    """Once, and only with the calls that are there."""
    calendar = Calendar.of(session)
    agreed = {calendar.moved(name): answers for name, answers in told["references"].items()}
    agreed |= {text["recording"]: text["answers"] for text in told_reviews(calendar)}
    references = {
        call: agreed[name]
        for name in map(calendar.moved, told["calls"])
        if (call := call_of(session, name)) is not None
    }
    if not references or session.scalar(select(Calibration.id).limit(1)):
        return
    day = calendar.day(told["day"], 10)
    checklist = checklist_by_key(session, told["checklist"])
    with clock.at(day):
        calibration = calibrations.plan_calibration(
            session,
            title=told["title"],
            version=version_by_number(session, checklist, None),
            calls=list(references),
            reviewers=[users[login] for login in told["differ"]],
            due_at=day + timedelta(days=2),
            by=users["qclead"],
        )
    with clock.at(day + timedelta(hours=5)):
        for login, seen in told["differ"].items():
            for call, answers in references.items():
                _score(session, calibration, call, answers, seen=seen, by=users[login])
    with clock.at(day + timedelta(hours=7)):
        _agree(session, calibration, references, told["note"], users["qclead"])


def _score(
    session: Session,
    calibration: Calibration,
    call: Call,
    answers: Mapping[str, Any],
    *,
    seen: Mapping[str, Any],
    by: User,
) -> None:
    review = calibrations.begin(session, calibration, call, by=by)
    review.created_at -= timedelta(seconds=SPENT_S)
    given = {key: answer_of(each) for key, each in answers.items()}
    given = {key: replace(each, comment=each.comment or UNSAID) for key, each in given.items()}
    given |= {key: answer_of(each) for key, each in seen.items() if given[key].value != NOT_APPLICABLE}
    draft = ReviewDraft(review.revision, "demo", review.turn + 1, given, spent_s=SPENT_S)
    service.save_draft(session, review, draft, by=by)
    service.publish_review(session, review, by=by)


def _agree(
    session: Session,
    calibration: Calibration,
    references: Mapping[Call, Mapping[str, Any]],
    note: str,
    by: User,
) -> None:
    for part in calibration.calls:
        agreed = {
            key: calibrations.AgreedAnswer(answer_of(given).value)
            for key, given in references[part.call].items()
        }
        calibrations.set_reference(session, calibration, part, agreed, note=note, by=by)
    calibrations.close(session, calibration, by=by)
