"""What people do with programs: load one from a file, write a draft, publish it. Who began keeps the old wording.

A version that a trainee has begun with is never touched again; one that nobody has is replaced in place.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.checklists.service import CardLoad
from qcapp.core import audit, clock, row_locks
from qcapp.core.autosave import Seen, demand_seen, is_news, note_save
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program import documents, words
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.states import ProgramState
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


@dataclass(frozen=True, slots=True)
class Typed:
    """What an editor's window sends: all it holds, and which save of which window this is."""

    document: dict[str, Any]
    revision: int
    window: str
    turn: int


def load_program(session: Session, loaded: Program, *, by: User | None) -> tuple[ProgramVersion, CardLoad]:
    """Put a program in force; the same content twice changes nothing. ``by`` is None on the command line."""
    if by is not None:
        demand(by, Permission.EDIT_PROGRAM)
    document = program.write(loaded)
    current = _locked(session, loaded.key, ProgramState.PUBLISHED)
    if current is not None and current.document == document:
        return current, CardLoad.UNCHANGED
    if current is not None and how_many(session, current) == 0:
        current.document, outcome = document, CardLoad.REPLACED
        version = current
    else:
        outcome = CardLoad.NEW_VERSION if versions(session, loaded.key) else CardLoad.CREATED
        version = _new(session, loaded.key, document, by=by)
        _put_in_force(session, version)
    session.flush()
    audit.record(
        session,
        OnboardingAction.PROGRAM_LOADED,
        thing(version),
        by_id=by and by.id,
        version=version.number,
        outcome=outcome,
    )
    return version, outcome


def bring_in(session: Session, loaded: Program, *, by: User) -> ProgramVersion:
    """The program of a file as a draft; a draft that somebody is writing is not overwritten by it."""
    demand(by, Permission.EDIT_PROGRAM)
    if _locked(session, loaded.key, ProgramState.DRAFT) is not None:
        raise Refused(
            _(
                "The program “%(key)s” has a draft already. Publish or remove it first, or change key: in the file.",
                key=loaded.key,
            )
        )
    return _begin(session, loaded.key, program.write(loaded), by=by)


def open_draft(session: Session, key: str, *, by: User) -> ProgramVersion:
    """The draft there is, or a new one worded like the version in force, else like the newest."""
    demand(by, Permission.EDIT_PROGRAM)
    if found := _locked(session, key, ProgramState.DRAFT):
        return found
    return _begin(session, key, version_of(session, key).document, by=by)


def save_draft(session: Session, version: ProgramVersion, typed: Typed, *, by: User) -> ProgramVersion:
    """Store all of it, sound or not. ``Conflict`` if another window has saved since this one loaded it."""
    demand(by, Permission.EDIT_PROGRAM)
    _demand_draft(session, version)
    document = documents.tidy(typed.document) | {"key": version.key}
    if not is_news(version, typed, differs=document != version.document):
        return version
    version.document, version.updated_at = document, clock.now()
    note_save(version, typed)
    session.flush()
    return version


def publish_draft(session: Session, version: ProgramVersion, *, by: User) -> ProgramVersion:
    """Put the draft in force for whoever begins from now on; the version that is in force now."""
    demand(by, Permission.EDIT_PROGRAM)
    _demand_draft(session, version)
    version.document = program.write(sound(version))
    before = _locked(session, version.key, ProgramState.PUBLISHED)
    _put_in_force(session, version)
    session.flush()
    audit.record(
        session,
        OnboardingAction.PROGRAM_PUBLISHED,
        thing(version),
        by_id=by.id,
        version=audit.change(before.number if before else None, version.number),
    )
    return version


def discard_draft(session: Session, version: ProgramVersion, *, by: User, seen: Seen | None = None) -> None:
    """Throw a draft away, unless there is more in it than the page has shown."""
    demand(by, Permission.EDIT_PROGRAM)
    _demand_draft(session, version)
    demand_seen(version, seen)
    audit.record(
        session, OnboardingAction.PROGRAM_DRAFT_DISCARDED, thing(version), by_id=by.id, version=version.number
    )
    session.delete(version)
    session.flush()


def versions(session: Session, key: str) -> list[ProgramVersion]:
    """All versions of a program, newest first."""
    mine = select(ProgramVersion).where(ProgramVersion.key == key)
    return list(session.scalars(mine.order_by(ProgramVersion.number.desc())))


def all_versions(session: Session) -> list[ProgramVersion]:
    """All versions of all programs, newest first within each."""
    ordered = select(ProgramVersion).order_by(ProgramVersion.key, ProgramVersion.number.desc())
    return list(session.scalars(ordered))


def in_force(session: Session) -> list[ProgramVersion]:
    """What a trainee can begin with, by key."""
    published = select(ProgramVersion).where(ProgramVersion.state == ProgramState.PUBLISHED)
    return list(session.scalars(published.order_by(ProgramVersion.key)))


def version_of(session: Session, key: str, number: int | None = None) -> ProgramVersion:
    """The version of this number; without one that in force, else the newest."""
    known = versions(session, key)
    if number is not None:
        found = next((each for each in known if each.number == number), None)
    else:
        published = (each for each in known if each.state is ProgramState.PUBLISHED)
        found = next(published, known[0] if known else None)
    if found is None:
        raise Missing(_("There is no such program, or no such version of it."))
    return found


def sound(version: ProgramVersion) -> Program:
    """What the version says; a draft with problems is refused with all of them."""
    if found := program.problems(version.document):
        raise Refused(*(words.placed(each, version.document) for each in found))
    return program.read(version.document)


def draft_of(session: Session, key: str) -> ProgramVersion | None:
    """The draft somebody is writing, or None."""
    return next((each for each in versions(session, key) if each.state is ProgramState.DRAFT), None)


def how_many(session: Session, version: ProgramVersion) -> int:
    """How many people have begun with this version; who has begun twice is one."""
    people = func.count(Trainee.manager_id.distinct())
    return session.scalar(select(people).where(Trainee.program_id == version.id)) or 0


def thing(version: ProgramVersion) -> str:
    """What the audit log calls it."""
    return f"program:{version.key}"


def _begin(session: Session, key: str, document: dict[str, Any], *, by: User) -> ProgramVersion:
    version = _new(session, key, document, by=by)
    audit.record(
        session, OnboardingAction.PROGRAM_DRAFT_BEGUN, thing(version), by_id=by.id, version=version.number
    )
    return version


def _new(session: Session, key: str, document: dict[str, Any], *, by: User | None) -> ProgramVersion:
    now = clock.now()
    number = max((each.number for each in versions(session, key)), default=0) + 1
    version = ProgramVersion(key=key, number=number, document=document, created_at=now, updated_at=now, by=by)
    session.add(version)
    session.flush()
    return version


def _put_in_force(session: Session, version: ProgramVersion) -> None:
    before = _locked(session, version.key, ProgramState.PUBLISHED)
    if before is not None:
        before.state = ProgramState.ARCHIVED
        session.flush()
    version.state, version.published_at = ProgramState.PUBLISHED, clock.now()


def _locked(session: Session, key: str, state: ProgramState) -> ProgramVersion | None:
    wanted = select(ProgramVersion).where(ProgramVersion.key == key, ProgramVersion.state == state)
    return session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _demand_draft(session: Session, version: ProgramVersion) -> None:
    row_locks.lock(session, version, _("There is no such program, or no such version of it."))
    if version.state is not ProgramState.DRAFT:
        raise Refused(_("This version is not a draft any more: somebody has published it."))
