"""Puts what the queries found through the rules: the boards of a period, a manager over time, the items of cards."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qcapp.checklists.card import Text
from qcapp.core.periods import Days
from qcapp.people.models import User
from qcapp.reports import item_rules, queries, reach, rules
from qcapp.reports.item_rules import Count, ItemResult
from qcapp.reports.names import ItemHistory, Named, cards_of, failing_of, name_all
from qcapp.reports.queries import ReviewFilter
from qcapp.reports.reach import ReportedManager
from qcapp.reports.rules import Average, Board, Cohort
from qcapp.terms import Group

WORST = 5
UNLIMITED = 10**9


@dataclass(frozen=True, slots=True)
class ResultsOverview:
    """The boards of a period with the names of everybody and everything on them.

    The first ``whole`` of them are complete; of the others, for which there is no room, the sections are not known.
    ``crm``: how well the records in the CRM are filled in after calls of each group.
    """

    boards: tuple[Board, ...]
    whole: int
    people: dict[int, ReportedManager]
    named: dict[int, Named]
    crm: Mapping[Group, Average]


@dataclass(frozen=True, slots=True)
class ResultItem:
    """One item with its result, its reasons by their titles."""

    key: str
    title: Text
    result: ItemResult
    reasons: tuple["GivenReason", ...]


@dataclass(frozen=True, slots=True)
class GivenReason:
    """A reason of bad answers, and how often it was given."""

    key: str
    title: Text
    n: int


@dataclass(frozen=True, slots=True)
class ItemSection:
    title: Text
    lines: tuple[ResultItem, ...]


@dataclass(frozen=True, slots=True)
class ItemTable:
    """All items of one checklist that were answered in the period, on calls of one group.

    ``checklist`` is its key."""

    checklist: str
    checklist_id: int
    group: Group
    title: Text
    sections: tuple[ItemSection, ...]


def overview(
    session: Session,
    wanted: ReviewFilter,
    earlier: ReviewFilter,
    *,
    by: User,
    enough: int,
    room: int = UNLIMITED,
) -> ResultsOverview:
    """The boards of the period ``wanted``, compared with ``earlier``; ``room``: for how many managers in all."""
    people = reach.people(session, by=by)
    roles = {user_id: person.role for user_id, person in people.items()}
    found = queries.find(session, wanted, roles, by=by)
    cards = cards_of(queries.versions_of(session, found.version_ids))
    named = name_all(cards)
    boards = rules.boards(
        found.tallies,
        before=queries.sums(session, earlier, roles, by=by),
        critical=queries.critical_errors(session, wanted, failing_of(cards), roles, by=by),
        enough=enough,
    )
    whole = rules.fitting(boards, room)
    cohorts = [board.cohort for board in boards[:whole]]
    keys = {key for cohort in cohorts for key in named[cohort.checklist_id].talk}
    sections = queries.section_sums(session, wanted, cohorts, sorted(keys), roles, by=by)
    complete = (
        rules.with_sections(board, sections.get(board.cohort, {}), enough) for board in boards[:whole]
    )
    crm = rules.filled_in(found.tallies, enough)
    return ResultsOverview((*complete, *boards[whole:]), whole, people, named, crm)


def over_time(
    session: Session, wanted: ReviewFilter, steps: Sequence[Days], zone: ZoneInfo, *, by: User, enough: int
) -> dict[Cohort, tuple[Average, ...]]:
    """The averages of each step of time by cohort; the steps follow one another."""
    begins = [step.moments(zone)[0] for step in steps]
    whole = wanted.of(begins[0], steps[-1].moments(zone)[1])
    roles = {user_id: person.role for user_id, person in reach.people(session, by=by).items()}
    values: dict[Cohort, list[tuple[int, float | None]]] = {}
    for cohort, moment, score in queries.scores_in_time(session, whole, roles, by=by):
        values.setdefault(cohort, []).append((bisect_right(begins, moment) - 1, score))
    return {cohort: rules.over_time(known, len(steps), enough) for cohort, known in values.items()}


def items(session: Session, wanted: ReviewFilter, *, by: User, enough: int) -> list[ItemTable]:
    """The answers of the period, checklist by checklist, as the newest version words and orders them."""
    counts = queries.answer_counts(session, wanted, by=by)
    named = name_all(
        cards_of(queries.versions_with(session, {key for each in counts.values() for key in each}))
    )
    return [
        ItemTable(checklist.key, checklist_id, group, checklist.title, sections)
        for checklist_id, checklist in named.items()
        for group, answered in counts.items()
        if (sections := tuple(_item_sections(checklist, answered, enough)))
    ]


def _item_sections(checklist: Named, counts: Mapping[int, list[Count]], enough: int) -> Iterator[ItemSection]:
    for section, parts in checklist.parts.items():
        if lines := tuple(_lines(parts, counts, enough)):
            yield ItemSection(checklist.sections[section], lines)


def worst(tables: Sequence[ItemTable]) -> list[tuple[ItemTable, ResultItem]]:
    """The items with the greatest share of bad answers, where there are enough of them."""
    lines = [(table, line) for table in tables for section in table.sections for line in section.lines]
    bad = [(table, line) for table, line in lines if line.result.bad]
    return sorted(bad, key=lambda entry: -(entry[1].result.bad or 0))[:WORST]


def part_of(session: Session, checklist_id: int, item_key: str) -> ItemHistory | None:
    """An item through all versions its checklist has been scored with; None if none of them asks it."""
    named = name_all(cards_of(queries.used_versions(session, checklist_id))).get(checklist_id)
    parts = named.parts.values() if named else ()
    return next((items[item_key] for items in parts if item_key in items), None)


def _lines(
    parts: Mapping[str, ItemHistory], counts: Mapping[int, list[Count]], enough: int
) -> Iterator[ResultItem]:
    for key, part in parts.items():
        answered = [(item, counts[row_id]) for row_id, item in part.versions if row_id in counts]
        if not answered:
            continue
        result = item_rules.result(answered, enough)
        titles = part.reason_titles()
        reasons = tuple(GivenReason(reason, titles.get(reason, {}), n) for reason, n in result.reasons)
        yield ResultItem(key, part.newest.title, result, reasons)
