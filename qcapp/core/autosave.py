"""Pages that save themselves while one types: nothing typed is lost, and two windows never overwrite each other.

A window sends all that its page holds, with the number of its save and the revision it had loaded.
"""

from datetime import datetime
from typing import Protocol

from flask import Flask, jsonify
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from qcapp.core.errors import Refused
from qcapp.core.i18n import _


class Autosaved:
    """What a row keeps of its saves."""

    revision: Mapped[int] = mapped_column(default=0, doc="counts saves")
    window: Mapped[str] = mapped_column(String(36), default="", doc="which browser window saved last")
    turn: Mapped[int] = mapped_column(default=0, doc="the how-many-eth save of that window it was")
    updated_at: Mapped[datetime]


class Save(Protocol):
    """Which save of which window this is, and the revision that window had loaded."""

    @property
    def revision(self) -> int: ...
    @property
    def window(self) -> str: ...
    @property
    def turn(self) -> int: ...


class Stored(Protocol):
    """What is kept of the last save; ``Autosaved`` rows, and others that name it alike."""

    revision: int
    window: str
    turn: int


class Conflict(Refused):
    """Another window has saved since this one loaded; ``revision`` is what is stored now."""

    def __init__(self, revision: int, *reasons: str) -> None:
        super().__init__(*reasons)
        self.revision = revision


def is_news(stored: Stored, sent: Save, *, differs: bool) -> bool:
    """Whether to store what a window sends, which differs from what is stored or not. Raises ``Conflict``.

    A window never conflicts with itself: a lower revision only says that our answer to it got lost; and the last save
    of a closing page may overtake the one before, which then is no news.
    """
    if sent.window == stored.window:
        return sent.turn > stored.turn
    if sent.revision != stored.revision and differs:
        raise Conflict(stored.revision, _("This was changed in another window."))
    return True


def note_save(stored: Stored, sent: Save) -> None:
    """Remember whose save is stored now."""
    stored.revision += 1
    stored.window, stored.turn = sent.window, sent.turn


def init_app(app: Flask) -> None:
    app.register_error_handler(
        Conflict, lambda error: (jsonify(error=str(error), revision=error.revision), 409)
    )
