"""The number of a deleted row is given to no other row, on either database."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, Table, event, insert, text
from sqlalchemy.orm import Session

from qcapp.core import db
from qcapp.core.db import Base
from qcapp.ops import migrating
from qcapp.people.models import Role, Team, User

# SQLite cannot tell what lower(login) is an index of
pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")

BEFORE = "0d6b7e2f91ac"
"""The revision before tables of SQLite counted their rows."""
BEFORE_TOKENS_END = "7c1e5a9f20d4"


@pytest.fixture
def made_before(engine: Engine) -> Iterator[Engine]:
    """A database whose tables were made by a version that did not ask SQLite to count."""
    event.remove(Table, "after_parent_attach", db._use_no_number_twice)
    try:
        migrating.run_alembic(engine, lambda settings: command.upgrade(settings, BEFORE))
    finally:
        event.listen(Table, "after_parent_attach", db._use_no_number_twice)
    return engine


def test_every_table_that_numbers_its_rows_counts_them(engine: Engine) -> None:
    migrating.upgrade(engine)
    assert uncounted(engine) == []


def test_models_make_the_same_tables(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    assert uncounted(engine) == []


def test_the_number_of_a_deleted_row_is_not_used_again(engine: Engine) -> None:
    migrating.upgrade(engine)
    with Session(engine) as session:
        deleted = number_of_deleted_team(session)
        assert number_of_next_team(session) > deleted


def test_an_older_database_counts_from_the_upgrade_on(made_before: Engine) -> None:
    """Nothing in it is different afterwards: rows, keys, indexes and references."""
    with Session(made_before) as session:
        head = User(login="roman", name="Roman", role=Role.HEAD, created_at=datetime.now(UTC))
        session.add(Team(name="North", head=head))
        session.commit()
    if made_before.dialect.name == "sqlite":
        assert uncounted(made_before)
    migrating.upgrade(made_before)
    assert uncounted(made_before) == []
    with Session(made_before) as session:
        assert [team.head.name for team in session.query(Team) if team.head] == ["Roman"]
        deleted = number_of_deleted_team(session)
        assert number_of_next_team(session) > deleted
    if made_before.dialect.name == "sqlite":
        with made_before.connect() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    migrating.run_alembic(made_before, command.check)


def test_a_table_that_an_upgrade_rebuilds_goes_on_counting(engine: Engine) -> None:
    """The way down and up again rebuilds api_token; its highest row was deleted before."""
    migrating.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(person())
        token(connection, 7)
        connection.execute(text("DELETE FROM api_token"))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('api_token_id_seq', 7)"))
    migrating.run_alembic(engine, lambda settings: command.downgrade(settings, BEFORE_TOKENS_END))
    migrating.upgrade(engine)
    with engine.begin() as connection:
        assert token(connection) > 7


def person() -> object:
    return insert(User).values(
        id=1,
        login="ada",
        name="Ada",
        role=Role.ADMIN,
        password_temporary=False,
        active=True,
        created_at=datetime.now(UTC),
    )


def token(connection: Connection, number: int | None = None) -> int:
    table = Base.metadata.tables["api_token"]
    now = datetime.now(UTC)
    values = {
        "user_id": 1,
        "name": "t",
        "scope": "read_metrics",
        "token_hash": f"h{number}",
        "created_at": now,
        "ends_at": now,
    }
    made = insert(table).values(values | ({"id": number} if number else {})).returning(table.c.id)
    return connection.execute(made).scalar_one()


def number_of_deleted_team(session: Session) -> int:
    team = Team(name="Deleted")
    session.add(team)
    session.commit()
    number = team.id
    session.delete(team)
    session.commit()
    return number


def number_of_next_team(session: Session) -> int:
    team = Team(name="Next")
    session.add(team)
    session.commit()
    return team.id


def uncounted(engine: Engine) -> list[str]:
    """Tables of SQLite whose key is the number of a row, and which do not count; PostgreSQL counts always.

    A table that had another name then is left out."""
    if engine.dialect.name != "sqlite":
        return []
    with engine.connect() as connection:
        sql = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    numbered = [
        table.name
        for table in Base.metadata.sorted_tables
        if (key := table.autoincrement_column) is not None and not key.foreign_keys
    ]
    assert len(numbered) > 50
    return [name for name in numbered if name in sql and "AUTOINCREMENT" not in sql[name]]
