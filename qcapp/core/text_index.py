"""A full-text index beside a list that is sorted by time, on SQLite (FTS5) and PostgreSQL (GIN) alike.

Its rows are numbered by ``place``: first by time, then by id, as the list is. So the newest hits of a word that stands
in half a million rows are found without sorting them. The tables are made by the DDL here, not by the ORM:
``metadata.create_all`` runs it, migrations repeat it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    bindparam,
    cast,
    column,
    delete,
    event,
    exists,
    func,
    insert,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import InstrumentedAttribute, Session

from qcapp.core.text_search import Query, month_label, stemmed

INDEXES = "text_indexes"  # under this key of metadata.info migrations find every index
ID_BITS = 28  # 268 million ids; seconds since 1970 have the 35 bits above, for a thousand years
# Share of all texts. PostgreSQL keeps statistics of usual words alone and takes all others to be in 0.5 % of the texts.
FEW = 0.006
MERGED_PAGES = 500  # at once, so that others who write wait for a moment only
AT_ONCE = 500
_CUT_AT = 1_000_000  # PostgreSQL allows a tsvector of 1 MB; a day of speech is far below


def place(moment: datetime, key: int) -> int:
    """The number of a row: its time in whole seconds, then its id."""
    return int(moment.astimezone(UTC).timestamp()) << ID_BITS | key


def moment_of(row: int) -> datetime:
    """The second in a row's number."""
    return datetime.fromtimestamp(row >> ID_BITS, UTC)


class TextIndex:
    """The index called ``name``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._sqlite = table(name, column("rowid", BigInteger), column(name), column("stems"))
        self._postgres = table(name, column("id", BigInteger), column("stems", TSVECTOR))

    def statements_up(self, dialect: str) -> tuple[str, ...]:
        """The DDL that makes the index."""
        if dialect == "sqlite":
            return (f"CREATE VIRTUAL TABLE {self.name} USING fts5(stems, tokenize='unicode61')",)
        return (
            f"CREATE TABLE {self.name} (id bigint PRIMARY KEY, stems tsvector NOT NULL)",
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

    def put(self, session: Session, row: int, words: str, *labels: str) -> None:
        """Index a text under the number that ``place`` gave, instead of what was there."""
        self.remove(session, row)
        values = {
            "row": row,
            "stems": " ".join([stemmed(words)[:_CUT_AT], month_label(moment_of(row)), *labels]),
        }
        sqlite = f"INSERT INTO {self.name} (rowid, stems) VALUES (:row, :stems)"  # noqa: S608 (our own name)
        postgres = f"INSERT INTO {self.name} (id, stems) VALUES (:row, to_tsvector('simple', :stems))"  # noqa: S608
        session.execute(text(sqlite if _is_sqlite(session) else postgres), values)

    def texts(self, connection: Connection) -> Iterator[list[tuple[int, str]]]:
        """Numbers and indexed words of an index on SQLite, which keeps them, a batch at a time."""
        row, stems = self._sqlite.c.rowid, self._sqlite.c.stems
        some = select(row, stems).order_by(row).limit(AT_ONCE)
        after = 0
        while found := connection.execute(some.where(row > after)).all():
            after = found[-1][0]
            yield [(each.rowid, each.stems) for each in found]

    def load(self, connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
        """Put what ``texts`` gave into an empty index on PostgreSQL."""
        words = func.to_tsvector("simple", bindparam("words"))
        connection.execute(
            insert(self._postgres).values(id=bindparam("row"), stems=words),
            [{"row": number, "words": stems.replace("\0", " ")} for number, stems in texts],
        )

    def clear(self, connection: Connection) -> None:
        """Forget everything in an index on PostgreSQL."""
        connection.execute(delete(self._postgres))

    def count(self, connection: Connection) -> int:
        """How many texts an index on PostgreSQL has."""
        return connection.scalar(select(func.count()).select_from(self._postgres)) or 0

    def newest(self, session: Session) -> int:
        """The number of the newest text, 0 if there is none."""
        key = self._sqlite.c.rowid if _is_sqlite(session) else self._postgres.c.id
        return session.scalar(select(key).order_by(key.desc()).limit(1)) or 0

    def remove(self, session: Session, row: int) -> None:
        """Forget what was indexed under a number."""
        key = "rowid" if _is_sqlite(session) else "id"
        session.execute(text(f"DELETE FROM {self.name} WHERE {key} = :row"), {"row": row})  # noqa: S608

    def forget_removed(self, session: Session) -> bool:
        """Rewrite a part of the index without the words of texts that were removed; whether there may be more.

        SQLite only marks them as removed until it happens to merge that part; PostgreSQL's vacuum does this by itself.
        """
        if not _is_sqlite(session):
            return False
        count = text("SELECT total_changes()")
        before = session.scalar(count) or 0
        merge = f"INSERT INTO {self.name} ({self.name}, rank) VALUES ('merge', :pages)"  # noqa: S608 (our own name)
        session.execute(text(merge), {"pages": -MERGED_PAGES})
        return (session.scalar(count) or 0) - before >= 2  # so SQLite says that there was work

    def hits(
        self, session: Session, query: Query
    ) -> tuple[FromClause, ColumnElement[int], ColumnElement[bool]]:
        """The table, the number of its rows, and the condition that a row holds every phrase of the query."""
        if _is_sqlite(session):
            match = self._sqlite.c[self.name].bool_op("MATCH")(query.for_fts5())
            return self._sqlite, self._sqlite.c.rowid, match
        # Written into the statement: what is quick for a rare word is slow for a usual one, so each is to be planned.
        wanted = cast(bindparam(None, query.for_postgres(), literal_execute=True), TSQUERY)
        return self._postgres, self._postgres.c.id, self._postgres.c.stems.bool_op("@@")(wanted)

    def in_order(self, session: Session) -> bool:
        """Whether hits are read in the order of their numbers, one by one: so does SQLite."""
        return _is_sqlite(session)

    def few_expected(self, session: Session, query: Query) -> int | None:
        """How many hits PostgreSQL's planner expects, if few; None: many."""
        table, _number, match = self.hits(session, query)
        found = select(literal(1)).select_from(table).where(match)
        compiled = found.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        explained = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}")
        expected: int = explained.scalar_one()[0]["Plan"]["Plan Rows"]
        all_texts = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
        few = FEW * float(session.scalar(all_texts, {"name": self.name}) or 0)
        return expected if expected <= few else None

    def matches(self, session: Session, query: Query, row: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that the text under this number holds every phrase of the query."""
        found, number, match = self.hits(session, query)
        return exists().where(number == row, match).correlate_except(found)


def place_in_sql(
    session: Session, moment: InstrumentedAttribute[datetime], key: InstrumentedAttribute[int]
) -> ColumnElement[int]:
    """What ``place`` computes, of two columns."""
    if _is_sqlite(session):
        seconds: ColumnElement[int] = cast(func.strftime("%s", moment), BigInteger)
    else:
        seconds = cast(func.floor(func.extract("epoch", moment)), BigInteger)
    return seconds * literal(1 << ID_BITS, BigInteger) + key


def key_in_sql(row: ColumnElement[int]) -> ColumnElement[int]:
    """The id in a row's number."""
    return row % literal(1 << ID_BITS, BigInteger)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
