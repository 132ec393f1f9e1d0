"""Who may take the decision that a trainee waits for, by name."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from qcapp.onboarding.board.waiting import Waits, Whom
from qcapp.onboarding.models import Trainee
from qcapp.people.models import User
from qcapp.people.permissions import Permission, reach
from qcapp.people.queries import holders_of

NEEDS = {
    Whom.COACH: Permission.TRAIN,
    Whom.QUALITY: Permission.PLAN,
    Whom.DECIDER: Permission.CLEAR,
    Whom.SALE: Permission.CONFIRM_SALES,
}
"""What the decision takes. Reviewers are not named: whoever plans their queue answers for it."""


@dataclass(frozen=True, slots=True)
class Deciders:
    """Asks the database once for each kind of decision, however many trainees wait for it."""

    session: Session
    _able: dict[Whom, list[tuple[User, frozenset[int] | None]]] = field(default_factory=dict)

    def of(self, trainee: Trainee, waits: Waits) -> list[User]:
        """The trainee's coach where it is his decision, else everybody who may take it."""
        coach = trainee.coach
        if waits.whom is Whom.COACH and coach is not None and coach.active:
            return [coach]
        return [
            person
            for person, managers in self._who(waits.whom)
            if (managers is None or trainee.manager_id in managers)
            and person.id not in (trainee.manager_id, waits.besides)
        ]

    def _who(self, whom: Whom) -> list[tuple[User, frozenset[int] | None]]:
        """Each with the managers over whom he may decide so; None: over all."""
        if whom not in self._able:
            able = holders_of(self.session, NEEDS[whom])
            reached = [(person, reach(self.session, person, NEEDS[whom])) for person in able]
            self._able[whom] = [(each, None if ids is None else frozenset(ids)) for each, ids in reached]
        return self._able[whom]
