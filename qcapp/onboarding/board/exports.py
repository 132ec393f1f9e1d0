"""The board as rows of a table for other programs."""

from collections.abc import Callable, Iterable, Iterator

from qcapp.core.export import Cell
from qcapp.core.i18n import _, label
from qcapp.onboarding.board.queries import BoardRow
from qcapp.onboarding.words import sentence


def headings() -> tuple[str, ...]:
    return (
        _("Trainee"),
        _("Team"),
        _("Coach"),
        _("First day"),
        _("Stage"),
        _("Attempt"),
        _("Days in the stage"),
        _("Waits for"),
        _("Day"),
        _("Days allowed"),
        _("Last day"),
        _("Overdue"),
        _("Conditions met"),
        _("Conditions"),
        _("Missing"),
        _("First sale"),
        _("Cleared"),
    )


def rows(found: Iterable[BoardRow], waiting: Callable[[BoardRow], str]) -> Iterator[tuple[Cell, ...]]:
    """A row for every trainee; days in the form 2026-10-31. ``waiting``: for whom one waits, in words."""
    for row in found:
        trainee, time = row.trainee, row.time
        yield (
            trainee.manager.name,
            trainee.manager.team.name if trainee.manager.team else None,
            trainee.coach.name if trainee.coach else None,
            trainee.started_on.isoformat(),
            str(label(row.stage)),
            row.record.attempt,
            row.days,
            waiting(row) or None,
            time.day if time else None,
            time.of if time else None,
            time.last_day.isoformat() if time else None,
            (_("yes") if time.overdue else _("no")) if time else None,
            len(row.met),
            len(row.states),
            "; ".join(sentence(state) for state in row.missing),
            row.first_sale.isoformat() if row.first_sale else None,
            row.cleared_on.isoformat() if row.cleared_on else None,
        )
