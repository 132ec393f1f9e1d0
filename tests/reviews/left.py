"""What a worker does when somebody has lost the right to score, and whom it has told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.people.models import Notice, User
from qcapp.reviews import leaving


def left(session: Session) -> None:
    """What a worker does after the commit, twice."""
    session.commit()
    for _twice in (1, 2):
        for user_id in leaving.left_behind():
            leaving.left(user_id)
    session.expire_all()


def told(session: Session, user: User, kind: str) -> list[dict[str, object]]:
    return [each.facts for each in session.scalars(select(Notice).filter_by(user_id=user.id, kind=kind))]
