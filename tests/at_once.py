"""Several people, windows or workers that do something at the same moment, with real commits."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from typing import TypeVar

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.people.models import User

Each = TypeVar("Each")
Done = TypeVar("Done")
Meet = Callable[[], object]
MEET_S = 30.0
_IS_WAITED_FOR = text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
)


def together(work: Callable[[Each, Meet], Done], items: Iterable[Each]) -> list[Done]:
    """The work for each of these in a thread of its own; where it calls ``meet`` it waits for all others."""
    items = list(items)
    meet = partial(Barrier(len(items)).wait, MEET_S)
    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(lambda item: work(item, meet), items))


def at_once(app: Flask, deed: Callable[[Session, User, int], object], *logins: str) -> list[str]:
    """Have these people do the deed, each in a transaction of the own; what each was told, empty if it was done.

    On PostgreSQL every transaction has begun to read before the first deed; on SQLite one writer waits for the other.
    """
    database = app.extensions["qcapp_database"]
    one_writes = database.engine.dialect.name == "sqlite"

    def do(each: tuple[int, str], meet: Meet) -> str:
        number, login = each
        with app.app_context():
            if one_writes:
                meet()
            try:
                with database.transaction() as session:
                    by = session.scalars(select(User).where(User.login == login)).one()
                    if not one_writes:
                        meet()
                    deed(session, by, number)
            except Refused as refusal:
                return str(refusal)
        return ""

    return together(do, enumerate(logins))


def overtaken(app: Flask, deed: Callable[[Session], object], late: Callable[[Session, Meet], object]) -> str:
    """What the late one was told, who had read (until ``meet``) before the deed was committed; empty if it was done.

    The deed is committed once he waits for it, or did not. On SQLite, where only one writes, he reads after it.
    """
    database = app.extensions["qcapp_database"]
    one_writes = database.engine.dialect.name == "sqlite"
    over = Event()

    def do(is_late: bool, meet: Meet) -> str:
        with app.app_context():
            if is_late and one_writes:
                meet()
            try:
                with database.transaction() as session:
                    if is_late:
                        late(session, (lambda: None) if one_writes else meet)
                    else:
                        deed(session)
                        if not one_writes:
                            meet()
                            while not session.scalar(_IS_WAITED_FOR) and not over.wait(0.01):
                                pass
            except Refused as refusal:
                if not is_late:
                    raise
                return str(refusal)
            finally:
                if is_late:
                    over.set()
            if one_writes and not is_late:
                meet()
        return ""

    return together(do, (False, True))[1]
