"""Where a manager stands on the way to hot leads, now and on the day of a call."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call
from qcapp.core import events
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.people.stages import Stage


def stage_at(session: Session, manager_id: int, moment: datetime) -> Stage | None:
    """The stage a manager was in. Who was never a trainee is staff; None: what came before onboarding is not known."""
    records = select(StageRecord.stage).join(Trainee).where(Trainee.manager_id == manager_id)
    newest_first = (StageRecord.entered_at.desc(), StageRecord.id.desc())
    found = session.scalar(records.where(StageRecord.entered_at <= moment).order_by(*newest_first).limit(1))
    if found is None and session.scalar(records.limit(1)) is None:
        return Stage.STAFF
    return found


def note_stage(session: Session, call_id: int) -> None:
    """Write on a call in which stage its manager made it."""
    call = session.get_one(Call, call_id)
    call.stage = stage_at(session, call.manager_id, call.started_at) if call.manager_id else None
    session.flush()


def note_stages(session: Session, manager_id: int, since: datetime) -> None:
    """The same for the manager's calls from this moment on: they were made before he was said to be trained."""
    mine = select(Call.id).where(Call.manager_id == manager_id, Call.started_at >= since).order_by(Call.id)
    for call_id in session.scalars(mine).all():
        events.emit(session, CallNoted(call_id))
