"""Somebody who is no head of sales any more hears and sees nothing of the team he headed."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.core import clock, events
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.exams import service as exams
from qcapp.people.events import ManagerJoined
from qcapp.people.models import Notice, User
from qcapp.people.permissions import Permission, allowed
from qcapp.terms import LeadSource, Role
from tests.factories.calls import make_call
from tests.onboarding.exam_hall import PASSED, make_examinee, marks

HEARD_BY_HEADS = {
    "trainee_exam_passed",
    "trainee_stage_passed",
    "trainee_coach_chosen",
    "lead_flagged",
    "trainee_clearance_refused",
    "manager_back",
}


def much_happens(session: Session, people: SimpleNamespace) -> None:
    """An exam and the next stage, a call from a wrong lead, a refusal, a return."""
    trainee = make_examinee(session, people.max)
    stages.choose_coach(session, trainee, people.tanya, by=people.hanna)
    exam = exams.begin_exam(session, trainee, by=people.tanya)
    exams.save_exam(session, exam, marks(PASSED), by=people.tanya)
    exams.finish_exam(session, exam, by=people.tanya)
    call = make_call(session, people.max, lead_source=LeadSource.HOT, started_at=clock.now())
    events.emit(session, CallNoted(call.id))
    clearance.refuse_clearance(session, people.max, by=people.olga, reason="Talks too much")
    events.emit(session, ManagerJoined(people.max.id))


def told(session: Session, person: User) -> set[str]:
    return set(session.scalars(select(Notice.kind).where(Notice.user_id == person.id)))


def test_the_head_hears_of_all_of_it(session: Session, people: SimpleNamespace) -> None:
    much_happens(session, people)
    assert told(session, people.roman) == HEARD_BY_HEADS


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COACH])
def test_whoever_has_another_role_hears_and_sees_nothing_although_the_team_still_names_him(
    session: Session, people: SimpleNamespace, role: Role
) -> None:
    people.roman.role, people.roman.team = role, None
    session.flush()
    much_happens(session, people)
    assert told(session, people.roman) == set()
    assert not allowed(session, people.roman, Permission.VIEW_CALLS, people.max.id)
