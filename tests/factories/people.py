"""The cast of the tests, one person a role."""

from functools import cache
from types import SimpleNamespace

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.people.models import Extension, Role, Team, User

PASSWORD = "правильная лошадь"


@cache
def _hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_user(
    session: Session, name: str, role: Role, team: Team | None = None, extension: str | None = None
) -> User:
    """A person whose login is the first name in lower case and whose password is ``PASSWORD``."""
    user = User(
        login=name.split(maxsplit=1)[0].lower(),
        name=name,
        role=role,
        team=team,
        password_hash=_hash(),
        active=True,
        created_at=clock.now(),
    )
    if extension:
        user.extensions = [Extension(number=extension)]
    session.add(user)
    session.flush()
    return user


def make_cast(session: Session) -> SimpleNamespace:
    north, south = Team(name="North"), Team(name="South")
    session.add_all([north, south])
    cast = SimpleNamespace(
        north=north,
        south=south,
        olga=make_user(session, "Olga Owner", Role.OWNER),
        lidia=make_user(session, "Lidia Lead", Role.QC_LEAD),
        kira=make_user(session, "Kira Control", Role.QC),
        roman=make_user(session, "Roman Head", Role.HEAD, north),
        tanya=make_user(session, "Tanya Coach", Role.COACH, north),
        hanna=make_user(session, "Hanna Hire", Role.HR),
        max=make_user(session, "Max Manager", Role.MANAGER, north, "201"),
        anna=make_user(session, "Anna Admin", Role.ADMIN),
        oleg=make_user(session, "Oleg Other", Role.HEAD, south),
        sveta=make_user(session, "Sveta South", Role.MANAGER, south, "301"),
    )
    north.head, south.head = cast.roman, cast.oleg
    session.flush()
    return cast
