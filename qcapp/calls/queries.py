"""Reads calls for pages, cut in SQL to what the person may see: filters, single calls, earlier ones of a client."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Row, Select, and_, exists, literal_column, or_, select
from sqlalchemy.orm import Bundle, Session, aliased, joinedload

from qcapp.calls.models import ENDING, ENDING_DIGITS, Call, CallTag, Client, Recording
from qcapp.core.numbers import without_numbers
from qcapp.core.text_search import Query
from qcapp.people.choices import told_apart
from qcapp.people.models import User
from qcapp.people.permissions import Permission, Scope, looking_after, scope_of, within
from qcapp.terms import Direction, Disposition, LeadSource, Role, Stage

Listed = Row[*tuple[Any, ...]]  # a call as lists show it


@dataclass(frozen=True, slots=True)
class Phone:
    """What was asked for: a whole number in E.164, or the last digits of one, ``ENDING_DIGITS`` or more."""

    number: str | None
    ending: str | None


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What the list is narrowed to; None: not narrowed. ``until`` is not part of the time that is meant."""

    manager_id: int | None = None
    without_manager: bool = False
    since: datetime | None = None
    until: datetime | None = None
    direction: Direction | None = None
    lead_source: LeadSource | None = None
    stage: Stage | None = None
    trainees: bool = False
    disposition: Disposition | None = None
    shortest_s: int | None = None
    longest_s: int | None = None
    recorded: bool | None = None
    transcribed: bool | None = None
    scored: bool | None = None
    without_start: bool = False
    tag: str | None = None
    phone: Phone | None = None
    query: Query | None = None


class _Part(Bundle[Any]):
    """Columns of a joined row under one name, as a relationship would give them; None where there is no such row."""

    def create_row_processor(
        self, query: Select[Any], procs: Sequence[Callable[[Row[Any]], Any]], labels: Sequence[str]
    ) -> Callable[[Row[Any]], Any]:
        part = super().create_row_processor(query, procs, labels)
        there = procs[0]
        return lambda row: None if there(row) is None else part(row)


# A tenth of a list's time is saved by not making objects of its rows.
LISTED: Select[*tuple[Any, ...]] = (
    select(
        Call.id,
        Call.started_at,
        Call.start_known,
        Call.direction,
        Call.disposition,
        Call.lead_source,
        Call.talk_s,
        Call.manager_id,
        Call.manager_extension,
        Call.client_number,
        Call.role_play,
        Call.transcribed_at,
        Call.scored_at,
        Call.text_erased_at,
        _Part("manager", User.name),
        _Part("client", Client.phone, Client.company),
        _Part("recording", Recording.state),
    )
    .outerjoin(Call.manager)
    .outerjoin(Call.client)
    .outerjoin(Call.recording)
)


def conditions(wanted: CallFilter, by: User) -> Iterator[ColumnElement[bool]]:
    """What narrows the calls to those that are wanted."""
    for column, value in (
        (Call.manager_id, wanted.manager_id),
        (Call.direction, wanted.direction),
        (Call.lead_source, wanted.lead_source),
        (Call.disposition, wanted.disposition),
    ):
        if value is not None:
            yield column == value
    if wanted.without_manager:
        yield Call.manager_id.is_(None)
    if wanted.since:
        yield Call.started_at >= wanted.since
    if wanted.until:
        yield Call.started_at < wanted.until
    if wanted.shortest_s is not None:
        yield Call.talk_s >= wanted.shortest_s
    if wanted.longest_s is not None:
        yield Call.talk_s < wanted.longest_s
    if wanted.without_start:  # written as the index of these few calls has it
        yield literal_column("NOT start_known", Boolean())
    yield from _of_stage(wanted)
    yield from _done(wanted)
    yield from _about_client_and_words(wanted, by)


def _of_stage(wanted: CallFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.stage is not None:
        yield Call.stage == wanted.stage
    if wanted.trainees or wanted.stage not in (None, Stage.STAFF):
        # Written out, since the database uses the index of trainees' calls only where it reads this condition.
        yield Call.stage != literal_column("'staff'")


def _done(wanted: CallFilter) -> Iterator[ColumnElement[bool]]:
    for moment, value in ((Call.transcribed_at, wanted.transcribed), (Call.scored_at, wanted.scored)):
        if value is not None:
            yield moment.is_not(None) if value else moment.is_(None)
    if wanted.recorded is not None:
        has_recording = exists().where(Recording.call_id == Call.id)
        yield has_recording if wanted.recorded else ~has_recording
        if not wanted.recorded:
            yield Call.transcribed_at.is_(None)  # follows, and can be read from the index of the list


def _about_client_and_words(wanted: CallFilter, by: User) -> Iterator[ColumnElement[bool]]:
    # A hit tells something about the call, so each search needs the right to what it tells.
    if wanted.tag:
        if without_numbers(wanted.tag) != wanted.tag:
            yield within(by, Permission.SEE_PHONES, Call.manager_id)
        yield Call.id.in_(select(CallTag.call_id).where(CallTag.tag == wanted.tag))
    if wanted.phone:
        yield within(by, Permission.SEE_PHONES, Call.manager_id)
        yield _has_phone(wanted.phone)
    if wanted.query:
        yield within(by, Permission.LISTEN, Call.manager_id)


def _has_phone(phone: Phone) -> ColumnElement[bool]:
    if phone.number:
        return Call.client_id == select(Client.id).where(Client.phone == phone.number).scalar_subquery()
    asked = phone.ending or ""
    indexed = literal_column(ENDING) == asked[-ENDING_DIGITS:]
    return Call.client_id.in_(select(Client.id).where(indexed, Client.phone.endswith(asked, autoescape=True)))


def visible(by: User) -> Iterator[ColumnElement[bool]]:
    """What the person may know of. The exams of somebody whose clients one looks after stay that manager's own."""
    yield within(by, Permission.VIEW_CALLS, Call.manager_id)
    if looking_after(by):
        yield or_(Call.manager_id == by.id, Call.id.not_in(role_plays()))


def role_plays() -> Select[int]:
    """The ids of exams' recordings: no call to a client, so whatever counts or scores calls leaves them out.

    Few, and found in the index of trainees' calls; so the query they are left out of still reads its own index alone.
    """
    exam = aliased(Call)
    return select(exam.id).where(exam.stage != literal_column("'staff'"), exam.role_play)


def managers(session: Session, *, by: User) -> list[User]:
    """The managers whose calls the person may see, by name; former ones last."""
    return list(session.scalars(_managers(by)))


def manager_names(session: Session, *, by: User) -> dict[int, str]:
    """The same as id → name: the list of calls offers all of them, and is opened all day."""
    return told_apart(session.execute(_managers(by).with_only_columns(User.id, User.name, User.login)))


def _managers(by: User) -> Select[User]:
    found = select(User).where(User.role == Role.MANAGER, within(by, Permission.VIEW_CALLS, User.id))
    return found.order_by(User.active.desc(), User.name)


def visible_call(session: Session, call_id: int, *, by: User) -> Call | None:
    """The call, if it exists and the person may know of it."""
    rows = select(Call).where(Call.id == call_id, *visible(by))
    return session.scalar(
        rows.options(
            joinedload(Call.manager),
            joinedload(Call.client),
            joinedload(Call.recording),
            joinedload(Call.source),
        )
    )


def visible_calls(session: Session, ids: Sequence[int], *, by: User) -> list[Call]:
    """Those of these calls the person may know of, in the order of the ids."""
    rows = select(Call).where(Call.id.in_(ids), *visible(by))
    options = (joinedload(Call.manager), joinedload(Call.client), joinedload(Call.recording))
    found = {call.id: call for call in session.scalars(rows.options(*options))}
    return [found[call_id] for call_id in dict.fromkeys(ids) if call_id in found]


def earlier_calls(session: Session, call: Call, *, by: User, limit: int = 20) -> Sequence[Listed]:
    """Calls with the same client before this one, by any manager whose calls the person may see; newest first."""
    if call.client_id is None:
        return []
    before = or_(
        Call.started_at < call.started_at, and_(Call.started_at == call.started_at, Call.id < call.id)
    )
    rows = LISTED.where(
        Call.client_id == call.client_id, before, within(by, Permission.VIEW_CALLS, Call.manager_id)
    )
    return session.execute(rows.order_by(Call.started_at.desc(), Call.id.desc()).limit(limit)).all()


def sees_everybody(by: User) -> bool:
    """Whether a filter by manager makes sense for this person."""
    return scope_of(by, Permission.VIEW_CALLS) in {Scope.ALL, Scope.TEAM} or bool(looking_after(by))
