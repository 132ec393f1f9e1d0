"""Who is away: a colleague looks after a manager's clients, and a coach stands in for a head of sales."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.people.delegations import delegate
from qcapp.people.handovers import hand_over
from qcapp.people.models import Handover, User

AWAY = timedelta(days=14)
REASON = "Отпуск"


def arrange_absences(session: Session, users: Mapping[str, User]) -> None:
    """From today on, once."""
    if session.scalar(select(Handover.id).limit(1)):
        return
    until = clock.now() + AWAY
    hand_over(session, users["korablev"], users["manager"], until=until, reason=REASON, by=users["head"])
    delegate(
        session,
        lender=users["head2"],
        holder=users["coach"],
        until=until,
        reason=REASON,
        by=users["head2"],
    )
