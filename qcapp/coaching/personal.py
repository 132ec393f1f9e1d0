"""What coaching keeps of a client: notes of talks in which his calls were heard."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, String, cast, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from qcapp.coaching.models import CoachingSession, CoachingTask, SessionCall
from qcapp.core.i18n import lazy
from qcapp.core.personal import ErasureFate, Holding
from qcapp.people.models import Notice


def _told_of(calls: Sequence[int]) -> ColumnElement[bool]:
    """Notices that repeat the topic of a talk in which these calls were heard, or a task of it."""
    heard = select(SessionCall.session_id).where(SessionCall.call_id.in_(calls))
    agreed = or_(CoachingTask.recheck_call_id.in_(calls), CoachingTask.session_id.in_(heard))
    talks = select(_talk(CoachingSession.id)).where(CoachingSession.id.in_(heard))
    tasks = select(_talk(CoachingTask.session_id) + "#task-" + cast(CoachingTask.id, String)).where(agreed)
    return or_(Notice.path.in_(talks), Notice.path.in_(tasks))


def _talk(number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    """The address that notices lead to."""
    return literal("/coaching/") + cast(number, String)


HOLDINGS = (
    Holding(
        lazy("Notes of coaching sessions"),
        CoachingSession,
        (CoachingSession.topic, CoachingSession.notes),
        lambda calls: CoachingSession.id.in_(
            select(SessionCall.session_id).where(SessionCall.call_id.in_(calls))
        ),
        ErasureFate.COVERED,
        kind="coaching",
    ),
    Holding(
        lazy("Coaching tasks"),
        CoachingTask,
        (CoachingTask.text, CoachingTask.closing),
        lambda calls: or_(
            CoachingTask.recheck_call_id.in_(calls),
            CoachingTask.session_id.in_(select(SessionCall.session_id).where(SessionCall.call_id.in_(calls))),
        ),
        ErasureFate.COVERED,
        kind="coaching_task",
    ),
    Holding(
        lazy("Notices about coaching"),
        Notice,
        (Notice.facts,),
        _told_of,
        ErasureFate.COVERED,
    ),
)
