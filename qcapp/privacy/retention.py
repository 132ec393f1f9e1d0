"""What is kept of calls goes by its age: the rules, what they will take next, and the taking, some calls at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client, Recording
from qcapp.calls.personal import forget_report_lines
from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.personal import KeptPart
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.privacy.audited import PrivacyAction
from qcapp.privacy.covering import Traces
from qcapp.privacy.erasing import Order, erase
from qcapp.privacy.models import Erasure, RetentionRule
from qcapp.privacy.overview import HOLDS
from qcapp.privacy.retention_rules import WARNING, Rule, nothing_kept_before
from qcapp.terms import LeadSource

AT_ONCE = 100


@dataclass(frozen=True)
class RetentionTerms:
    """What a rule says: of which calls, and after how many days sound and texts go; None days: never."""

    lead_source: LeadSource | None
    outcome: str | None
    sound_days: int | None
    text_days: int | None


@dataclass(frozen=True)
class Coming:
    """Calls of which a part will go, and calls that are kept longer, with why."""

    sound: Sequence[Call]
    texts: Sequence[Call]
    held: Sequence[tuple[str, int]]


def rules_of(session: Session) -> list[RetentionRule]:
    """The rules, from the one for all calls to those that say most."""
    found = session.scalars(select(RetentionRule)).all()
    return sorted(found, key=lambda rule: (_value(rule).weight, rule.outcome or "", rule.lead_source or ""))


def set_rule(session: Session, terms: RetentionTerms, *, by: User) -> RetentionRule:
    """Make a rule, or change the one for the same calls. Nothing goes by it within a week."""
    demand(by, Permission.ERASE_CLIENTS)
    if terms.text_days is not None and (terms.sound_days is None or terms.sound_days > terms.text_days):
        raise Refused(_("A recording cannot be kept longer than its text: it holds all that the text holds."))
    same = (
        RetentionRule.lead_source.is_not_distinct_from(terms.lead_source),
        RetentionRule.outcome.is_not_distinct_from(terms.outcome),
    )
    rule = session.scalar(select(RetentionRule).where(*same).with_for_update())
    if rule is None:
        rule = RetentionRule(lead_source=terms.lead_source, outcome=terms.outcome)
        session.add(rule)
    rule.sound_days, rule.text_days, rule.changed_at = terms.sound_days, terms.text_days, clock.now()
    session.flush()
    _note(session, PrivacyAction.RETENTION_SET, rule, by)
    return rule


def remove_rule(session: Session, rule: RetentionRule, *, by: User) -> None:
    """Take a rule back. Calls it held longer than the others do not go within a week either."""
    demand(by, Permission.ERASE_CLIENTS)
    _note(session, PrivacyAction.RETENTION_REMOVED, rule, by)
    session.delete(rule)
    for other in rules_of(session):
        other.changed_at = clock.now()
    session.flush()


def _note(session: Session, action: audit.Action, rule: RetentionRule, by: User) -> None:
    audit.record(
        session,
        action,
        f"retention:{rule.id}",
        by_id=by.id,
        lead_source=rule.lead_source,
        outcome=rule.outcome,
        sound_days=rule.sound_days,
        text_days=rule.text_days,
    )


def coming(session: Session, until: datetime, *, limit: int) -> Coming:
    """What goes until then, the oldest first, at most so many calls of each part."""

    def calls(part: KeptPart) -> Sequence[Call]:
        wanted = select(Call).where(Call.id.in_(_due(session, part, until).limit(limit)))
        return session.scalars(wanted.order_by(Call.started_at)).all()

    past = _due(session, KeptPart.SOUND, until, held=False)
    held = [
        (str(hold.why), len(session.scalars(past.where(Call.id.in_(hold.calls())).limit(limit)).all()))
        for hold in HOLDS
    ]
    return Coming(calls(KeptPart.SOUND), calls(KeptPart.TEXT), [each for each in held if each[1]])


def take_some(session: Session) -> Erasure | None:
    """Erase what is due of the oldest calls, ``AT_ONCE`` at most; None: nothing is due."""
    now = clock.now()
    texts = session.scalars(_due(session, KeptPart.TEXT, now).limit(AT_ONCE)).all()
    sound = session.scalars(_due(session, KeptPart.SOUND, now).limit(AT_ONCE)).all()
    if (before := nothing_kept_before([_value(rule) for rule in rules_of(session)], now)) is not None:
        forget_report_lines(session, before)
    if not texts and not sound:
        return None
    numbers = session.scalars(
        select(Client.phone).join(Call, Call.client_id == Client.id).where(Call.id.in_(texts))
    ).all()
    traces = Traces(tuple(sorted(set(numbers))))
    return erase(session, Order(sorted({*sound, *texts}), texts, traces, by_id=None, by_age=True))


def _due(session: Session, part: KeptPart, now: datetime, *, held: bool = True) -> Select[int]:
    """Ids of calls of which this part is past its days, the oldest first; ``held``: without those kept longer."""
    rules = [_value(rule) for rule in rules_of(session)]
    past = [
        and_(_counts(rule, rules), Call.started_at <= latest)
        for rule in rules
        if (latest := _latest(rule, part, now)) is not None
    ]
    there = (
        exists().where(Recording.call_id == Call.id)
        if part is KeptPart.SOUND
        else Call.text_erased_at.is_(None)
    )
    known = now - WARNING  # what came or was sorted since then has not been shown for as long
    due = select(Call.id).where(
        or_(*past, Call.id < 0),
        there,
        Call.role_play.is_(False),
        Call.created_at <= known,
        func.coalesce(Call.sorted_at, Call.created_at) <= known,
    )
    if held:
        due = due.where(*(Call.id.not_in(hold.calls()) for hold in HOLDS))
    return due.order_by(Call.started_at, Call.id)


def _latest(rule: Rule, part: KeptPart, now: datetime) -> datetime | None:
    """Calls that began until then are past their days; None: none is, or not yet."""
    days = rule.sound_days if part is KeptPart.SOUND else rule.text_days
    if days is None or now < rule.changed_at + WARNING:
        return None
    return now - timedelta(days=days)


def _counts(rule: Rule, rules: Sequence[Rule]) -> ColumnElement[bool]:
    """The condition on calls for which this rule counts: it fits, and none that says more does."""
    more = [_fits(other) for other in rules if other.weight > rule.weight]
    return and_(_fits(rule), *(not_(each) for each in more))


def _fits(rule: Rule) -> ColumnElement[bool]:
    parts = []
    if rule.lead_source is not None:
        parts.append(Call.lead_source.is_not_distinct_from(rule.lead_source))
    if rule.outcome is not None:
        parts.append(Call.outcome.is_not_distinct_from(rule.outcome))
    return and_(Call.id > 0, *parts)


def _value(rule: RetentionRule) -> Rule:
    return Rule(rule.lead_source, rule.outcome, rule.sound_days, rule.text_days, rule.changed_at)
