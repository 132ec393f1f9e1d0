"""An entry of the audit log as a person reads it: ids told as names, facts and changes in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_decimal
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from qcapp.core.audit import ERASED, AuditEntry, LogAction
from qcapp.core.formats import iso_time
from qcapp.core.i18n import _
from qcapp.core.numbers import without_numbers
from qcapp.people import queries
from qcapp.people.audit_words import ACTIONS, FIELDS, KINDS, VALUES
from qcapp.people.models import ApiToken, Team

_NAMED = {
    **dict.fromkeys(("manager", "coach", "head", "members", "owner", "reviewer", "reviewers"), "user"),
    **dict.fromkeys(("lender", "holder", "giver", "taker", "acts_as"), "user"),
    "team": "team",
}  # fields that hold ids, and of what
Facts = dict[str, tuple[Any, ...]]
CHANGE = {"before", "after"}
_LISTS = (
    "extensions",
    "members",
    "items_added",
    "items_removed",
    "items_changed",
    "failed_items",
    "unmet",
)  # two of them are no change


@dataclass(frozen=True)
class FieldChange:
    """One field of an entry; ``before`` is None where nothing was replaced."""

    field: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Told:
    """An entry for the page. ``user_id`` is the person it is about, if it is about one."""

    id: int
    at: datetime
    who: str
    action: str
    refused: bool
    thing: str
    user_id: int | None
    changes: list[FieldChange]


def told(session: Session, entries: Sequence[AuditEntry]) -> list[Told]:
    """The entries in words, with the names of the people, teams and tokens they speak of."""
    about = {kind: _ids(entries, kind) for kind in ("user", "team", "token")}
    sealed = (
        session.scalar(select(func.min(AuditEntry.id)).where(AuditEntry.action == LogAction.AUDIT_SEALED))
        or 0
    )
    facts = {entry.id: _facts(entry, as_of_old=entry.id < sealed) for entry in entries}
    for fact in facts.values():
        for field, kind in _NAMED.items():
            about[kind].update(_numbers_in(fact.get(field)))
    actors = {entry.by_id for entry in entries if entry.by_id}
    names = {
        "user": queries.names_of(session, about["user"] | actors),
        "team": _names(session, select(Team).where(Team.id.in_(about["team"]))),
        "token": _names(session, select(ApiToken).where(ApiToken.id.in_(about["token"]))),
    }
    return [_told(entry, facts[entry.id], names) for entry in entries]


def _names(session: Session, named: Select[Team] | Select[ApiToken]) -> dict[int, str]:
    return {row.id: row.name for row in session.scalars(named)}


def _numbers_in(value: Any) -> Iterator[int]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _numbers_in(each)
    elif isinstance(value, int):
        yield value


def _named(value: Any, names: dict[int, str]) -> Any:
    """The value with names in place of ids, however deep in lists; entries of older versions hold names."""
    if isinstance(value, list | tuple):
        return type(value)(_named(each, names) for each in value)
    return names.get(value, value) if isinstance(value, int) else value


def _facts(entry: AuditEntry, *, as_of_old: bool) -> Facts:
    """The facts as (before, after), or (fact,) where nothing was replaced.

    Before the log had a key, a change was written as a list of two, which a list of two things may be as well.
    """
    facts: Facts = {}
    for name, value in entry.diff.items():
        if isinstance(value, dict) and value.keys() == CHANGE:
            facts[name] = value["before"], value["after"]
        elif as_of_old and isinstance(value, list) and len(value) == 2 and _was_change(name, value):
            facts[name] = value[0], value[1]
        else:
            facts[name] = (value,)
    if entry.action == LogAction.AUDIT_FACTS_ERASED:
        facts["rows"] = (len(entry.diff["rows"]),)
    return facts


def _was_change(name: str, value: list[Any]) -> bool:
    return name not in _LISTS or all(isinstance(side, list) for side in value)


def _told(entry: AuditEntry, facts: Facts, names: dict[str, dict[int, str]]) -> Told:
    people = names["user"]
    kind, key = _parts(entry.thing)
    number = int(key) if key.isdecimal() else None
    refused = entry.action == LogAction.REFUSED
    if refused:
        thing = f"{entry.diff.get('method', '')} {entry.diff.get('path', '')}"
        shown = {name: fact for name, fact in facts.items() if name not in ("method", "path")}
    else:
        known = names.get(kind, {}).get(number or 0)
        thing = known or f"{KINDS.get(kind, kind)} {key}".strip()
        shown = {
            field: _named(fact, names[_NAMED[field]]) if field in _NAMED else fact
            for field, fact in facts.items()
        }
    return Told(
        id=entry.id,
        at=entry.at,
        who=people.get(entry.by_id, "") if entry.by_id else _("(the product)"),
        action=str(ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action,
        refused=refused,
        thing=thing,
        user_id=number if kind == "user" and number in people else None,
        changes=[_change(name, fact) for name, fact in sorted(shown.items())],
    )


def _change(name: str, fact: tuple[Any, ...]) -> FieldChange:
    words = VALUES.get(name, {})
    label = str(FIELDS.get(name, name.replace("_", " ")))
    *before, after = (_text(side, words) for side in fact)
    return FieldChange(label, before[0] if before else None, after)


def _text(value: Any, words: Mapping[Any, Any]) -> str:
    if value == ERASED:
        return _("(erased)")
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return str(format_decimal(value, "0.#"))
    if isinstance(value, list | dict):
        parts = value.values() if isinstance(value, dict) else value
        return ", ".join(_text(part, words) for part in parts)
    return _said(value, words) if isinstance(value, str) else str(value)


def _said(value: str, words: Mapping[Any, Any]) -> str:
    if time := iso_time(value):
        return time
    return str(words[value]) if value in words else without_numbers(value)


def _ids(entries: Sequence[AuditEntry], kind: str) -> set[int]:
    things = (_parts(entry.thing) for entry in entries)
    return {int(key) for of, key in things if of == kind and key.isdecimal()}


def _parts(thing: str) -> tuple[str, str]:
    kind, _colon, key = thing.partition(":")
    return kind, key
