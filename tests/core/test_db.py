"""Sessions for reading: they refuse to write, and let the database remember what pages ask."""

from pathlib import Path

import pytest
from sqlalchemy import Executable, delete, insert, literal, select, text, update

from qcapp.core.db import Database
from qcapp.people.models import Team
from tests.databases import fresh_url

OFTEN = 10  # the driver prepares a statement when it is asked for the sixth time


@pytest.mark.parametrize("change", ["add", "change", "delete"])
def test_a_session_for_reading_refuses_to_write(committed: Database, change: str) -> None:
    with committed.transaction() as session:
        session.add(Team(name="North"))
    with committed.reading() as session:
        team = session.scalars(select(Team)).one()
        {
            "add": lambda: session.add(Team(name="South")),
            "change": lambda: setattr(team, "name", "South"),
            "delete": lambda: session.delete(team),
        }[change]()
        with pytest.raises(RuntimeError, match="for reading"):
            session.scalars(select(Team)).all()
    with committed.reading() as session:
        assert session.scalars(select(Team.name)).all() == ["North"]


@pytest.mark.parametrize(
    "deed", [insert(Team).values(name="South"), update(Team).values(name="South"), delete(Team)]
)
def test_it_refuses_statements_that_write(committed: Database, deed: Executable) -> None:
    with committed.reading() as session, pytest.raises(RuntimeError, match="for reading"):
        session.execute(deed)


def test_what_was_only_read_may_be_set_to_the_same(committed: Database) -> None:
    with committed.transaction() as session:
        session.add(Team(name="North"))
    with committed.reading() as session:
        team = session.scalars(select(Team)).one()
        team.name = str(team.name)
        assert session.scalars(select(Team.name)).all() == ["North"]


def test_postgresql_remembers_what_is_asked_often(tmp_path: Path) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%often%'")
    with fresh_url("postgresql", tmp_path) as url:
        database = Database(url)
        for _time in range(OFTEN):
            with database.reading() as session:
                session.scalar(select(literal(1).label("often")))
        with database.reading() as session:
            assert session.scalar(prepared) == 1
        database.engine.dispose()
