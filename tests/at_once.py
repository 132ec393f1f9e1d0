"""Several people, windows or workers that do something at the same moment, with real commits."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.people.models import User

Each = TypeVar("Each")
Done = TypeVar("Done")
Meet = Callable[[], object]
MEET_S = 30.0


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
