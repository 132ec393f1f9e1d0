"""The audit log in words: what actions, things and fields are called, and an entry as a person reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.i18n import _, lazy
from qcapp.people import labels, queries
from qcapp.people.models import ApiToken, Team, TokenScope

ACTIONS = {
    "refused": lazy("Attempt refused"),
    "signed_in": lazy("Signed in"),
    "signed_out": lazy("Signed out"),
    "sign_in_failed": lazy("Sign-in failed"),
    "password_changed": lazy("Own password changed"),
    "password_reset": lazy("New password given"),
    "user_added": lazy("Person added"),
    "user_changed": lazy("Person changed"),
    "user_deactivated": lazy("Person deactivated"),
    "user_reactivated": lazy("Person reactivated"),
    "team_added": lazy("Team added"),
    "team_changed": lazy("Team changed"),
    "token_issued": lazy("API token issued"),
    "calls_imported": lazy("Calls imported"),
    "call_corrected": lazy("Facts of a call corrected"),
    "managers_found": lazy("Managers of calls found"),
    "export_import_report": lazy("Report of an import exported"),
    "token_revoked": lazy("API token revoked"),
    "export_recording": lazy("Recording exported"),
    "place_manager": lazy("Sides of a call swapped"),
    "rename_speakers": lazy("Speakers of a call renamed"),
    "correct_segment": lazy("Text of a transcript corrected"),
    "assign_speaker": lazy("Speaker of a piece changed"),
    "remove_segment": lazy("Piece of a transcript taken out"),
    "restore_segment": lazy("Piece of a transcript put back"),
    "transcription_retried": lazy("Transcription begun again"),
    "checklist.loaded": lazy("Checklist loaded"),
    "checklist.replaced": lazy("Checklist replaced"),
    "checklist.published": lazy("Checklist published"),
    "checklist.purpose": lazy("Purpose of a checklist changed"),
    "review_begun": lazy("Review begun"),
    "review_published": lazy("Review published"),
    "review_discarded": lazy("Draft of a review removed"),
    "review_acknowledged": lazy("Review read by the manager"),
}
KINDS = {
    "call": lazy("Call"),
    "review": lazy("Review"),
    "checklist": lazy("Checklist"),
    "import": lazy("Import"),
    "user": lazy("Person"),
    "team": lazy("Team"),
    "token": lazy("API token"),
}
FIELDS = {
    "name": lazy("Name"),
    "login": lazy("Login"),
    "email": lazy("E-mail"),
    "role": lazy("Role"),
    "team": lazy("Team"),
    "extensions": lazy("Telephone extensions"),
    "locale": lazy("Language"),
    "head": lazy("Head of sales"),
    "members": lazy("Members"),
    "scope": lazy("Scope"),
    "acts_as": lazy("Acts as"),
    "address": lazy("Address"),
    "api_token": lazy("API token"),
    "call": lazy("Call"),
    "checklist": lazy("Checklist"),
    "version": lazy("Version"),
    "score": lazy("Score"),
    "manager": lazy("Manager"),
    "purpose": lazy("Purpose"),
    "source": lazy("Source"),
    "file": lazy("File"),
    "format": lazy("Format"),
    "error": lazy("Error"),
    "segment": lazy("Piece"),
    "text": lazy("Text"),
    "speaker": lazy("Speaker"),
    "removed": lazy("Why taken out"),
    "manager_channel": lazy("Channel of the manager"),
    "manager_name": lazy("Name of the manager"),
    "client_name": lazy("Name of the client"),
}
_VALUES = {
    "role": {role.value: label for role, label in labels.ROLES.items()},
    "scope": {scope.value: labels.SCOPES[scope] for scope in TokenScope},
}


@dataclass(frozen=True)
class Change:
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
    changes: list[Change]


def told(session: Session, entries: Sequence[AuditEntry]) -> list[Told]:
    """The entries in words, with the names of the people, teams and tokens they speak of."""
    about = {kind: _ids(entries, kind) for kind in ("user", "team", "token")}
    managers = {entry.diff["manager"] for entry in entries if isinstance(entry.diff.get("manager"), int)}
    actors = {entry.by_id for entry in entries if entry.by_id}
    people = queries.names_of(session, about["user"] | actors | managers)
    names = {
        "user": people,
        "team": _names(session, select(Team).where(Team.id.in_(about["team"]))),
        "token": _names(session, select(ApiToken).where(ApiToken.id.in_(about["token"]))),
    }
    return [_told(entry, people, names) for entry in entries]


def _names(session: Session, named: Select[Team] | Select[ApiToken]) -> dict[int, str]:
    return {row.id: row.name for row in session.scalars(named)}


def _told(entry: AuditEntry, people: dict[int, str], names: dict[str, dict[int, str]]) -> Told:
    kind, key = _parts(entry.thing)
    number = int(key) if key.isdecimal() else None
    refused = entry.action == "refused"
    if refused:
        thing = f"{entry.diff.get('method', '')} {entry.diff.get('path', '')}"
        shown = {name: value for name, value in entry.diff.items() if name not in ("method", "path")}
    else:
        known = names.get(kind, {}).get(number or 0)
        thing = known or f"{KINDS.get(kind, kind)} {key}"
        shown = entry.diff
        if isinstance(manager := shown.get("manager"), int):
            shown = shown | {"manager": people.get(manager, manager)}
    return Told(
        id=entry.id,
        at=entry.at,
        who=people.get(entry.by_id, "") if entry.by_id else _("(the product)"),
        action=str(ACTIONS.get(entry.action, entry.action)),
        refused=refused,
        thing=thing,
        user_id=number if kind == "user" and number in people else None,
        changes=[_change(name, value) for name, value in sorted(shown.items())],
    )


def _change(name: str, value: Any) -> Change:
    words = _VALUES.get(name, {})
    label = str(FIELDS.get(name, name.replace("_", " ")))
    if isinstance(value, list) and len(value) == 2 and name not in ("extensions", "members"):
        return Change(label, _text(value[0], words), _text(value[1], words))
    if isinstance(value, list) and len(value) == 2 and all(isinstance(side, list) for side in value):
        return Change(label, _text(value[0], words), _text(value[1], words))
    return Change(label, None, _text(value, words))


def _text(value: Any, words: dict[str, Any]) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(part, words) for part in value)
    return str(words.get(value, value)) if isinstance(value, str) else str(value)


def _ids(entries: Sequence[AuditEntry], kind: str) -> set[int]:
    things = (_parts(entry.thing) for entry in entries)
    return {int(key) for of, key in things if of == kind and key.isdecimal()}


def _parts(thing: str) -> tuple[str, str]:
    kind, _colon, key = thing.partition(":")
    return kind, key
