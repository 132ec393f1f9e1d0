"""Holding a coaching session, correcting what was written of it, and the manager's word that it has been read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.coaching import agreements
from qcapp.coaching.agreements import AgreedTask, demand_coach
from qcapp.coaching.audited import CoachingAction
from qcapp.coaching.models import CoachingSession, SessionCall
from qcapp.core import audit, clock
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.notices import mark_read_about, notify
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.reviews.models import Mark, Review
from qcapp.reviews.queries import readable
from qcapp.terms import Role

Linked = tuple[Call, Mark | None]


def hold_session(
    session: Session,
    manager: User,
    *,
    by: User,
    held_at: datetime,
    topic: str,
    notes: str = "",
    calls: Iterable[Linked] = (),
    tasks: Sequence[AgreedTask] = (),
) -> CoachingSession:
    """Write down a talk with a manager: the calls it was about, and what was agreed."""
    demand_coach(session, manager.id, by)
    if manager.role is not Role.MANAGER or not manager.active:
        raise Refused(_("%(name)s is not a manager who works here.", name=manager.name))
    talk = CoachingSession(manager=manager, coach=by, created_at=clock.now(), acknowledged_at=None)
    _write(talk, held_at, topic, notes)
    session.add(talk)
    session.flush()
    _link(session, talk, calls, by)
    audit.record(
        session,
        CoachingAction.COACHING_HELD,
        thing(talk),
        by_id=by.id,
        manager=manager.id,
        topic=talk.topic,
        calls=len(talk.calls),
    )
    for agreed in tasks:
        agreements.add_task(session, talk, agreed, by=by)
    notify(session, manager, "coaching_held", path(talk), coach=by.name, topic=talk.topic)
    return talk


def edit_session(
    session: Session,
    talk: CoachingSession,
    *,
    by: User,
    held_at: datetime,
    topic: str,
    notes: str,
    calls: Iterable[Linked],
) -> CoachingSession:
    """Put another wording, and other calls, in place of those written; until the manager has read them."""
    demand_coach(session, talk.manager_id, by)
    _lock(session, talk)
    if talk.acknowledged_at is not None:
        raise Refused(
            _("The manager has read this already, so it stays as it is. Agree a further task instead.")
        )
    before = {"topic": talk.topic, "notes": talk.notes, "calls": [link.call_id for link in talk.calls]}
    _write(talk, held_at, topic, notes)
    _link(session, talk, calls, by)
    after = {"topic": talk.topic, "notes": talk.notes, "calls": [link.call_id for link in talk.calls]}
    changed = audit.changes(before, after)
    audit.record(
        session, CoachingAction.COACHING_EDITED, thing(talk), by_id=by.id, manager=talk.manager_id, **changed
    )
    return talk


def acknowledge(session: Session, talk: CoachingSession, *, by: User) -> CoachingSession:
    """The manager has read what was written down, which stays so from now on; tasks go on."""
    demand(by, Permission.ACKNOWLEDGE, session=session, manager_id=talk.manager_id)
    if by.id != talk.manager_id:
        raise Forbidden(_("Only the manager it was held with can do this. The attempt has been recorded."))
    _lock(session, talk)
    if talk.acknowledged_at is not None:
        raise Refused(_("You have said already that you have read this."))
    talk.acknowledged_at = clock.now()
    session.flush()
    audit.record(session, CoachingAction.COACHING_ACKNOWLEDGED, thing(talk), by_id=by.id)
    mark_read_about(session, by, path(talk))
    notify(session, talk.coach, "coaching_acknowledged", path(talk), manager=by.name, topic=talk.topic)
    return talk


def path(talk: CoachingSession) -> str:
    """The address of the talk's page, for notices."""
    return f"/coaching/{talk.id}"


def thing(talk: CoachingSession) -> str:
    """The talk as the audit log names it."""
    return f"coaching:{talk.id}"


def _lock(session: Session, talk: CoachingSession) -> None:
    """Reading it and changing it take turns."""
    wanted = select(CoachingSession).where(CoachingSession.id == talk.id).with_for_update(of=CoachingSession)
    session.scalars(wanted.execution_options(populate_existing=True)).one()


def _write(talk: CoachingSession, held_at: datetime, topic: str, notes: str) -> None:
    if not topic.strip():
        raise Refused(_("Say what the talk was about."))
    if held_at > clock.now():
        raise Refused(_("A talk is written down when it has been held."))
    talk.held_at, talk.topic, talk.notes = held_at, topic.strip(), notes.strip()


def _link(session: Session, talk: CoachingSession, calls: Iterable[Linked], by: User) -> None:
    """Make these the calls of the talk; what it had already is not asked about again."""
    wanted = {(call.id, mark.id if mark else None): (call, mark) for call, mark in calls}
    known = {(link.call_id, link.mark_id): link for link in talk.calls}
    for key, link in known.items():
        if key not in wanted:
            talk.calls.remove(link)
    for key, (call, mark) in wanted.items():
        if key not in known:
            _demand_heard(session, talk, call, mark, by)
            talk.calls.append(
                SessionCall(call=call, call_id=call.id, mark=mark, mark_id=mark.id if mark else None)
            )
    session.flush()


def _demand_heard(session: Session, talk: CoachingSession, call: Call, mark: Mark | None, by: User) -> None:
    if call.manager_id != talk.manager_id:
        raise Refused(_("One of these calls is not this manager's."))
    if not allowed(session, by, Permission.LISTEN, call.manager_id):
        raise Forbidden(_("You may not hear one of these calls. The attempt has been recorded."))
    if mark is None:
        return
    if mark.review.call_id != call.id:
        raise Refused(_("One of these marks belongs to another call."))
    if not session.scalar(select(Review.id).where(Review.id == mark.review_id, readable(by))):
        raise Forbidden(_("This review is not for you to read. The attempt has been recorded."))
