"""The boards of a period as rows of a table for other programs."""

from collections.abc import Iterator, Mapping

from qcapp.checklists.card import Text, say
from qcapp.core.export import Cell
from qcapp.core.i18n import _, label
from qcapp.reports.overview import ResultsOverview
from qcapp.reports.rules import Average, ResultLine
from qcapp.terms import LeadSource


def headings() -> tuple[str, ...]:
    return (
        _("Checklist"),
        _("Lead source"),
        _("Stage"),
        _("Manager"),
        _("Team"),
        _("Section"),
        _("Reviews"),
        _("Average, %"),
        _("Change, points"),
        _("Critical errors"),
        _("Leads in work"),
        _("Outcome known"),
    )


def rows(overview: ResultsOverview, language: str) -> Iterator[tuple[Cell, ...]]:
    """A row for every manager and section within each cohort; no average where there are too few reviews."""
    for board in overview.boards:
        named = overview.named[board.cohort.checklist_id]
        group = str(label(board.cohort.group))
        begin = (say(named.title, language), lead_words(board.cohort.lead_source), group)
        yield from _rows_of(board.whole, (*begin, _("All together"), None), named.talk, language)
        for manager_id, line in board.lines:
            yield from _rows_of(line, (*begin, *_person(overview, manager_id)), named.talk, language)
        for manager_id, n in board.few:
            yield from _rows_of(
                ResultLine(Average(n, None)), (*begin, *_person(overview, manager_id)), named.talk, language
            )


def lead_words(source: LeadSource | None) -> str:
    """A lead source in words."""
    return _("lead source not known") if source is None else str(label(source))


def _person(overview: ResultsOverview, manager_id: int) -> tuple[str, str | None]:
    person = overview.people[manager_id]
    return person.name, person.team


def _rows_of(
    line: ResultLine, begin: tuple[Cell, ...], sections: Mapping[str, Text], language: str
) -> Iterator[tuple[Cell, ...]]:
    known = line.score.value is not None
    yield (
        *begin,
        _("Whole call"),
        line.score.n,
        _rounded(line.score.value),
        _rounded(line.change),
        line.critical if known else None,
        line.in_work if known and line.outcomes else None,
        line.outcomes if known else None,
    )
    if line.crm.n:
        yield (*begin, _("CRM filled in"), line.crm.n, _rounded(line.crm.value), None, None, None, None)
    for key, title in sections.items():
        if part := line.sections.get(key):
            yield (*begin, say(title, language), part.n, _rounded(part.value), None, None, None, None)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
