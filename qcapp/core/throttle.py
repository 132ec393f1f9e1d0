"""Limits on how often something may be tried: a bucket of tokens a key, refilled at a steady pace.

A bucket is one number, the moment at which it is full again; one statement reads and takes, so that two
requests never share the last token. No row means a full bucket.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from qcapp.core import clock
from qcapp.core.db import LONGEST_WAIT_S, Base

SET_BACK_S = 2 * LONGEST_WAIT_S
"""A bucket so much fuller than it can be was filled before the clock was set back. Less is no sign of that: whoever has
waited for the database looked at the clock before those who went first."""


class TokenBucket(Base):
    """How much of one limit is used up."""

    __tablename__ = "token_bucket"

    key: Mapped[str] = mapped_column(String(64), primary_key=True, doc="SHA-256 of limit and value")
    full_at: Mapped[float] = mapped_column(index=True, doc="seconds since 1970: easily added to in SQL")


@dataclass(frozen=True)
class Limit:
    """``capacity`` attempts at once, then one every ``refill_s`` seconds."""

    name: str
    capacity: int
    refill_s: float

    def take(self, session: Session, value: str) -> bool:
        """Use up one attempt; False if there is none left. Commit it whatever comes of the attempt."""
        now = clock.now().timestamp()
        full = TokenBucket.full_at < now
        other_clock = TokenBucket.full_at > now + self.refill_s * self.capacity + SET_BACK_S
        mine = TokenBucket.key == self._key(value)
        session.execute(delete(TokenBucket).where(or_(full, mine & other_clock)))
        used_up: ColumnElement[float] = case((TokenBucket.full_at > now, TokenBucket.full_at), else_=now)
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        taken = session.scalar(
            dialect.insert(TokenBucket)
            .values(key=self._key(value), full_at=now + self.refill_s)
            .on_conflict_do_update(
                index_elements=[TokenBucket.key],
                set_={"full_at": used_up + self.refill_s},
                where=TokenBucket.full_at <= now + self.refill_s * (self.capacity - 1),
            )
            .returning(TokenBucket.key)
        )
        return taken is not None

    def give_back(self, session: Session, value: str) -> None:
        """Undo one ``take``: an attempt that succeeded does not count."""
        session.execute(
            update(TokenBucket)
            .where(TokenBucket.key == self._key(value))
            .values(full_at=TokenBucket.full_at - self.refill_s)
        )

    def _key(self, value: str) -> str:
        return hashlib.sha256(f"{self.name}:{value}".encode()).hexdigest()
