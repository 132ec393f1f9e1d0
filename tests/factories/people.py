"""The cast of the tests, one person a role."""

from functools import cache
from types import SimpleNamespace

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.people.models import Extension, Team, User
from qcapp.terms import Role

PASSWORD = "правильная лошадь"


@cache
def _hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def _person(name: str, role: Role, team: Team | None = None, extension: str | None = None) -> User:
    return User(
        login=name.split(maxsplit=1)[0].lower(),
        name=name,
        role=role,
        confirmed_at=clock.now(),
        team=team,
        password_hash=_hash(),
        active=True,
        created_at=clock.now(),
        extensions=[Extension(number=extension)] if extension else [],
    )


def make_user(
    session: Session, name: str, role: Role, team: Team | None = None, extension: str | None = None
) -> User:
    """A person whose login is the first name in lower case and whose password is ``PASSWORD``."""
    user = _person(name, role, team, extension)
    session.add(user)
    session.flush()
    return user


def make_cast(session: Session) -> SimpleNamespace:
    north, south = Team(name="North"), Team(name="South")
    session.add_all([north, south])
    session.flush()
    cast = SimpleNamespace(
        north=north,
        south=south,
        olga=_person("Olga Owner", Role.OWNER),
        lidia=_person("Lidia Lead", Role.QC_LEAD),
        kira=_person("Kira Control", Role.QC),
        roman=_person("Roman Head", Role.HEAD, north),
        tanya=_person("Tanya Coach", Role.COACH, north),
        hanna=_person("Hanna Hire", Role.HR),
        max=_person("Max Manager", Role.MANAGER, north, "201"),
        anna=_person("Anna Admin", Role.ADMIN),
        oleg=_person("Oleg Other", Role.HEAD, south),
        sveta=_person("Sveta South", Role.MANAGER, south, "301"),
    )
    session.add_all(vars(cast).values())
    session.flush()
    north.head, south.head = cast.roman, cast.oleg
    session.flush()
    return cast
