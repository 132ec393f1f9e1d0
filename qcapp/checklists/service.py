"""What people do with checklists: load a card from a file, publish a version. Drafts: ``drafts``; the rest: ``life``.

A version that a review was made with is never touched again; one that nobody has used is replaced in place.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import documents, faults, problems, rows
from qcapp.checklists.audited import ChecklistAction
from qcapp.checklists.card import FALLBACK_LANGUAGE, Card
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core import audit, clock
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


class CardLoad(StrEnum):
    """What loading a card came to."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"
    NEW_VERSION = "new_version"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The version that now carries the card, and how that came about."""

    version: ChecklistVersion
    outcome: CardLoad


def load_card(session: Session, card: Card, *, by: User | None, publish: bool = True) -> Loaded:
    """Bring a card in; the same content twice changes nothing.

    Published (or, with ``publish=False``, kept as the draft): an unused version in that state is replaced in
    place, otherwise a new version is made. ``by`` is None for the product itself, on its command line.
    """
    if by is not None:
        demand(by, Permission.EDIT_CHECKLISTS)
    _demand_sound(card)
    checklist = session.scalar(select(Checklist).where(Checklist.key == card.key).with_for_update())
    if checklist is None:
        checklist = Checklist(key=card.key, owner=by, purpose=dict(card.purpose))
        session.add(checklist)
        session.flush()
        return Loaded(_new_version(session, checklist, card, by=by, publish=publish), CardLoad.CREATED)
    _set_purpose(session, checklist, card, by=by)
    current = locked_version(session, checklist, VersionState.PUBLISHED if publish else VersionState.DRAFT)
    if current is not None and current.document is None and rows.card_of(current) == card:
        return Loaded(current, CardLoad.UNCHANGED)
    if current is None or current.used_at is not None:
        return Loaded(_new_version(session, checklist, card, by=by, publish=publish), CardLoad.NEW_VERSION)
    replace_card(session, current, card, by=by)
    return Loaded(current, CardLoad.REPLACED)


def publish_version(session: Session, version: ChecklistVersion, *, by: User | None) -> None:
    """Put a draft, or what was tried in the shadow, in force; what was in force is archived and stays with
    the reviews made on it."""
    if by is not None:
        demand(by, Permission.EDIT_CHECKLISTS)
    lock(session, version)
    if version.state not in {VersionState.DRAFT, VersionState.SHADOW}:
        raise Refused(_("Only a draft can be published; this version is not a draft any more."))
    settle(session, version, by=by)
    _demand_sound(rows.card_of(version))
    now = clock.now()
    before = locked_version(session, version.checklist, VersionState.PUBLISHED)
    if before is not None:
        before.state, before.archived_at = VersionState.ARCHIVED, now
        session.flush()
    version.state, version.published_at = VersionState.PUBLISHED, now
    audit.record(
        session,
        ChecklistAction.CHECKLIST_PUBLISHED,
        thing(version.checklist),
        by_id=by.id if by else None,
        version=audit.change(before.number if before else None, version.number),
    )


def settle(session: Session, version: ChecklistVersion, *, by: User | None) -> None:
    """Turn what the editor holds into rows; ``Refused`` says what stands against it."""
    if version.document is None:
        return
    reading = documents.read(version.document)
    if reading.card is None or reading.problems:
        places = (
            (documents.place(path, version.document, FALLBACK_LANGUAGE), told)
            for path, told in reading.problems
        )
        raise Refused(*(f"{place}: {told}" if place else told for place, told in places))
    _set_purpose(session, version.checklist, reading.card, by=by)
    _fill(session, version, reading.card)


def _demand_sound(card: Card) -> None:
    if found := faults.faults(card):
        raise Refused(*(f"{card.key}: {sentence}" for _path, sentence in problems.of_faults(found)))


def add_draft(session: Session, checklist: Checklist, card: Card) -> ChecklistVersion:
    """A draft of the next number that words the card; who may, and what the audit log says, the caller knows."""
    numbers = [version.number for version in checklist.versions]
    version = ChecklistVersion(
        checklist=checklist,
        number=max(numbers, default=0) + 1,
        state=VersionState.DRAFT,
        created_at=clock.now(),
        revision=0,
        window="",
        turn=0,
    )
    rows.fill(version, card)
    session.add(version)
    session.flush()
    return version


def _new_version(
    session: Session, checklist: Checklist, card: Card, *, by: User | None, publish: bool
) -> ChecklistVersion:
    version = add_draft(session, checklist, card)
    audit.record(
        session,
        ChecklistAction.CHECKLIST_LOADED,
        thing(checklist),
        by_id=by.id if by else None,
        version=version.number,
    )
    if publish:
        publish_version(session, version, by=by)
    return version


def replace_card(session: Session, version: ChecklistVersion, card: Card, *, by: User | None) -> None:
    """Word an unused version anew."""
    changes = _changes(rows.card_of(version), card)
    _fill(session, version, card)
    audit.record(
        session,
        ChecklistAction.CHECKLIST_REPLACED,
        thing(version.checklist),
        by_id=by.id if by else None,
        version=version.number,
        **changes,
    )


def _fill(session: Session, version: ChecklistVersion, card: Card) -> None:
    """An editor that is still open on it meets a conflict instead of overwriting this."""
    version.sections = []
    session.flush()  # the old rows go first, because the new ones may carry the same keys
    rows.fill(version, card)
    version.document, version.revision, version.window = None, version.revision + 1, ""
    session.flush()


def _changes(before: Card, after: Card) -> dict[str, list[str]]:
    """Which items came, went, or are worded or weighed differently; for the audit log."""
    old, new = ({item.key: item for item in card.items()} for card in (before, after))
    return {
        "items_added": sorted(new.keys() - old.keys()),
        "items_removed": sorted(old.keys() - new.keys()),
        "items_changed": sorted(key for key in old.keys() & new.keys() if old[key] != new[key]),
    }


def _set_purpose(session: Session, checklist: Checklist, card: Card, *, by: User | None) -> None:
    """The purpose belongs to the checklist through all its versions, so changing it makes none."""
    if checklist.purpose == dict(card.purpose):
        return
    change = audit.change(checklist.purpose, dict(card.purpose))
    checklist.purpose = dict(card.purpose)
    audit.record(
        session,
        ChecklistAction.CHECKLIST_PURPOSE,
        thing(checklist),
        by_id=by.id if by else None,
        purpose=change,
    )


def locked_version(session: Session, checklist: Checklist, state: VersionState) -> ChecklistVersion | None:
    """Locked against a review that begins on it at this moment, and read anew after waiting for one."""
    return session.scalar(
        select(ChecklistVersion)
        .where(ChecklistVersion.checklist_id == checklist.id, ChecklistVersion.state == state)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock(session: Session, version: ChecklistVersion) -> None:
    """One deed at a time on a checklist: the version is read anew after waiting for another."""
    session.execute(select(Checklist.id).where(Checklist.id == version.checklist_id).with_for_update())
    found = session.scalar(
        select(ChecklistVersion)
        .where(ChecklistVersion.id == version.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing(_("This checklist has no such version."))


def thing(checklist: Checklist) -> str:
    """How the audit log names it."""
    return f"checklist:{checklist.key}"
