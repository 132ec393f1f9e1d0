"""Where one manager stands on the way to hot leads, with what is missing and why."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding import rules
from qcapp.onboarding.clearance.answers import Answer, answers_of
from qcapp.onboarding.history import Record
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import State
from qcapp.people.models import Role, User
from qcapp.people.permissions import Permission, demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Answer):
    """The answer with what is known of the way so far."""

    program: Program | None = None
    record: Record | None = None
    states: tuple[State, ...] = ()

    @property
    def missing(self) -> tuple[State, ...]:
        """The conditions that are not met; of who is cleared, none is asked for any more."""
        return () if self.cleared else tuple(state for state in self.states if not state.met)


def standing_of(session: Session, manager_id: int, user: User, permission: Permission) -> Standing:
    """Where this manager stands; ``Forbidden`` if it is not for this person, ``Missing`` if it is no manager."""
    demand(user, permission, session=session, manager_id=manager_id)
    person = session.get(User, manager_id)
    if person is None or person.role is not Role.MANAGER:
        raise Missing(_("There is no such manager."))
    answer = answers_of(session, [manager_id])[manager_id]
    if (trainee := answer.trainee) is None:
        return Standing(person=person)
    program, record = program_of(trainee), record_of(session, trainee)
    states = rules.all_conditions(program, record)
    return Standing(
        person=person, trainee=trainee, stay=answer.stay, program=program, record=record, states=states
    )
