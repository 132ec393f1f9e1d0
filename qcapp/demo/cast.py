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
class CastMember:
    login: str
    name: str
    role: Role
    team: str | None = None
    extension: str | None = None


WEB, BAGS, WINDOWS = "Веб-студия «Северный сайт»", "Фабрика сумок «Калина»", "Окна"
SELLS = {WEB: "web", BAGS: "bags", WINDOWS: "windows"}
"""How the texts of the demo call what a team sells."""
CAST = (
    CastMember("owner", "Виктор Соболев", Role.OWNER),
    CastMember("qclead", "Людмила Крылова", Role.QC_LEAD),
    CastMember("qc", "Кира Белова", Role.QC),
    CastMember("qc2", "Глеб Осипов", Role.QC),
    CastMember("head", "Роман Зимин", Role.HEAD, WEB),
    CastMember("head2", "Олег Фёдоров", Role.HEAD, BAGS),
    CastMember("coach", "Татьяна Лис", Role.COACH, WEB),
    CastMember("hr", "Анна Мороз", Role.HR),
    CastMember("admin", "Антон Ключев", Role.ADMIN),
    CastMember("manager", "Ольга Вершинина", Role.MANAGER, WEB, "201"),
    CastMember("korablev", "Денис Кораблёв", Role.MANAGER, WEB, "202"),
    CastMember("yaseneva", "Марина Ясенева", Role.MANAGER, BAGS, "203"),
    CastMember("tikhomirov", "Павел Тихомиров", Role.MANAGER, WINDOWS, "204"),
    CastMember("rozhkova", "Алина Рожкова", Role.MANAGER, WEB, "205"),
    CastMember("zorin", "Кирилл Зорин", Role.MANAGER, BAGS, "206"),
    CastMember("gromova", "Светлана Громова", Role.MANAGER, WINDOWS, "207"),
    CastMember("lapin", "Егор Лапин", Role.MANAGER, BAGS, "208"),
    CastMember("belyaev", "Игорь Беляев", Role.MANAGER, WINDOWS, "209"),
    CastMember("sazonova", "Ирина Сазонова", Role.MANAGER, BAGS, "210"),
    CastMember("melnikov", "Артём Мельников", Role.MANAGER, BAGS, "211"),
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


def _user(session: Session, person: CastMember, teams: dict[str, Team], hashed: str) -> User:
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
