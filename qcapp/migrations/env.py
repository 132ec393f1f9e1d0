"""Alembic's environment: the metadata of all features, and what in the database is not the ORM's business.

Started by the product (``qcapp db upgrade``) on a connection it gives, or by the ``alembic`` command on the database
of the settings.
"""

import warnings
from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, Engine, text

import qcapp  # noqa: F401 (the application imports every feature, and with it every table)
from qcapp.core.db import Base, UTCDateTime, make_engine
from qcapp.core.row_numbers import keep_numbers, last_numbers
from qcapp.core.text_index import INDEXES, TextIndex
from qcapp.settings import Settings

_LOCK = 0x71636D69  # any constant: one migration at a time, however many hosts start at once
_TEXT_INDEXES: list[TextIndex] = Base.metadata.info.get(INDEXES, [])


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """Text indexes are made by their own DDL, and SQLite keeps each in several tables of its own naming."""
    table = name if kind == "table" else parents.get("table_name")
    return not any(
        table == index.name or (table or "").startswith(index.name + "_") for index in _TEXT_INDEXES
    )


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Revisions name plain types: they must run years from now, whatever the product's own have become."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run(connection: Connection) -> None:
    """All outstanding revisions in one transaction: a failed upgrade leaves the database as it was."""
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        render_item=render_item,
        render_as_batch=sqlite,
        transactional_ddl=True,
    )
    if sqlite:
        _foreign_keys(connection, "OFF")
    with warnings.catch_warnings(), context.begin_transaction():
        # An index on lower(login) cannot be read back from SQLite; on PostgreSQL it is compared.
        warnings.filterwarnings("ignore", message=".*expression-based index")
        if not sqlite:
            # Waiting for a lock that a running page holds is better ended than every page behind it held up.
            connection.execute(text("SET LOCAL lock_timeout = '30s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        numbers = last_numbers(connection) if sqlite else {}
        context.run_migrations()
        if sqlite:
            keep_numbers(connection, numbers)
        if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise RuntimeError("the migration would leave rows that refer to nothing")
    if sqlite:
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    """SQLite changes a table by copying it, which its keys must not hinder; inside a transaction this is ignored."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={state}")


def main() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    engine: Engine = make_engine(Settings().sqlalchemy_url)
    with engine.connect() as connection:
        run(connection)
    engine.dispose()


main()
