"""Clients' telephone numbers as the person who asks may read them: decided call by call, in this place alone.

Pages, files and answers of the API get numbers, file names and ids of calls from here and from nowhere else.
"""

from collections.abc import Collection, Iterable
from typing import Any

from flask import Flask, g
from sqlalchemy.orm import Session

from qcapp.calls.importers.filenames import facts_of_name
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.numbers import MASK, phone, without_numbers
from qcapp.core.web import db
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, reach

AnyCall = Any  # a Call, or a row of a list with the same columns


class Numbers:
    """Whole where the right reaches the call's manager, masked everywhere else."""

    def __init__(self, managers: Collection[int] | None) -> None:
        """``managers``: over whose calls the right reaches; None: over all calls."""
        self._managers = None if managers is None else frozenset(managers)

    @property
    def any(self) -> bool:
        """Whether there may be a number at all that the person sees whole."""
        return self._managers is None or bool(self._managers)

    def of(self, call: AnyCall) -> str | None:
        """The client's number; None where it is not known."""
        number = call.client.phone if call.client else call.client_number
        return phone(number, masked=not self.whole(call)) if number else None

    def text(self, text: str | None, call: AnyCall | None) -> str | None:
        """A file's name, an id or a sentence about the call; without a call only who sees all reads it whole."""
        if not text or self.whole(call):
            return text
        named = facts_of_name(text)
        return without_numbers(
            text, named.client_number if named else None, call.client_number if call else None
        )

    def beside(self, text: str | None, manager_id: int | None = None) -> str | None:
        """A text of which no call is known, such as a comment on a sale of this manager's.

        What is nobody's is read whole by those alone who see every number.
        """
        if not text or self._managers is None or manager_id in self._managers:
            return text
        return without_numbers(text)

    def meant_beside(self, written: str, known: str, manager_id: int | None) -> str:
        """What a text means that was shown as ``beside`` gives it and came back. Raises Refused like ``meant``."""
        shown = self.beside(known, manager_id) or ""
        if written.strip() == shown.strip():
            return known
        if shown != known and MASK in written:
            raise _masked_came_back(written)
        return written

    def meant(self, written: str, known: str | None, call: AnyCall) -> str | None:
        """What a text means that was shown as ``text`` gives it and came back: left as it was, it is what is known.

        Raises Refused for one that would put masked digits in the place of real ones.
        """
        if written == (self.text(known, call) or "").strip():
            return known
        self._refuse_masked(written, call)
        return written or None

    def meant_tags(self, written: Iterable[str], known: Iterable[str], call: AnyCall) -> tuple[str, ...]:
        """The same of several words, each shown by itself."""
        shown: dict[str, set[str]] = {}
        for tag in known:
            shown.setdefault(self.text(tag, call) or "", set()).add(tag)
        meant: set[str] = set()
        for tag in written:
            if tag not in shown:
                self._refuse_masked(tag, call)
            meant |= shown.get(tag, {tag})
        return tuple(sorted(meant))

    def _refuse_masked(self, written: str, call: AnyCall) -> None:
        if MASK in written and not self.whole(call):
            raise _masked_came_back(written)

    def whole(self, call: AnyCall | None) -> bool:
        """Whether the person reads the number of this call unmasked."""
        return self._managers is None or (call is not None and call.manager_id in self._managers)


def _masked_came_back(written: str) -> Refused:
    return Refused(
        _(
            "“%(text)s” holds a masked number and is not what stands there now. Leave the text as it is"
            " shown, or write it anew without “%(mask)s”.",
            text=written,
            mask=MASK,
        )
    )


def demand_whole(session: Session, call: Any, by: User) -> None:
    """Raise Forbidden unless the person reads the number of this call unmasked: nobody corrects what he cannot read."""
    demand(by, Permission.SEE_PHONES, session=session, manager_id=call.manager_id)


def numbers_for(session: Session, user: User) -> Numbers:
    return Numbers(reach(session, user, Permission.SEE_PHONES))


def numbers() -> Numbers:
    """For the person of this request, asked of the database once. A program's token reaches no numbers."""
    if "numbers" not in g:
        g.numbers = Numbers(()) if g.get("api_token") else numbers_for(db(), me())
    found: Numbers = g.numbers
    return found


def init_app(app: Flask) -> None:
    app.add_template_global(numbers)
