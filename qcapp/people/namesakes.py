"""Other accounts that may belong to the same person: whoever adds somebody, or decides about him, should know."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.core.audit import AuditEntry
from qcapp.people.audited import PeopleAction
from qcapp.people.models import User
from qcapp.terms import N_, Term


class Same(Term):
    NAME = "name", N_("the same name")
    EMAIL = "email", N_("the same e-mail")
    EXTENSION = "extension", N_("had the same extension")


@dataclass(frozen=True, slots=True)
class Namesake:
    """Another account, and what it has in common."""

    user: User
    same: tuple[Same, ...]


def namesakes(session: Session, person: User) -> list[Namesake]:
    """Accounts in any state with the same name or e-mail address, or with an extension that is this person's now."""
    others = select(User).where(User.id != person.id).options(joinedload(User.team))
    former = _former_owners(session, [extension.number for extension in person.extensions])
    found = []
    for other in session.scalars(others.options(selectinload(User.extensions)).order_by(User.name, User.id)):
        same = {
            Same.NAME: _same_name(person.name, other.name),
            Same.EMAIL: bool(person.email and other.email)
            and str(person.email).casefold() == str(other.email).casefold(),
            Same.EXTENSION: other.id in former,
        }
        if any(same.values()):
            found.append(Namesake(other, tuple(what for what, is_same in same.items() if is_same)))
    return found


def _same_name(one: str, other: str) -> bool:
    """Whether the words are the same in any order; a patronymic may be left out of one of them."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    return shorter <= longer and (len(shorter) > 1 or shorter == longer)


def _words(name: str) -> frozenset[str]:
    return frozenset(name.casefold().replace("ё", "е").split())


def _former_owners(session: Session, numbers: Iterable[str]) -> set[int]:
    """The ids of accounts that have had one of these extensions: only the audit log remembers."""
    wanted = set(numbers)
    if not wanted:
        return set()
    changes = select(AuditEntry).where(
        AuditEntry.action.in_((PeopleAction.USER_ADDED, PeopleAction.USER_CHANGED))
    )
    return {
        int(entry.thing.removeprefix("user:"))
        for entry in session.scalars(changes)
        if wanted & set(_flat(entry.diff.get("extensions", [])))
    }


def _flat(value: object) -> Iterable[str]:
    """Added: the numbers; changed: those before and those after."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _flat(part)
