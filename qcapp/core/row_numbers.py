"""The last number that each table of an SQLite database has given to a row, whether that row still exists or not."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

_ARE_KEPT = text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")


def last_numbers(connection: Connection) -> dict[str, int]:
    """By name of the table; tables that never had a row are left out."""
    if connection.execute(_ARE_KEPT).first() is None:  # no table has needed it so far
        return {}
    return dict(connection.execute(text("SELECT name, seq FROM sqlite_sequence WHERE seq IS NOT NULL")).all())


def keep_numbers(connection: Connection, earlier: Mapping[str, int]) -> None:
    """Let no table begin below these numbers: one that was rebuilt counts from its highest row otherwise."""
    tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
    names: set[str] = set(tables.scalars())
    now = last_numbers(connection)
    for name, number in earlier.items():
        if name in names and number > now.get(name, 0):
            facts = {"name": name, "number": number}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), facts)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), facts)
