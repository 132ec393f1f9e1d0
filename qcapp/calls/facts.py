"""What an exchange cannot know of a call or gets wrong: when and with whom it was, whose it was, and what the CRM knows
of lead and client."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from sqlalchemy.orm import Session

from qcapp.calls import corrections, erased
from qcapp.calls.audited import CallAction
from qcapp.calls.clients import client_after, forget_unused, known_client
from qcapp.calls.events import CallNoted, ClientCorrected, ScoredCallCorrected
from qcapp.calls.models import Call, CallTag
from qcapp.calls.numbers import demand_whole
from qcapp.calls.phones import e164
from qcapp.calls.starts import set_start, start_problem
from qcapp.core import audit, events, row_locks
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, lazy
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.terms import Direction, LeadSource, Role

NO_NUMBER = lazy("This is no telephone number. Write it as +7 916 123-45-67.")
OF_CLIENT = ("company", "category")
SECRET = ("phone", "company")
"""Of these the audit log says only that they changed."""


@dataclass(frozen=True, slots=True)
class Facts:
    """``outcome``, ``company`` and ``category`` are the CRM's own words; the last two belong to the client. ``start``
    is None where it is not known."""

    manager: User | None = None
    lead_source: LeadSource | None = None
    contact_no: int | None = None
    outcome: str | None = None
    tags: tuple[str, ...] = ()
    company: str | None = None
    category: str | None = None
    start: datetime | None = None
    direction: Direction = Direction.UNKNOWN
    phone: str | None = None


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
        call.started_at if call.start_known else None,
        call.direction,
        client.phone if client else call.client_number,
    )


def correct_facts(session: Session, call: Call, facts: Facts, *, by: User, why: str = "") -> None:
    """Write the facts down. ``why`` is asked for once a score has been published that counts by them: then those who
    judge correct them."""
    lock_call(session, call)
    _correct(session, call, facts, by, why)


def lock_call(session: Session, call: Call) -> None:
    """Whose call it is stays as it is until the commit, and so does whether it was scored."""
    row_locks.lock(session, call, _("There is no such call."))


def _correct(session: Session, call: Call, facts: Facts, by: User, why: str = "") -> None:
    demand(by, Permission.CORRECT_CALLS, session=session, manager_id=call.manager_id)
    known = facts_of(call)
    if facts == known:
        return
    if facts.phone != known.phone:
        demand_whole(session, call, by)
    _check(call, known, facts)
    counted = corrections.changed_of(known, facts) if call.scored_at is not None else {}
    if counted:
        corrections.demand_correctable(session, call, why, by)
    facts = _correct_start_and_client(session, call, known, facts)
    call.manager, call.lead_source, call.contact_no = facts.manager, facts.lead_source, facts.contact_no
    call.outcome = facts.outcome
    kept = {each.tag: each for each in call.tags}
    call.tags = [kept.get(tag) or CallTag(tag=tag) for tag in facts.tags]
    if call.client is not None:
        call.client.company, call.client.category = facts.company, facts.category
    changed: dict[str, object] = {**audit.changes(_told(known), _told(facts))}
    if secret := [name for name in SECRET if getattr(facts, name) != getattr(known, name)]:
        changed["changed"] = secret
    if counted:
        changed["reason"] = why.strip()
    action: audit.Action = CallAction.SCORED_CALL_CORRECTED if counted else CallAction.CALL_CORRECTED
    audit.record(session, action, f"call:{call.id}", by_id=by.id, **changed)
    session.flush()
    if counted:
        correction = corrections.keep(session, call, counted, why, by)
        events.emit(session, ScoredCallCorrected(call.id, correction.id))
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
    direction: Direction | Unchanged = UNCHANGED
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()

    def of(self, known: Facts) -> Facts:
        """The facts of a call after the change."""
        told = {name: getattr(self, name) for name in ("manager", "lead_source", "contact_no", "direction")}
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


def _correct_start_and_client(session: Session, call: Call, known: Facts, facts: Facts) -> Facts:
    """When and with whom it was. An exchange that sends the call again as it was before is still understood."""
    if (facts.start, facts.phone) != (known.start, known.phone):
        erased.remember(session, call)
    if facts.start != known.start:
        set_start(session, call, facts.start)
    if (facts.phone, facts.direction) != (known.phone, known.direction):
        return _correct_client(session, call, known, facts)
    return facts


def _correct_client(session: Session, call: Call, known: Facts, facts: Facts) -> Facts:
    """Give the call its direction and its number. What was known of the client before is not said of another one."""
    before = call.client
    former = before or known_client(
        session, known.phone
    )  # an internal call is nobody's until it is corrected again
    call.direction = facts.direction
    if facts.phone != known.phone:
        call.client_number = facts.phone
    outside = facts.direction is not Direction.INTERNAL
    call.client = client_after(session, former, facts.phone) if outside else None
    session.flush()
    if call.client is not before:
        events.emit(session, ClientCorrected(call.id))
    if former is not None and call.client is not former:
        forget_unused(session, former, call)
    if call.client is before:
        return facts
    now = facts_of(call)
    kept = {name: getattr(now, name) for name in OF_CLIENT if getattr(facts, name) == getattr(known, name)}
    return replace(facts, **kept)


def _check(call: Call, known: Facts, facts: Facts) -> None:
    if call.role_play:
        raise Refused(_("This is the recording of an exam: nothing of it is to be corrected here."))
    if facts.manager is not None and facts.manager.role is not Role.MANAGER:
        raise Refused(_("%(name)s is not a manager.", name=facts.manager.name))
    moved = facts.start if facts.start != known.start else None
    if moved is not None and (problem := start_problem(call, moved)):
        raise Refused(problem)
    if facts.phone != known.phone and call.text_erased_at is not None:
        raise Refused(_("The client's data of this call was erased; no number is written down again."))
    if call.text_erased_at is not None and _words(facts) - _words(known):
        raise Refused(
            _("The client's data of this call was erased; no outcome and no tag is written down again.")
        )
    if facts.phone != known.phone and facts.phone is not None and e164(facts.phone) is None:
        raise Refused(str(NO_NUMBER))
    if call.client is None and facts.phone is None and (facts.company or facts.category):
        raise Refused(_("The client's number is not known, so there is no client to describe."))


def _words(facts: Facts) -> set[str]:
    """What somebody wrote in words of his own."""
    return {*facts.tags, facts.outcome or ""} - {""}


def _told(facts: Facts) -> dict[str, object]:
    """The facts as the audit log keeps them: of names and companies only that they changed."""
    plain = {name: getattr(facts, name) for name in Facts.__slots__ if name not in (*SECRET, "start")}
    return plain | {
        "started_at": facts.start.isoformat() if facts.start else None,
        "manager": facts.manager.id if facts.manager else None,
        "tags": ", ".join(facts.tags),
    }
