"""Where one manager stands on the way to hot leads, with what is missing and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.states import LeadSource
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding import rules
from qcapp.onboarding.clearance.leads import allowed_sources
from qcapp.onboarding.history import Record
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import State
from qcapp.people.models import Role, User
from qcapp.people.permissions import Permission, demand
from qcapp.people.stages import Stage


@dataclass(frozen=True, slots=True)
class Standing:
    """A manager with what is known of the way so far; without a trainee there never was one, so he is staff."""

    person: User
    trainee: Trainee | None = None
    program: Program | None = None
    record: Record | None = None
    states: tuple[State, ...] = ()

    @property
    def stage(self) -> Stage:
        return self.record.now.stage if self.record else Stage.STAFF

    @property
    def since(self) -> datetime | None:
        return self.record.now.entered_at if self.record else None

    @property
    def works_here(self) -> bool:
        return self.person.active and not (self.record and self.record.parted)

    @property
    def cleared(self) -> bool:
        """Whether hot leads may go to this manager now."""
        return self.stage is Stage.STAFF and self.works_here

    @property
    def missing(self) -> tuple[State, ...]:
        """The conditions that are not met; of who is cleared, none is asked for any more."""
        return () if self.cleared else tuple(state for state in self.states if not state.met)

    @property
    def lead_sources(self) -> tuple[LeadSource, ...]:
        """From which leads this manager may call now."""
        return allowed_sources(self.trainee, self.stage) if self.works_here else ()


def standing_of(session: Session, manager_id: int, user: User, permission: Permission) -> Standing:
    """Where this manager stands; ``Forbidden`` if it is not for this person, ``Missing`` if it is no manager."""
    demand(user, permission, session=session, manager_id=manager_id)
    person = session.get(User, manager_id)
    if person is None or person.role is not Role.MANAGER:
        raise Missing(_("There is no such manager."))
    found = select(Trainee).where(Trainee.manager_id == manager_id).options(joinedload(Trainee.program))
    trainee = session.scalar(found)
    if trainee is None:
        return Standing(person)
    program, record = program_of(trainee), record_of(session, trainee)
    return Standing(person, trainee, program, record, rules.all_conditions(program, record))
