"""After how many days what is kept of a call goes. Pure: no web, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

WARNING = timedelta(days=7)
"""Nothing goes within a week after its rule was made, or after it came or was sorted, so that it is seen before."""


@dataclass(frozen=True)
class Rule:
    """None: of whatever lead source or outcome; None days: kept."""

    lead_source: str | None
    outcome: str | None
    sound_days: int | None
    text_days: int | None
    changed_at: datetime

    @property
    def weight(self) -> tuple[bool, bool]:
        """How much it says of a call: the outcome says more than the lead source."""
        return self.outcome is not None, self.lead_source is not None


def nothing_kept_before(rules: Iterable[Rule], now: datetime) -> datetime | None:
    """The moment before which no call keeps its texts, whatever it is; None: there is none."""
    rules = list(rules)
    days = [rule.text_days for rule in rules]
    if not any(rule.weight == (False, False) for rule in rules) or any(each is None for each in days):
        return None
    if now < max(rule.changed_at for rule in rules) + WARNING:
        return None
    return now - timedelta(days=max(each for each in days if each is not None))
