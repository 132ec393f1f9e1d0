"""When a call was transcribed and first scored, kept on the call: lists filter without looking elsewhere."""

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import clock


def mark_transcribed(session: Session, call_id: int) -> None:
    session.execute(update(Call).where(Call.id == call_id).values(transcribed_at=clock.now()))


def mark_scored(session: Session, call_id: int) -> None:
    """The first published score counts; later ones leave the moment as it is."""
    session.execute(
        update(Call).where(Call.id == call_id).values(scored_at=func.coalesce(Call.scored_at, clock.now()))
    )
