"""Reading checklists: the versions in force, and what the pages list."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.checklists import applicability
from qcapp.checklists.applicability import CallFacts
from qcapp.checklists.card import Card
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.checklists.rows import card_of
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.terms import Role

__all__ = [
    "all_checklists",
    "card_of",
    "cards_for_call",
    "cards_in_force",
    "checklist_by_key",
    "exam_cards_in_force",
    "owners_for",
    "shadow_versions_for_call",
    "version_by_number",
    "version_in_force",
    "versions_in_force",
]


def checklist_by_key(session: Session, key: str) -> Checklist:
    """The checklist of this key; ``Missing`` when there is none."""
    found = session.scalar(select(Checklist).where(Checklist.key == key))
    if found is None:
        raise Missing(_("There is no checklist with the key “%(key)s”.", key=key))
    return found


def version_in_force(session: Session, checklist: Checklist) -> ChecklistVersion | None:
    """The published version, with its sections and items; None when nothing is in force."""
    wanted = ChecklistVersion.checklist_id == checklist.id
    return session.scalar(_whole().where(wanted, ChecklistVersion.state == VersionState.PUBLISHED))


def version_by_number(session: Session, checklist: Checklist, number: int | None) -> ChecklistVersion:
    """The version of this number; without one the version in force, else the newest."""
    mine = _whole().where(ChecklistVersion.checklist_id == checklist.id)
    if number is not None:
        found = session.scalar(mine.where(ChecklistVersion.number == number))
    else:
        newest = mine.order_by(ChecklistVersion.number.desc()).limit(1)
        found = version_in_force(session, checklist) or session.scalar(newest)
    if found is None:
        raise Missing(_("This checklist has no such version."))
    return found


def versions_in_force(session: Session) -> list[ChecklistVersion]:
    """Every published version that calls are scored on, by key; those of exams are not."""
    return [version for version in _published(session) if not card_of(version).applies_to.is_exam]


def cards_in_force(session: Session) -> list[Card]:
    """Every published card that calls are scored on, by key."""
    return [card_of(version) for version in versions_in_force(session)]


def exam_cards_in_force(session: Session) -> list[Card]:
    """Every published card that role-plays are scored on, by key."""
    cards = (card_of(version) for version in _published(session))
    return [card for card in cards if card.applies_to.is_exam]


def _published(session: Session) -> Sequence[ChecklistVersion]:
    in_force = _whole().join(Checklist).where(ChecklistVersion.state == VersionState.PUBLISHED)
    return session.scalars(in_force.order_by(Checklist.key)).all()


def cards_for_call(session: Session, facts: CallFacts) -> list[Card]:
    """The published cards that may be used for such a call, the closest fit first."""
    return applicability.best_first(cards_in_force(session), facts)


def shadow_versions_for_call(session: Session, facts: CallFacts) -> list[ChecklistVersion]:
    """The versions that are tried beside what is in force and may be used for such a call, the closest first."""
    tried = _whole().join(Checklist).where(ChecklistVersion.state == VersionState.SHADOW)
    versions = {version.checklist.key: version for version in session.scalars(tried)}
    cards = (card_of(version) for version in versions.values())
    fitting = applicability.best_first((card for card in cards if not card.applies_to.is_exam), facts)
    return [versions[card.key] for card in fitting]


def owners_for(session: Session, checklist: Checklist) -> Sequence[User]:
    """Who may answer for a card: active people of quality control and owners, and whoever does now."""
    fit = and_(User.active, User.role.in_((Role.QC_LEAD, Role.QC, Role.OWNER)))
    return session.scalars(
        select(User).where(or_(fit, User.id == checklist.owner_id)).order_by(User.name)
    ).all()


def all_checklists(session: Session) -> Sequence[Checklist]:
    """Every checklist with its versions and owner, by key."""
    wanted = select(Checklist).options(selectinload(Checklist.versions), joinedload(Checklist.owner))
    return session.scalars(wanted.order_by(Checklist.key)).all()


def _whole() -> Select[ChecklistVersion]:
    return select(ChecklistVersion).options(
        joinedload(ChecklistVersion.checklist),
        selectinload(ChecklistVersion.sections),
    )
