"""What an exchange tells about a call, whichever file it was told in."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from qcapp.terms import Direction, Disposition

# Asterisk's ids begin with the second at which the call began, UTC; a system name may stand before it.
_EPOCH_IN_ID = re.compile(r"(?:^|[-_])(\d{9,10})\.\d+")


@dataclass(frozen=True, slots=True)
class ImportedFacts:
    """Facts of one call. `local_start` has no time zone: the exchange does not write which one it means."""

    external_id: str | None = None
    direction: Direction = Direction.UNKNOWN
    extension: str | None = None
    client_number: str | None = None
    local_start: datetime | None = None
    duration_s: int | None = None
    talk_s: int | None = None
    disposition: Disposition = Disposition.UNKNOWN
    recording: str | None = None
    linked_id: str | None = None
    manager_channel: int | None = None
    raw: dict[str, Any] = field(default_factory=dict)
    row: int = 0


def epoch_of(external_id: str | None) -> datetime | None:
    """When the call began by its Asterisk id, UTC; None where the id holds no time."""
    found = _EPOCH_IN_ID.search(external_id or "")
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def to_utc(local: datetime, zone: ZoneInfo, external_id: str | None = None) -> datetime | None:
    """A local time as UTC; None where the clock showed it twice or never and the call's id does not help.

    A time that brings its own offset is taken as it is.
    """
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [m for m in moments if m.astimezone(zone).replace(tzinfo=None) == local]
    if len(real) == 1:
        return real[0]
    began = epoch_of(external_id)
    near = [m for m in real if began is not None and abs(m - began) < timedelta(minutes=30)]
    return near[0] if len(near) == 1 else None


def zone_offset(facts: ImportedFacts, started_at: datetime) -> timedelta | None:
    """By how many hours the time given differs from the one in the id; None: not, or not known.

    Three hours for a Moscow exchange mean that its CDR is written in UTC (`usegmtime=yes`).
    """
    began = epoch_of(facts.external_id)
    if began is None:
        return None
    hours = round((started_at - began).total_seconds() / 3600)
    off = abs((started_at - began) - timedelta(hours=hours))
    return timedelta(hours=hours) if hours and abs(hours) <= 14 and off < timedelta(minutes=10) else None
