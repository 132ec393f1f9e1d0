"""What people do with drafts in the editor: begin one, save it, publish it, throw it away."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import documents, rows, service
from qcapp.checklists.audited import ChecklistAction
from qcapp.checklists.card import LANGUAGES, Card, Text
from qcapp.checklists.keys import key_of
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core import audit
from qcapp.core.autosave import Seen, demand_seen, is_news, note_save
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


@dataclass(frozen=True, slots=True)
class Typed:
    """What an editor's window sends: all it holds, and which save of which window this is."""

    document: dict[str, Any]
    owner_id: int | None
    review_on: date | None
    revision: int
    window: str
    turn: int


def create_checklist(
    session: Session, title: Text, *, by: User, like: Card | None = None
) -> ChecklistVersion:
    """A draft of a new checklist: blank, or worded like another card."""
    demand(by, Permission.EDIT_CHECKLISTS)
    said = {language: text.strip() for language, text in title.items() if text.strip()}
    if not said:
        raise Refused(_("A checklist needs a title."))
    taken = set(session.scalars(select(Checklist.key)))
    key = key_of(next((said[each] for each in LANGUAGES if each in said), ""), taken)
    checklist = Checklist(key=key, owner=by, purpose=dict(like.purpose) if like else {})
    session.add(checklist)
    session.flush()
    empty = Card(key=key, title=said, sections=())
    version = service.add_draft(session, checklist, replace(like, key=key, title=said) if like else empty)
    if like is None:
        version.document = documents.blank(key, said)
    audit.record(
        session,
        ChecklistAction.CHECKLIST_CREATED,
        service.thing(checklist),
        by_id=by.id,
        like=like and like.key,
    )
    return version


def bring_in(session: Session, card: Card, *, by: User) -> ChecklistVersion:
    """The card of a file as a draft; a draft that somebody is writing is not overwritten by it."""
    demand(by, Permission.EDIT_CHECKLISTS)
    known = session.scalar(select(Checklist).where(Checklist.key == card.key))
    if known is not None and draft_of(session, known) is not None:
        raise Refused(
            _(
                "The checklist “%(key)s” has a draft already. Publish or discard it first, or change key: in the file.",
                key=card.key,
            )
        )
    return service.load_card(session, card, by=by, publish=False).version


def open_draft(session: Session, checklist: Checklist, *, by: User) -> ChecklistVersion:
    """The draft there is, or a new one worded like the version in force, else like the newest."""
    demand(by, Permission.EDIT_CHECKLISTS)
    session.execute(select(Checklist.id).where(Checklist.id == checklist.id).with_for_update())
    if found := draft_of(session, checklist):
        return found
    session.refresh(checklist, ["versions"])
    in_force = (each for each in checklist.versions if each.state is VersionState.PUBLISHED)
    source = next(in_force, checklist.versions[-1])
    version = service.add_draft(session, checklist, rows.card_of(source))
    audit.record(
        session,
        ChecklistAction.CHECKLIST_DRAFT_BEGUN,
        service.thing(checklist),
        by_id=by.id,
        version=audit.change(source.number, version.number),
    )
    return version


def draft_of(session: Session, checklist: Checklist) -> ChecklistVersion | None:
    """The draft somebody is writing, or None."""
    return session.scalar(
        select(ChecklistVersion).where(
            ChecklistVersion.checklist_id == checklist.id, ChecklistVersion.state == VersionState.DRAFT
        )
    )


def save_draft(session: Session, version: ChecklistVersion, typed: Typed, *, by: User) -> ChecklistVersion:
    """Store all of it, sound or not. ``Conflict`` if another window has saved since this one loaded it."""
    demand(by, Permission.EDIT_CHECKLISTS)
    service.lock(session, version)
    _demand_draft(version)
    document = documents.tidy(typed.document) | {"key": version.checklist.key}
    if not is_news(version, typed, differs=document != version.document):
        return version
    version.document = document
    version.title = documents.title_of(document) or version.title
    version.review_on = typed.review_on
    note_save(version, typed)
    if typed.owner_id != version.checklist.owner_id:
        choose_owner(session, version.checklist, typed.owner_id, by=by)
    session.flush()
    return version


def publish_draft(session: Session, version: ChecklistVersion, *, by: User) -> ChecklistVersion:
    """Put the draft in force, and return what is in force now.

    Where no review was made with the version in force, that one is worded anew and the draft is gone:
    versions count what calls were scored by, not how often somebody edited.
    """
    demand(by, Permission.EDIT_CHECKLISTS)
    service.lock(session, version)
    _demand_draft(version)
    service.settle(session, version, by=by)
    before = service.locked_version(session, version.checklist, VersionState.PUBLISHED)
    if before is None or before.used_at is not None:
        service.publish_version(session, version, by=by)
        return version
    service.replace_card(session, before, rows.card_of(version), by=by)
    before.review_on = version.review_on
    _remove(session, version)
    return before


def discard_draft(session: Session, version: ChecklistVersion, *, by: User, seen: Seen | None = None) -> bool:
    """Throw a draft away, unless there is more in it than the page has shown.

    Returns whether the checklist remains, which it does if it has another version.
    """
    demand(by, Permission.EDIT_CHECKLISTS)
    service.lock(session, version)
    _demand_draft(version)
    demand_seen(version, seen)
    checklist = version.checklist
    audit.record(
        session,
        ChecklistAction.CHECKLIST_DRAFT_DISCARDED,
        service.thing(checklist),
        by_id=by.id,
        version=version.number,
    )
    _remove(session, version)
    if checklist.versions:
        return True
    session.delete(checklist)
    session.flush()
    return False


def choose_owner(session: Session, checklist: Checklist, owner_id: int | None, *, by: User) -> None:
    """Who answers for the card."""
    demand(by, Permission.EDIT_CHECKLISTS)
    owner = session.get(User, owner_id) if owner_id else None
    if owner_id and (owner is None or not owner.active):
        raise Refused(_("This person is not here any more; choose another owner."))
    if owner_id == checklist.owner_id:
        return
    change = audit.change(checklist.owner_id, owner_id)
    checklist.owner = owner
    session.flush()
    audit.record(
        session, ChecklistAction.CHECKLIST_OWNER, service.thing(checklist), by_id=by.id, owner=change
    )


def _remove(session: Session, version: ChecklistVersion) -> None:
    checklist = version.checklist
    session.delete(version)
    session.flush()
    session.refresh(checklist, ["versions"])


def _demand_draft(version: ChecklistVersion) -> None:
    if version.state is not VersionState.DRAFT:
        raise Refused(_("This version is not a draft any more: somebody has published it or is trying it."))
