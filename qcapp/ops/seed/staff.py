"""The people of a generated department: managers in teams with heads, QC, one of each other role."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.onboarding.clearance.service import declare_staff
from qcapp.ops.seed.words import person_name
from qcapp.people.models import Extension, Team, User
from qcapp.terms import Role

TEAM = 8  # managers
CALLS_A_MANAGER = 5_000
REASON = "Работает в отделе не первый год"
MANAGERS_A_REVIEWER = 12


@dataclass(frozen=True)
class Staff:
    """Ids of those whose names stand in calls and reviews, and the managers' extensions."""

    managers: list[int]
    extensions: list[str]
    reviewers: list[int]


def hire(session: Session, calls: int) -> Staff:
    """Nobody of them can sign in before an administrator gives a password."""
    count = min(200, max(TEAM, calls // CALLS_A_MANAGER))
    managers = [_person(session, f"manager{number}", number, Role.MANAGER) for number in range(1, count + 1)]
    extensions = [str(1000 + number) for number in range(1, count + 1)]
    for manager, extension in zip(managers, extensions, strict=True):
        manager.extensions = [Extension(number=extension)]
    for number in range(0, count, TEAM):
        head = _person(session, f"head{number // TEAM + 1}", 300 + number, Role.HEAD)
        team = Team(name=f"Отдел продаж {number // TEAM + 1}")
        for member in (head, *managers[number : number + TEAM]):
            member.team = team
        session.flush()  # before a team has a head, since each of the two refers to the other
        team.head = head
    reviewers = [
        _person(session, f"qc{number + 1}", 700 + number, Role.QC)
        for number in range(max(2, count // MANAGERS_A_REVIEWER))
    ]
    others = [
        _person(session, f"{role.value}1", 900 + number, role)
        for number, role in enumerate((Role.OWNER, Role.QC_LEAD, Role.COACH, Role.HR))
    ]
    session.flush()
    for manager in managers:
        declare_staff(session, manager, by=others[0], reason=REASON)
    return Staff([each.id for each in managers], extensions, [each.id for each in reviewers])


def _person(session: Session, login: str, number: int, role: Role) -> User:
    user = User(
        login=f"seed.{login}",
        name=person_name(number),
        role=role,
        confirmed_at=clock.now(),
        active=True,
        created_at=clock.now(),
    )
    session.add(user)
    return user
