"""Reads the published, counted reviews of a period, cut in SQL to the managers whose results the person may read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.models import Call
from qcapp.checklists import models as rows
from qcapp.checklists.card import CRM, ItemKind
from qcapp.checklists.models import ChecklistVersion
from qcapp.people.models import User
from qcapp.people.permissions import Permission, within
from qcapp.reports.item_rules import Count
from qcapp.reports.names import Failing
from qcapp.reports.rules import Cohort, Key, ReviewTally, Sum, added
from qcapp.reviews.models import Answer, Mark, Purpose, Review, ReviewState
from qcapp.reviews.queries import readable
from qcapp.terms import CallOutcome, Group, LeadSource, Role, Stage, group_of

IN_WORK = {CallOutcome.THINKING, CallOutcome.NEXT_STEP}
EVIDENCE = 50
# Values are written out: one that is bound twice would be two groups to PostgreSQL. Staff make the most calls.
OF_CALL: ColumnElement[str] = case(
    *(
        (Call.stage == literal_column(f"'{stage}'"), literal_column(f"'{group_of(stage)}'"))
        for stage in reversed(Stage)
    ),
    else_=literal_column(f"'{group_of(None)}'"),
)
"""The group of a call, as ``group_of`` has it."""
GROUP = (Review.manager_id, Call.lead_source, OF_CALL, Review.checklist_id)
Roles = Mapping[int, Role]
"""Of everybody whose results the person may read."""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which reviews: published from ``since`` until before ``until``; None: not narrowed."""

    since: datetime
    until: datetime
    manager_id: int | None = None
    team_id: int | None = None
    checklist_id: int | None = None
    lead_source: LeadSource | None = None
    lead_unknown: bool = False
    group: Group | None = None

    def of(self, since: datetime, until: datetime) -> "ReviewFilter":
        """The same of another time."""
        return replace(self, since=since, until=until)


@dataclass(frozen=True, slots=True)
class PeriodTallies:
    """The reviews of a period, added up, and the versions of cards they were made with."""

    tallies: dict[Key, ReviewTally]
    version_ids: frozenset[int]


def counted(by: User, wanted: ReviewFilter) -> Iterator[ColumnElement[bool]]:
    """The conditions on (Review joined with Call)."""
    if wanted.manager_id is None:
        yield Review.state == ReviewState.PUBLISHED
    else:  # worded so that SQLite goes by the manager's reviews, not through everybody's of the time
        yield Review.state.not_in([ReviewState.DRAFT, ReviewState.SCHEDULED])
        yield Review.manager_id == wanted.manager_id
    # Written into the statement: SQLite uses a partial index only if it reads its condition there.
    counts = bindparam(None, Purpose.COUNTED, Review.purpose.type, literal_execute=True)
    yield Review.purpose == counts
    yield Review.published_at >= wanted.since
    yield Review.published_at < wanted.until
    yield Review.manager_id.is_not(None)
    yield within(by, Permission.READ_RESULTS, Review.manager_id)
    if wanted.team_id is not None:
        yield Review.manager_id.in_(select(User.id).where(User.team_id == wanted.team_id))
    if wanted.checklist_id is not None:
        yield Review.checklist_id == wanted.checklist_id
    if wanted.lead_source is not None:
        yield Call.lead_source == wanted.lead_source
    elif wanted.lead_unknown:
        yield Call.lead_source.is_(None)
    if wanted.group is not None:
        yield OF_CALL.in_([wanted.group.value])


def _key(group: Sequence[Any], roles: Roles) -> Key:
    """Whom and which cohort the columns of GROUP name."""
    manager_id, lead, of_call, checklist_id = group
    return manager_id, Cohort(checklist_id, lead, roles[manager_id], Group(of_call))


def find(session: Session, wanted: ReviewFilter, roles: Roles, *, by: User) -> PeriodTallies:
    """Every review of the period, by manager and cohort."""
    columns = (*GROUP, Review.version_id)
    open_ones = func.sum(case((Review.outcome.in_(IN_WORK), 1), else_=0))
    crm = Review.sections[CRM].as_float()
    query = select(
        *columns,
        func.count(Review.score),
        func.sum(Review.score),
        func.count(Review.outcome),
        open_ones,
        func.count(crm),
        func.sum(crm),
    ).join(Review.call)
    found: Iterable[Any] = session.execute(query.where(*counted(by, wanted)).group_by(*columns))
    tallies: dict[Key, ReviewTally] = {}
    versions = set()
    for *group, version_id, n, total, outcomes, in_work, seen, filled in found:
        versions.add(version_id)
        key = _key(group, roles)
        known = tallies.get(key, ReviewTally())
        tallies[key] = ReviewTally(
            added((known.scores, Sum(n, total or 0.0))),
            known.outcomes + outcomes,
            known.in_work + in_work,
            added((known.crm, Sum(seen, filled or 0.0))),
        )
    return PeriodTallies(tallies, frozenset(versions))


def sums(session: Session, wanted: ReviewFilter, roles: Roles, *, by: User) -> dict[Key, Sum]:
    """The scores of a period by manager and cohort, added up."""
    query = select(*GROUP, func.count(Review.score), func.sum(Review.score)).join(Review.call)
    found: Iterable[Any] = session.execute(query.where(*counted(by, wanted)).group_by(*GROUP))
    return {_key(group, roles): Sum(n, total or 0.0) for *group, n, total in found}


def section_sums(
    session: Session,
    wanted: ReviewFilter,
    cohorts: Sequence[Cohort],
    keys: Sequence[str],
    roles: Roles,
    *,
    by: User,
) -> dict[Cohort, dict[int, dict[str, Sum]]]:
    """The sections of these cohorts, added up by manager and section key."""
    values = [Review.sections[key].as_float() for key in keys]
    query = select(*GROUP, *(made(value) for value in values for made in (func.count, func.sum)))
    pairs = {(cohort.checklist_id, cohort.lead_source) for cohort in cohorts}
    those = or_(
        false(),
        *(
            and_(Review.checklist_id == checklist_id, Call.lead_source.is_not_distinct_from(lead))
            for checklist_id, lead in sorted(pairs, key=str)
        ),
    )
    query = query.join(Review.call).where(*counted(by, wanted), those).group_by(*GROUP)
    by_cohort: dict[Cohort, dict[int, dict[str, Sum]]] = {}
    found: Iterable[Any] = session.execute(query)
    for row in found:
        (manager_id, cohort), figures = _key(row[: len(GROUP)], roles), row[len(GROUP) :]
        made = zip(keys, figures[::2], figures[1::2], strict=True)
        by_cohort.setdefault(cohort, {})[manager_id] = {key: Sum(n, total or 0.0) for key, n, total in made}
    return by_cohort


def critical_errors(
    session: Session, wanted: ReviewFilter, failing: Failing, roles: Roles, *, by: User
) -> dict[Key, int]:
    """Reviews with a critical error by manager and cohort."""
    if not failing.answers:
        return {}
    failed = tuple_(Answer.item_id, Answer.value).in_(failing.answers)
    query = select(*GROUP, func.count(Review.id.distinct())).join(Review.call).join(Review.answers)
    found: Iterable[Any] = session.execute(
        query.where(*counted(by, wanted), zeroed(failing), failed).group_by(*GROUP)
    )
    return {_key(group, roles): n for *group, n in found}


def zeroed(failing: Failing) -> ColumnElement[bool]:
    """The reviews of which something is zeroed: no other can hold a critical error, and these are few."""
    return or_(Review.score == 0, *(Review.sections[key].as_float() == 0 for key in failing.sections))


def scores_in_time(
    session: Session, wanted: ReviewFilter, roles: Roles, *, by: User
) -> list[tuple[Cohort, datetime, float | None]]:
    """Single scores with the moment they were published."""
    query = select(*GROUP, Review.published_at, Review.score).join(Review.call)
    found: Iterable[Any] = session.execute(query.where(*counted(by, wanted)))
    return [(_key(group, roles)[1], published_at, score) for *group, published_at, score in found]


def answer_counts(session: Session, wanted: ReviewFilter, *, by: User) -> dict[Group, dict[int, list[Count]]]:
    """How often every answer was given, by item id, on calls of each group; texts left out."""
    group = (OF_CALL, Answer.item_id, Answer.value, Answer.reason)
    texts = select(rows.Item.id).where(rows.Item.kind == ItemKind.TEXT)
    query = select(*group, func.count()).select_from(Review).join(Review.call).join(Review.answers)
    query = query.where(*counted(by, wanted), Answer.value.is_not(None), Answer.item_id.not_in(texts))
    counts: dict[Group, dict[int, list[Count]]] = {each: {} for each in Group}
    found: Iterable[Any] = session.execute(query.group_by(*group))
    for of_call, item_id, value, reason, n in found:
        counts[Group(of_call)].setdefault(item_id, []).append(Count(value, reason, n))
    return counts


def versions_of(session: Session, ids: Iterable[int]) -> list[ChecklistVersion]:
    """These versions, whole; each checklist's in the order of their numbers."""
    return list(session.scalars(_whole().where(ChecklistVersion.id.in_(list(ids)))))


def versions_with(session: Session, item_ids: Iterable[int]) -> list[ChecklistVersion]:
    """The versions these items belong to, whole."""
    holding = select(rows.Section.version_id).join(rows.Item).where(rows.Item.id.in_(list(item_ids)))
    return list(session.scalars(_whole().where(ChecklistVersion.id.in_(holding))))


def used_versions(session: Session, checklist_id: int) -> list[ChecklistVersion]:
    """Every version of a checklist that has been scored with."""
    used = (ChecklistVersion.checklist_id == checklist_id, ChecklistVersion.used_at.is_not(None))
    return list(session.scalars(_whole().where(*used)))


def _whole() -> Select[ChecklistVersion]:
    return (
        select(ChecklistVersion)
        .options(
            joinedload(ChecklistVersion.checklist),
            selectinload(ChecklistVersion.sections),
        )
        .order_by(ChecklistVersion.checklist_id, ChecklistVersion.number)
    )


def evidence(
    session: Session,
    wanted: ReviewFilter,
    answers: Sequence[tuple[int, str]],
    *,
    by: User,
    reason: str | None = None,
    limit: int = EVIDENCE,
) -> list[Answer]:
    """The newest of these answers (item id and value) in reviews the person may read, with review and call.

    ``reason``: those alone that the reviewer gave this reason for.
    """
    if not answers:
        return []
    query = (
        select(Answer)
        .join(Answer.review)
        .join(Review.call)
        .where(*counted(by, wanted), readable(by), tuple_(Answer.item_id, Answer.value).in_(answers))
        .options(
            joinedload(Answer.review).joinedload(Review.call).joinedload(Call.manager),
            joinedload(Answer.item),
        )
    )
    if reason is not None:
        query = query.where(Answer.reason == reason)
    return list(session.scalars(query.order_by(Review.published_at.desc(), Answer.id.desc()).limit(limit)))


def latest(session: Session, wanted: ReviewFilter, *, by: User, limit: int) -> list[Review]:
    """The newest reviews of the period the person may read."""
    query = select(Review).join(Review.call).where(*counted(by, wanted), readable(by))
    query = query.options(
        joinedload(Review.call).joinedload(Call.manager),
        joinedload(Review.reviewer),
        joinedload(Review.version),
    )
    return list(session.scalars(query.order_by(Review.published_at.desc(), Review.id.desc()).limit(limit)))


def marks_on(session: Session, answers: Sequence[Answer]) -> dict[tuple[int, int], list[Mark]]:
    """The marks reviewers set at these answers, by review and item."""
    reviews = {answer.review_id for answer in answers}
    items = {answer.item_id for answer in answers}
    query = select(Mark).where(Mark.review_id.in_(reviews), Mark.item_id.in_(items)).order_by(Mark.start_s)
    found: dict[tuple[int, int], list[Mark]] = {}
    for mark in session.scalars(query):
        if mark.item_id is not None:
            found.setdefault((mark.review_id, mark.item_id), []).append(mark)
    return found
