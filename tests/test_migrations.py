"""Revisions lead to the tables of the models and back, on both databases."""

import re
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.core.db import Base, make_engine
from qcapp.core.errors import Refused
from qcapp.core.text_index import INDEXES
from qcapp.ops import migrating
from qcapp.ops.cli import db_commands
from qcapp.people.models import Team, User
from qcapp.terms import Role

# SQLite cannot tell what lower(login) is an index of; the test of its effect is below
pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")


def test_there_is_one_newest_revision() -> None:
    assert len(ScriptDirectory.from_config(migrating.config()).get_heads()) == 1


def test_revisions_are_named_by_time_and_purpose() -> None:
    names = [path.name for path in (migrating.FOLDER / "versions").glob("*.py")]
    assert names
    assert [name for name in names if not re.fullmatch(r"\d{8}_\d{4}_[a-z0-9_]+\.py", name)] == []


def test_up_down_and_up_again(engine: Engine) -> None:
    migrating.upgrade(engine)
    created = shape(engine)
    migrating.run_alembic(engine, lambda settings: command.downgrade(settings, "base"))
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrating.upgrade(engine)
    assert shape(engine) == created


def test_models_and_revisions_agree(engine: Engine) -> None:
    migrating.upgrade(engine)
    migrating.run_alembic(engine, command.check)


def test_the_revisions_make_the_same_tables_as_the_models(engine: Engine) -> None:
    """The text indexes included, which ``alembic check`` does not look at."""
    migrating.upgrade(engine)
    migrated = shape(engine)
    migrating.run_alembic(engine, lambda settings: command.downgrade(settings, "base"))
    Base.metadata.create_all(engine)
    created = shape(engine)
    if engine.dialect.name == "sqlite":
        # Two tables that refer to each other: there create_all leaves one of the references out.
        created.pop("team"), migrated.pop("team")
    assert created == migrated


def test_an_upgrade_of_the_newest_changes_nothing(engine: Engine) -> None:
    migrating.upgrade(engine)
    with Session(engine) as session:
        session.add(Team(name="North"))
        session.commit()
    migrating.upgrade(engine)
    with Session(engine) as session:
        assert session.query(Team).count() == 1
    migrating.demand_current(engine)


def test_references_are_still_enforced_after_an_upgrade(engine: Engine) -> None:
    migrating.upgrade(engine)
    with Session(engine) as session:
        session.add(Team(name="North", head_id=999))
        with pytest.raises(IntegrityError):
            session.commit()


def test_a_login_is_taken_whatever_its_case(engine: Engine) -> None:
    migrating.upgrade(engine)
    with Session(engine) as session:
        session.add_all(
            User(login=login, name=login, role=Role.QC, created_at=datetime.now(UTC))
            for login in ("kira", "olga")
        )
        session.commit()
        session.add(User(login="Kira", name="Kira", role=Role.QC, created_at=datetime.now(UTC)))
        with pytest.raises(IntegrityError):
            session.commit()


def test_an_empty_database_is_not_worked_on(engine: Engine) -> None:
    with pytest.raises(Refused, match="qcapp db upgrade"):
        migrating.demand_current(engine)


def test_a_database_of_a_newer_program_is_not_worked_on(engine: Engine) -> None:
    migrating.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_2031'"))
    with pytest.raises(Refused, match="newer version"):
        migrating.demand_current(engine)


def test_qcapp_db_upgrade_makes_the_database(
    database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QCAPP_DATABASE_URL", database_url)
    monkeypatch.setenv("QCAPP_DATA_DIR", str(tmp_path / "not yet there"))
    result = CliRunner().invoke(db_commands, ["upgrade"], catch_exceptions=False)
    assert result.exit_code == 0
    engine = make_engine(database_url)
    migrating.demand_current(engine)
    engine.dispose()


def test_qcapp_db_check_is_content() -> None:
    result = CliRunner().invoke(db_commands, ["check"], catch_exceptions=False)
    assert result.exit_code == 0


def shape(engine: Engine) -> dict[str, object]:
    """Tables with their columns, keys and indexes, and the text indexes' own DDL."""
    inspector = inspect(engine)
    text_indexes = [index.name for index in Base.metadata.info.get(INDEXES, [])]
    found: dict[str, object] = {}
    for table in inspector.get_table_names():
        if any(table.startswith(name) for name in text_indexes):
            continue
        found[table] = (
            sorted((c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)),
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted(
                (k["name"], k["constrained_columns"], k["referred_table"])
                for k in inspector.get_foreign_keys(table)
            ),
            sorted((k["name"], k["column_names"]) for k in inspector.get_unique_constraints(table)),
        )
    found["indexes"] = index_definitions(engine)
    return found


def index_definitions(engine: Engine) -> list[str]:
    """As the database itself words them; on SQLite with the virtual tables of the text indexes."""
    queries = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE%INDEX%' OR sql LIKE '%VIRTUAL%'",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    with engine.connect() as connection:
        rows = connection.execute(text(queries[engine.dialect.name])).scalars().all()
    return sorted(row.replace(chr(34), "") for row in rows if "alembic_version" not in row)
