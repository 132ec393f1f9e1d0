"""Where managers stand on the way to hot leads, with what is missing and why, and what was decided about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding import rules
from qcapp.onboarding.clearance.answers import ClearanceAnswer, answers_of
from qcapp.onboarding.clearance.changes import ever_manager, was_manager
from qcapp.onboarding.clearance.models import ManagerAnswer
from qcapp.onboarding.history import Record
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.record import program_of, records_of
from qcapp.onboarding.rules import State
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, within
from qcapp.terms import ClearanceVerdict, Role

PAGE = 200
OVERLAP = timedelta(minutes=10)
"""So much earlier than asked for: a change is dated before it is committed, and hosts' clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(ClearanceAnswer):
    """The answer with what is known of the way so far."""

    program: Program | None = None
    record: Record | None = None
    states: tuple[State, ...] = ()

    @property
    def missing(self) -> tuple[State, ...]:
        """The conditions that are not met; of who is cleared, none is asked for any more."""
        return () if self.cleared else tuple(state for state in self.states if not state.met)

    @property
    def refused(self) -> bool:
        """Whether clearance was refused last."""
        return self.record is not None and self.record.refusal is not None

    @property
    def taken_away(self) -> datetime | None:
        """When the clearance was taken away, if that was decided last in this onboarding."""
        decisions = self.record.decisions if self.record else ()
        return decisions[-1].at if decisions and decisions[-1].verdict is ClearanceVerdict.REVOKED else None


def standing_of(session: Session, manager_id: int, user: User, permission: Permission) -> Standing:
    """Where this manager stands; ``Forbidden`` if it is not for this person, ``Missing`` if it never was a manager."""
    demand(user, permission, session=session, manager_id=manager_id)
    if not ever_manager(session, manager_id):
        raise Missing(_("There is no such manager."))
    return standings_of(session, [manager_id])[manager_id]


def standings_of(session: Session, manager_ids: Collection[int]) -> dict[int, Standing]:
    """Where each of these stands, by id and in the order of ids, in a handful of queries for all."""
    answers = answers_of(session, manager_ids)
    records = records_of(session, [each.trainee for each in answers.values() if each.trainee])
    return {
        key: _standing(answer, records[answer.trainee.id] if answer.trainee else None)
        for key, answer in answers.items()
    }


def without_onboarding(session: Session, user: User) -> list[Standing]:
    """The managers whose onboarding has not begun here, as far as the person may see: the undecided ones first."""
    found = select(User.id).where(
        User.role == Role.MANAGER,
        User.id.not_in(select(Trainee.manager_id)),
        within(user, Permission.VIEW_ONBOARDING, User.id),
    )
    standings = standings_of(session, session.scalars(found).all())
    return sorted(standings.values(), key=lambda each: (not each.works_here, each.cleared, each.person.name))


def newest_decision(session: Session, manager_id: int) -> int:
    """The id of the newest decision about this manager; 0: there is none."""
    newest = select(func.max(ClearanceDecision.id)).where(ClearanceDecision.manager_id == manager_id)
    return session.scalar(newest) or 0


def decisions_about(session: Session, manager_id: int) -> Sequence[ClearanceDecision]:
    """All decisions about this manager, the newest first."""
    found = select(ClearanceDecision).where(ClearanceDecision.manager_id == manager_id)
    found = found.options(joinedload(ClearanceDecision.by))
    return session.scalars(found.order_by(ClearanceDecision.id.desc())).all()


def _standing(answer: ClearanceAnswer, record: Record | None) -> Standing:
    program = program_of(answer.trainee) if answer.trainee else None
    return Standing(
        person=answer.person,
        trainee=answer.trainee,
        stay=answer.stay,
        decisions=answer.decisions,
        program=program,
        record=record,
        states=rules.all_conditions(program, record) if program and record else (),
    )


def answers_page(
    session: Session, user: User, *, changed_since: datetime | None = None, after: int = 0
) -> tuple[list[dict[str, Any]], int | None]:
    """The answers that the person may read and that have changed since then, by manager id; and after which to go on.

    They are the noted ones, so that a number always means the same answer; one not noted yet is computed.
    """
    found = (
        select(User.id, ManagerAnswer)
        .outerjoin(ManagerAnswer, ManagerAnswer.manager_id == User.id)
        .where(was_manager(), within(user, Permission.READ_CLEARANCE, User.id), User.id > after)
        .order_by(User.id)
    )
    if changed_since is not None:
        since = ManagerAnswer.changed_at >= changed_since - OVERLAP
        found = found.where(or_(since, ManagerAnswer.changed_at.is_(None)))
    rows = [(person_id, noted) for person_id, noted in session.execute(found.limit(PAGE + 1))]
    computed = answers_of(session, [person_id for person_id, noted in rows if not (noted and noted.answer)])
    page = [
        {
            **(computed[person_id].told() if person_id in computed else noted.answer),
            "sequence": noted.sequence if noted else 0,
            "changed_at": noted.changed_at.isoformat() if noted else None,
        }
        for person_id, noted in rows[:PAGE]
    ]
    return page, rows[PAGE - 1][0] if len(rows) > PAGE else None
