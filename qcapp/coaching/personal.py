"""What coaching keeps of a client: notes of talks in which his calls were heard."""

from sqlalchemy import or_, select

from qcapp.coaching.models import CoachingSession, CoachingTask, SessionCall
from qcapp.core.i18n import lazy
from qcapp.core.personal import Fate, Holding

HOLDINGS = (
    Holding(
        lazy("Notes of coaching sessions"),
        CoachingSession,
        (CoachingSession.topic, CoachingSession.notes),
        lambda calls: CoachingSession.id.in_(
            select(SessionCall.session_id).where(SessionCall.call_id.in_(calls))
        ),
        Fate.COVERED,
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
        Fate.COVERED,
        kind="coaching_task",
    ),
)
