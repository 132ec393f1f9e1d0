"""Holding people's rows while something is decided about them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from qcapp.people.models import User


def hold(session: Session, which: ColumnElement[bool]) -> Sequence[User]:
    """Read these people anew, and hold their rows until the commit.

    Whoever wants to hold one of them waits. What only refers to a person does not (FOR NO KEY UPDATE): every audit
    entry and notice does, and would wait for a row whose holder in turn waits for the audit log. So that two never
    wait for each other, people are held in the order of ids and before trainees and loans.
    """
    held = select(User).where(which).order_by(User.id).with_for_update(key_share=True, of=User)
    return session.scalars(held.execution_options(populate_existing=True)).all()
