"""What a plan asks of calls: stored as JSON, compared in SQL (candidates.py), said in words (words.py)."""

from dataclasses import asdict, dataclass
from typing import Any

from qcapp.terms import Direction, LeadSource, Stage


@dataclass(frozen=True, slots=True)
class Conditions:
    """None and empty: not asked. Lengths in seconds, scores in per cent; ``longest_s`` and ``score_below`` excluded.
    ``stages`` are those the manager was in when he called."""

    shortest_s: int | None = None
    longest_s: int | None = None
    direction: Direction | None = None
    lead_source: LeadSource | None = None
    stages: tuple[Stage, ...] = ()
    teams: tuple[int, ...] = ()
    category: str | None = None
    outcome: str | None = None
    tag: str | None = None
    score_from: float | None = None
    score_below: float | None = None

    def stored(self) -> dict[str, Any]:
        """Plain JSON, without what is not asked."""
        return {name: _plain(value) for name, value in asdict(self).items() if value not in (None, (), "")}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Conditions":
        """What ``stored`` wrote."""
        kept = dict(stored)
        if "direction" in kept:
            kept["direction"] = Direction(kept["direction"])
        if "lead_source" in kept:
            kept["lead_source"] = LeadSource(kept["lead_source"])
        kept["stages"] = tuple(Stage(each) for each in kept.get("stages", ()))
        kept["teams"] = tuple(kept.get("teams", ()))
        return cls(**kept)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Direction | LeadSource | Stage) else value
