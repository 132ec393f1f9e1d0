"""The answer about a manager that a program acts on: whether hot leads, and which leads, may go to him now.

The only place that says so, for one manager as for all of them: pages, API and webhooks ask here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.onboarding.clearance.leads import allowed_sources
from qcapp.onboarding.current import is_current
from qcapp.onboarding.models import ClearanceDecision, StageRecord, Trainee
from qcapp.onboarding.record import program_of
from qcapp.onboarding.standing import decisions_without_onboarding, declared_stage
from qcapp.people.at_work import works_here
from qcapp.people.models import User
from qcapp.terms import LeadSource, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceAnswer:
    """A person with the stay of today, or with what was decided without an onboarding."""

    person: User
    trainee: Trainee | None = None
    stay: StageRecord | None = None
    decisions: Sequence[ClearanceDecision] = ()

    @property
    def stage(self) -> Stage | None:
        """None: the onboarding has not begun, and nobody has declared the manager staff."""
        return self.stay.stage if self.stay else declared_stage(self.decisions)

    @property
    def since(self) -> datetime | None:
        """Since when in this stage."""
        if self.stay:
            return self.stay.entered_at
        return self.decisions[-1].at if self.stage else None

    @property
    def works_here(self) -> bool:
        """Whether this is, still, a manager of the department."""
        parted = self.trainee is not None and self.trainee.parted_at is not None
        return works_here(self.person) and not parted

    @property
    def cleared(self) -> bool:
        """Whether hot leads may go to this manager now."""
        return self.stage is Stage.STAFF and self.works_here

    @property
    def lead_sources(self) -> tuple[LeadSource, ...]:
        """From which leads this manager may call now."""
        program = program_of(self.trainee) if self.trainee else None
        return allowed_sources(program, self.stage) if self.works_here else ()

    def told(self) -> dict[str, Any]:
        """The answer as programs read it, in the API and in webhooks."""
        person = self.person
        return {
            "manager": {
                "id": person.id,
                "name": person.name,
                "login": person.login,
                "extensions": [extension.number for extension in person.extensions],
            },
            "cleared": self.cleared,
            "stage": self.stage and self.stage.value,
            "since": self.since.isoformat() if self.since else None,
            "lead_sources": [source.value for source in self.lead_sources],
        }


def answers_of(session: Session, people_ids: Collection[int]) -> dict[int, ClearanceAnswer]:
    """The answers about these people by id, as the database has them now, in a handful of queries for all."""
    fresh = {"populate_existing": True}
    people = select(User).where(User.id.in_(people_ids))
    people = people.options(selectinload(User.extensions), joinedload(User.team))
    trained = select(Trainee).where(Trainee.manager_id.in_(people_ids), is_current())
    trained = trained.options(joinedload(Trainee.program))
    newest = select(func.max(StageRecord.id)).group_by(StageRecord.trainee_id)
    stays = select(StageRecord).where(
        StageRecord.id.in_(newest.join(StageRecord.trainee).where(Trainee.manager_id.in_(people_ids)))
    )
    trainee_of = {each.manager_id: each for each in session.scalars(trained, execution_options=fresh)}
    stay_of = {each.trainee_id: each for each in session.scalars(stays, execution_options=fresh)}
    decisions = decisions_without_onboarding(session, people_ids)
    return {
        person.id: ClearanceAnswer(
            person=person,
            trainee=trainee,
            stay=stay_of[trainee.id] if trainee else None,
            decisions=decisions.get(person.id, ()),
        )
        for person in session.scalars(people.order_by(User.id), execution_options=fresh)
        for trainee in [trainee_of.get(person.id)]
    }
