"""One person per role, a second reviewer, the eight managers who speak in the sample calls, and three more."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.people import passwords
from qcapp.people.models import Extension, Team, User
from qcapp.terms import Role

PASSWORD = "demo-demo-demo"  # noqa: S105 (printed by the demo, whose server listens on this machine alone)


@dataclass(frozen=True)
class Person:
    login: str
    name: str
    role: Role
    team: str | None = None
    extension: str | None = None


WEB, BAGS, WINDOWS = "Веб-студия «Северный сайт»", "Фабрика сумок «Калина»", "Окна"
SELLS = {WEB: "web", BAGS: "bags", WINDOWS: "windows"}
"""How the texts of the demo call what a team sells."""
CAST = (
    Person("owner", "Виктор Соболев", Role.OWNER),
    Person("qclead", "Людмила Крылова", Role.QC_LEAD),
    Person("qc", "Кира Белова", Role.QC),
    Person("qc2", "Глеб Осипов", Role.QC),
    Person("head", "Роман Зимин", Role.HEAD, WEB),
    Person("head2", "Олег Фёдоров", Role.HEAD, BAGS),
    Person("coach", "Татьяна Лис", Role.COACH, WEB),
    Person("hr", "Анна Мороз", Role.HR),
    Person("admin", "Антон Ключев", Role.ADMIN),
    Person("manager", "Ольга Вершинина", Role.MANAGER, WEB, "201"),
    Person("korablev", "Денис Кораблёв", Role.MANAGER, WEB, "202"),
    Person("yaseneva", "Марина Ясенева", Role.MANAGER, BAGS, "203"),
    Person("tikhomirov", "Павел Тихомиров", Role.MANAGER, WINDOWS, "204"),
    Person("rozhkova", "Алина Рожкова", Role.MANAGER, WEB, "205"),
    Person("zorin", "Кирилл Зорин", Role.MANAGER, BAGS, "206"),
    Person("gromova", "Светлана Громова", Role.MANAGER, WINDOWS, "207"),
    Person("lapin", "Егор Лапин", Role.MANAGER, BAGS, "208"),
    Person("belyaev", "Игорь Беляев", Role.MANAGER, WINDOWS, "209"),
    Person("sazonova", "Ирина Сазонова", Role.MANAGER, BAGS, "210"),
    Person("melnikov", "Артём Мельников", Role.MANAGER, BAGS, "211"),
)


def add_cast(session: Session) -> dict[str, User]:
    """Everybody by login; those who exist already stay as they are."""
    hashed = passwords.hashed(PASSWORD)
    teams = {name: _team(session, name) for name in (WEB, BAGS, WINDOWS)}
    users = {person.login: _user(session, person, teams, hashed) for person in CAST}
    for login, name in (("head", WEB), ("head2", BAGS)):
        teams[name].head = teams[name].head or users[login]
    session.flush()
    return users


def _team(session: Session, name: str) -> Team:
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        team = Team(name=name)
        session.add(team)
    return team


def _user(session: Session, person: Person, teams: dict[str, Team], hashed: str) -> User:
    user = session.scalar(select(User).where(func.lower(User.login) == person.login))
    if user is None:
        user = User(
            login=person.login,
            name=person.name,
            role=person.role,
            confirmed_at=clock.now(),
            team=teams.get(person.team or ""),
            password_hash=hashed,
            created_at=clock.now(),
        )
        if person.extension:
            user.extensions = [Extension(number=person.extension)]
        session.add(user)
    return user
