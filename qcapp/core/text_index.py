"""A full-text index beside a table: one row of stems for each of its ids, on SQLite (FTS5) and PostgreSQL (GIN) alike.

The tables are made by the DDL here, not by the ORM: ``metadata.create_all`` runs it, migrations call ``up`` and ``down``.
"""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    bindparam,
    cast,
    column,
    event,
    exists,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute, Session

from qcapp.core.text_search import Query, stemmed

# Up to here SQLite sorts all that was found; above, it is quicker to walk the list in order and ask for each row
# whether it matches, because with so many hits a page is full after a few thousand rows.
MANY = 20_000
INDEXES = "text_indexes"  # under this key of metadata.info migrations find every index
_CUT_AT = 1_000_000  # PostgreSQL allows a tsvector of 1 MB; a day of speech is far below


class TextIndex:
    """The index called ``name``; ``owner`` is the table whose ids it holds."""

    def __init__(self, name: str, owner: str) -> None:
        self.name = name
        self.owner = owner
        self._id = column("rowid", Integer)
        self._sqlite = table(name, self._id, column(name), column("stems"))
        self._postgres = table(name, column("id", Integer), column("stems", TSVECTOR))

    def statements_up(self, dialect: str) -> tuple[str, ...]:
        """The DDL that makes the index."""
        if dialect == "sqlite":
            return (f"CREATE VIRTUAL TABLE {self.name} USING fts5(stems, tokenize='unicode61')",)
        return (
            f'CREATE TABLE {self.name} (id bigint PRIMARY KEY REFERENCES "{self.owner}" (id) ON DELETE CASCADE, '
            "stems tsvector NOT NULL)",
            f"CREATE INDEX ix_{self.name}_stems ON {self.name} USING gin (stems)",
        )

    def statements_down(self) -> tuple[str, ...]:
        """The DDL that removes it; the same on both databases."""
        return (f"DROP TABLE IF EXISTS {self.name}",)

    def attach(self, metadata: MetaData) -> None:
        """Make and drop the index together with the tables of the ORM."""

        def create(_target: object, connection: Connection, **_options: object) -> None:
            for statement in (*self.statements_down(), *self.statements_up(connection.dialect.name)):
                connection.execute(text(statement))

        def drop(_target: object, connection: Connection, **_options: object) -> None:
            for statement in self.statements_down():
                connection.execute(text(statement))

        metadata.info.setdefault(INDEXES, []).append(self)
        event.listen(metadata, "after_create", create)
        event.listen(metadata, "before_drop", drop)

    def put(self, session: Session, key: int, words: str) -> None:
        """Index a text under an id, in place of what was there."""
        self.remove(session, key)
        values = {"id": key, "stems": stemmed(words)[:_CUT_AT]}
        if _dialect(session) == "sqlite":
            session.execute(text(f"INSERT INTO {self.name} (rowid, stems) VALUES (:id, :stems)"), values)
        else:
            statement = f"INSERT INTO {self.name} (id, stems) VALUES (:id, to_tsvector('simple', :stems))"
            session.execute(text(statement), values)

    def remove(self, session: Session, key: int) -> None:
        """Forget what was indexed under an id."""
        name = "rowid" if _dialect(session) == "sqlite" else "id"
        session.execute(text(f"DELETE FROM {self.name} WHERE {name} = :id"), {"id": key})

    def matches(self, session: Session, query: Query, key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition that the text under ``key`` holds every phrase of a query that is not empty."""
        if _dialect(session) != "sqlite":
            wanted = cast(bindparam(None, query.for_postgres()), TSQUERY)
            found = self._postgres
            return exists().where(found.c.id == key, found.c.stems.bool_op("@@")(wanted)).correlate_except(found)
        match = self._sqlite.c[self.name].bool_op("MATCH")(query.for_fts5())
        rows = select(self._id).select_from(self._sqlite).where(match)
        if self._is_many(session, rows):
            return exists(rows.where(self._id == key)).correlate_except(self._sqlite)
        return key.in_(rows)

    def _is_many(self, session: Session, rows: "select") -> bool:
        counted = rows.limit(MANY + 1).subquery()
        return (session.scalar(select(func.count()).select_from(counted)) or 0) > MANY


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
