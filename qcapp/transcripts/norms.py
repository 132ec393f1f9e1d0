"""Speech figures in words: what is measured, and what is usual. Hints for a person, never a score.

The ranges are what studies of sales calls commonly report (the manager speaks 40–60 %, monologues stay under two
minutes) and the pace of Russian conversation; they are shown beside the figure and decide nothing.
"""

from dataclasses import dataclass

from babel.support import LazyProxy
from flask_babel import format_decimal, format_percent

from qcapp.core.i18n import _, lazy
from qcapp.transcripts.models import SpeechMetrics


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: ``unusual`` marks what lies outside the usual range, in either direction."""

    name: LazyProxy
    value: str
    usual: LazyProxy
    unusual: bool


def explained(figures: SpeechMetrics) -> list[Figure]:
    """The figures that are known, each with a word on what is usual."""
    interruptions = figures.interruptions_by_manager
    rows: list[tuple[LazyProxy, float | None, str, LazyProxy, tuple[float, float]]] = [
        (lazy("Manager's talk share"), figures.talk_share, "share", lazy("usually 40–60 %"), (0.4, 0.6)),
        (
            lazy("Longest monologue"),
            figures.longest_monologue_s,
            "s",
            lazy("usually under 2 minutes"),
            (0, 120),
        ),
        (lazy("Interruptions by the manager"), interruptions, "n", lazy("usually none or one"), (0, 1)),
        (
            lazy("Interruptions by the client"),
            figures.interruptions_by_client,
            "n",
            lazy("usually up to two"),
            (0, 2),
        ),
        (lazy("Silences over 3 s"), figures.silences, "n", lazy("usually up to three"), (0, 3)),
        (lazy("Silence in all"), figures.silence_s, "s", lazy("usually under half a minute"), (0, 30)),
        (lazy("Manager's pace"), figures.pace_wpm, "wpm", lazy("usually 110–160 words a minute"), (110, 160)),
        (
            lazy("Questions asked"),
            figures.questions,
            "n",
            lazy("usually five or more in a first talk"),
            (5, 10_000),
        ),
        (lazy("Fillers"), figures.fillers, "n", lazy("fewer is better; up to ten pass unnoticed"), (0, 10)),
        (
            lazy("Until the manager's first word"),
            figures.first_word_s,
            "s.",
            lazy("usually within 3 seconds"),
            (0, 3),
        ),
    ]
    return [
        Figure(name, _written(value, unit), usual, not span[0] <= value <= span[1])
        for name, value, unit, usual, span in rows
        if value is not None
    ]


def _written(value: float, unit: str) -> str:
    match unit:
        case "share":
            return str(format_percent(value))
        case "s":
            minutes, seconds = divmod(round(value), 60)
            return _("%(m)d min %(s)d s", m=minutes, s=seconds) if minutes else _("%(s)d s", s=seconds)
        case "s.":
            return _("%(s)s s", s=format_decimal(round(value, 1)))
        case "wpm":
            return _("%(n)d words/min", n=round(value))
        case _:
            return str(format_decimal(value))
