"""Tells people what they should know: in the product at once, by e-mail from a worker."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.core.jobs import wake
from qcapp.people.models import Delegation, Notice, User
from qcapp.people.notice_words import PERSONAL, SENTENCES
from qcapp.people.permissions import standing_in

SEND = "people.send_notice"
PAGE = 50


def notify(session: Session, user: User, kind: str, path: str, **facts: object) -> Notice:
    """Leave a notice for an active person; ``kind`` is a key of ``SENTENCES``, ``facts`` fill its sentence.

    Who stands in for the person is told as well, unless it is about the person himself.
    """
    if kind not in PERSONAL:
        for deputy in _deputies(session, user):
            _leave(session, deputy, kind, path, facts)
    return _leave(session, user, kind, path, facts)


def notify_each(session: Session, people: Iterable[User], kind: str, path: str, **facts: object) -> None:
    """One notice for each of these people and each who stands in for one of them, in whatever ways it reaches him."""
    told = {user.id: user for user in people}
    if kind not in PERSONAL:
        told |= {deputy.id: deputy for user in told.values() for deputy in _deputies(session, user)}
    for user in told.values():
        _leave(session, user, kind, path, facts)


def _leave(session: Session, user: User, kind: str, path: str, facts: Mapping[str, object]) -> Notice:
    assert kind in SENTENCES, kind
    notice = Notice(user=user, kind=kind, facts=dict(facts), path=path, created_at=clock.now())
    session.add(notice)
    session.flush()
    wake(session, SEND, notice.id)
    return notice


def _deputies(session: Session, user: User) -> list[User]:
    """Who stands in for this person now, and so has to know what he would."""
    now = clock.now()
    lent = select(Delegation).where(
        Delegation.from_id == user.id, Delegation.since <= now, Delegation.until > now
    )
    found = session.scalars(lent.order_by(Delegation.id)).all()
    return [each.holder for each in found if each in standing_in(each.holder)]


def unread_count(session: Session, user: User) -> int:
    """How many notices the person has not read."""
    mine = select(func.count()).where(Notice.user_id == user.id, Notice.read_at.is_(None))
    return session.scalar(mine) or 0


def latest(session: Session, user: User) -> Sequence[Notice]:
    """The person's notices, the newest first."""
    mine = select(Notice).where(Notice.user_id == user.id)
    return session.scalars(mine.order_by(Notice.id.desc()).limit(PAGE)).all()


def get_notice(session: Session, notice_id: int, user: User) -> Notice:
    """A notice of this person; anybody else's does not exist."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.user_id != user.id:
        raise Missing(_("There is no such notice."))
    return notice


def mark_one_read(session: Session, notice: Notice) -> None:
    """The person has opened this notice."""
    notice.read_at = notice.read_at or clock.now()
    session.flush()


def mark_read(session: Session, user: User, *, up_to: int) -> None:
    """The person has seen his notices up to this id."""
    _mark_read(session, user, Notice.id <= up_to)


def mark_read_about(session: Session, user: User, path: str) -> None:
    """The person has dealt with what the notices leading to this page speak of."""
    _mark_read(session, user, Notice.path == path)


def _mark_read(session: Session, user: User, which: ColumnElement[bool]) -> None:
    session.execute(
        update(Notice)
        .where(Notice.user_id == user.id, which, Notice.read_at.is_(None))
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    session.flush()
