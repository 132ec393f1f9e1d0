"""Sessions for reading refuse to write and let the database remember what pages ask; what it means when it fails."""

from pathlib import Path

import pytest
from sqlalchemy import Executable, delete, event, insert, literal, select, text, update
from sqlalchemy.exc import IntegrityError

from qcapp.core.db import Base, Database
from qcapp.core.errors import NoSpace, Unavailable
from qcapp.people.models import Team
from tests.databases import fresh_url, locked

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


def add_team(database: Database, name: str) -> None:
    with database.transaction() as session:
        session.add(Team(name=name))


def test_a_database_that_stays_locked_is_unavailable_and_nothing_is_lost(committed: Database) -> None:
    with locked(committed), pytest.raises(Unavailable, match="cannot be used at the moment"):
        add_team(committed, "North")
    add_team(committed, "North")
    with committed.reading() as session:
        assert session.scalars(select(Team.name)).all() == ["North"]


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = Database(url)
        Base.metadata.create_all(database.engine)
        event.listen(
            database.engine, "connect", lambda made, _record: made.execute("PRAGMA max_page_count=1")
        )
        database.engine.dispose()
        with pytest.raises(NoSpace):
            add_team(database, "North" * 10_000)
        database.engine.dispose()


def test_a_server_that_ends_the_connection_is_unavailable(tmp_path: Path) -> None:
    with fresh_url("postgresql", tmp_path) as url:
        database = Database(url)
        with pytest.raises(Unavailable), database.transaction() as session:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        with database.reading() as session:
            assert session.scalar(select(literal(1))) == 1
        database.engine.dispose()


def test_what_a_server_that_stands_by_refuses_is_unavailable(tmp_path: Path) -> None:
    with fresh_url("postgresql", tmp_path) as url:
        database = Database(url)
        with pytest.raises(Unavailable), database.transaction() as session:
            session.execute(text("SET TRANSACTION READ ONLY; CREATE TABLE thing (id int)"))
        database.engine.dispose()


def test_a_broken_rule_is_not_taken_for_a_fault_of_the_database(committed: Database) -> None:
    add_team(committed, "North")
    with pytest.raises(IntegrityError):
        add_team(committed, "North")


def test_a_file_that_is_removed_while_the_product_runs_is_missed(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = Database(url)
        Team.__table__.create(database.engine)
        database.engine.dispose()
        Path(database.engine.url.database or "").unlink()
        with pytest.raises(Unavailable, match="is gone"):
            add_team(database, "North")
        assert list(tmp_path.iterdir()) == []
