"""Pages that save themselves while one types: nothing typed is lost, and two windows never overwrite each other.

A window sends all that its page holds, with the number of its save and the revision it had loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from flask import Flask, jsonify
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from qcapp.core.errors import Forbidden, Missing, Refused
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


class StoredSave(Protocol):
    """What is kept of the last save; ``Autosaved`` rows, and others that name it alike."""

    revision: int
    window: str
    turn: int


class Piece(BaseModel):
    """Part of what a page sends: nothing but what it names. The page is ours, but anybody may send anything."""

    model_config = ConfigDict(extra="forbid")


class SaveForm(Piece):
    """A ``Save``; each editor adds what its window holds."""

    revision: int = Field(ge=0)
    window: str = Field(min_length=1, max_length=36)
    turn: int = Field(ge=1, lt=2**31)


Sent = TypeVar("Sent", bound=SaveForm)


def understood(form: type[Sent], payload: Any) -> Sent:
    """The JSON of a request, read by this form. Raises ``Refused`` naming the first thing wrong with it."""
    try:
        return form.model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "string_too_long":
            limit = first["ctx"]["max_length"]
            raise Refused(
                _("A text is longer than %(limit)d characters. Shorten it.", limit=limit)
            ) from error
        place = ".".join(str(part) for part in first["loc"]) or "draft"
        raise Refused(
            _("The draft could not be understood (%(place)s). Reload the page.", place=place)
        ) from error


class Conflict(Refused):
    """Another window has saved since this one loaded; ``revision`` is what is stored now."""

    def __init__(self, revision: int, *reasons: str) -> None:
        super().__init__(*reasons)
        self.revision = revision


def is_news(stored: StoredSave, sent: Save, *, differs: bool) -> bool:
    """Whether to store what a window sends, which differs from what is stored or not. Raises ``Conflict``.

    A window never conflicts with itself: a lower revision only says that our answer to it got lost; and the last save
    of a closing page may overtake the one before, which then is no news.
    """
    if sent.window == stored.window:
        return sent.turn > stored.turn
    if sent.revision != stored.revision and differs:
        raise Conflict(stored.revision, _("This was changed in another window."))
    return True


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page that asks to remove a draft has shown of it: its revision, and which window it is."""

    revision: int
    window: str


def seen_in(sent: Mapping[str, str]) -> Seen:
    """Read from the hidden fields of a form (components/autosave.html); without them nothing was shown."""
    revision = sent.get("revision", "")
    return Seen(int(revision) if revision.isdecimal() else -1, sent.get("window", ""))


def demand_seen(stored: StoredSave, seen: Seen | None) -> None:
    """Raise Refused where more would be removed than the page has shown. None: nobody was shown a page."""
    if seen is not None and seen.revision != stored.revision and seen.window != stored.window:
        raise Refused(
            _("This was changed in another window and has not been removed. Reload the page, then decide.")
        )


def tried(session: Session, deed: Callable[[], object]) -> Refused | None:
    """Do it; or return why not, with what it began taken back and what was saved before kept.

    Who may not do it at all is refused as ever.
    """
    try:
        with session.begin_nested():
            deed()
    except (Forbidden, Missing):
        raise
    except Refused as refused:
        return refused
    return None


def note_save(stored: StoredSave, sent: Save) -> None:
    """Remember whose save is stored now."""
    stored.revision += 1
    stored.window, stored.turn = sent.window, sent.turn


def init_app(app: Flask) -> None:
    app.register_error_handler(
        Conflict, lambda error: (jsonify(error=str(error), revision=error.revision), 409)
    )
