"""What an exchange cannot know of a call or gets wrong: whose it was, and what the CRM knows of lead and client."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call, CallTag
from qcapp.calls.states import LeadSource
from qcapp.core import audit, events, locking
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import Role, User
from qcapp.people.permissions import Permission, demand


@dataclass(frozen=True, slots=True)
class Facts:
    """``outcome``, ``company`` and ``category`` are the CRM's own words; the last two belong to the client."""

    manager: User | None = None
    lead_source: LeadSource | None = None
    contact_no: int | None = None
    outcome: str | None = None
    tags: tuple[str, ...] = ()
    company: str | None = None
    category: str | None = None


def facts_of(call: Call) -> Facts:
    """What is known now."""
    client = call.client
    return Facts(
        call.manager,
        call.lead_source,
        call.contact_no,
        call.outcome,
        tuple(each.tag for each in call.tags),
        client.company if client else None,
        client.category if client else None,
    )


def correct_facts(session: Session, call: Call, facts: Facts, *, by: User) -> None:
    """Write the facts down. Raises Refused once a score has been published for the manager who had the call."""
    lock_call(session, call)
    _correct(session, call, facts, by)


def lock_call(session: Session, call: Call) -> None:
    """Whose call it is stays as it is until the commit, and so does whether it was scored."""
    locking.lock(session, call, _("There is no such call."))


def _correct(session: Session, call: Call, facts: Facts, by: User) -> None:
    demand(by, Permission.CORRECT_CALLS, session=session, manager_id=call.manager_id)
    known = facts_of(call)
    if facts == known:
        return
    _check(call, known, facts)
    call.manager, call.lead_source, call.contact_no = facts.manager, facts.lead_source, facts.contact_no
    call.outcome = facts.outcome
    kept = {each.tag: each for each in call.tags}
    call.tags = [kept.get(tag) or CallTag(tag=tag) for tag in facts.tags]
    if call.client is not None:
        call.client.company, call.client.category = facts.company, facts.category
    changed: dict[str, object] = {**audit.changes(_told(known), _told(facts))}
    if facts.company != known.company:
        changed["changed"] = ["company"]
    audit.record(session, "call_corrected", f"call:{call.id}", by_id=by.id, **changed)
    session.flush()
    events.emit(session, CallNoted(call.id))


class Unchanged(Enum):
    """Stands for a fact that stays as it is, since None means "not known"."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes of several calls at once: facts that all of them get, tags that are added and taken away."""

    manager: User | Unchanged | None = UNCHANGED
    lead_source: LeadSource | Unchanged | None = UNCHANGED
    contact_no: int | Unchanged | None = UNCHANGED
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()

    def of(self, known: Facts) -> Facts:
        """The facts of a call after the change."""
        told = {name: getattr(self, name) for name in ("manager", "lead_source", "contact_no")}
        given = {name: value for name, value in told.items() if value is not UNCHANGED}
        tags = ({*known.tags} - {*self.without_tags}) | {*self.tags}
        return replace(known, **given, tags=tuple(sorted(tags)))


def correct_several(
    session: Session, calls: Sequence[Call], changes: Changes, *, by: User
) -> tuple[list[Call], dict[str, list[Call]]]:
    """Correct those of the calls that can be, and say of the others, by reason, why not."""
    corrected: list[Call] = []
    refused: dict[str, list[Call]] = {}
    for call in sorted(
        calls, key=lambda call: call.id
    ):  # all before the first correction writes to the audit log
        lock_call(session, call)
    for call in calls:
        try:
            _correct(session, call, changes.of(facts_of(call)), by)
        except Refused as refusal:
            refused.setdefault(str(refusal), []).append(call)
        else:
            corrected.append(call)
    return corrected, refused


def _check(call: Call, known: Facts, facts: Facts) -> None:
    if call.role_play:
        raise Refused(_("This is the recording of an exam: nothing of it is to be corrected here."))
    if facts.manager is not None and facts.manager.role is not Role.MANAGER:
        raise Refused(_("%(name)s is not a manager.", name=facts.manager.name))
    if call.scored_at is not None and facts.manager != known.manager:
        raise Refused(_("This call has been scored for its manager; it cannot become somebody else's."))
    if call.client is None and (facts.company or facts.category):
        raise Refused(_("The client's number is not known, so there is no client to describe."))


def _told(facts: Facts) -> dict[str, object]:
    """The facts as the audit log keeps them: of names and companies only that they changed."""
    plain = {name: getattr(facts, name) for name in Facts.__slots__ if name != "company"}
    return plain | {"manager": facts.manager.id if facts.manager else None, "tags": ", ".join(facts.tags)}
