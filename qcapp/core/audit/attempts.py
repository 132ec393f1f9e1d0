"""Refused attempts: each is recorded, unless so many come that they would bury the rest of the log.

What is left out is counted, and the log says how many it was.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qcapp.core import clock
from qcapp.core.audit.actions import Action, LogAction
from qcapp.core.audit.entries import lock
from qcapp.core.audit.recording import record
from qcapp.core.db import Base, Code
from qcapp.core.throttle import Limit

RECORDED = Limit("refused attempts in the audit log", capacity=60, refill_s=60)


class LeftOut(Base):
    """How many attempts of one kind about one person are not in the log, until the log says so."""

    __tablename__ = "audit_left_out"

    action: Mapped[str] = mapped_column(Code(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(100), primary_key=True, doc="such as user:17")
    many: Mapped[int]
    since: Mapped[datetime]


def record_attempt(
    session: Session, action: Action, thing: str, *, person: str, by_id: int | None, **diff: Any
) -> None:
    """Append an entry, or count it if there have been too many of this person."""
    if RECORDED.take(session, f"{action}:{person}"):
        record(session, action, thing, by_id=by_id, **diff)
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(LeftOut).values(action=action, person=person, many=1, since=clock.now())
    session.execute(
        first.on_conflict_do_update(
            index_elements=[LeftOut.action, LeftOut.person], set_={"many": LeftOut.many + 1}
        )
    )


def record_left_out(session: Session) -> None:
    """Say in the log what was left out since this was said last."""
    lock(session)
    gone = delete(LeftOut).returning(LeftOut.action, LeftOut.person, LeftOut.many, LeftOut.since)
    for left in session.execute(gone).all():
        record(
            session,
            LogAction.ATTEMPTS_LEFT_OUT,
            left.person,
            by_id=None,
            attempt=left.action,
            many=left.many,
            since=left.since.isoformat(),
        )
