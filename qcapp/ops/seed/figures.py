"""The numbers behind generated calls, as arrays: who called whom, when, how long, with what end."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from qcapp.terms import Direction, Disposition, LeadSource

YEARS = 3
_DAY_S = 86_400
_BY_WEEKDAY = np.array([1.0, 1.1, 1.1, 1.05, 0.9, 0.08, 0.03])  # Monday first
_BY_HOUR = np.array(
    [0, 0, 0, 0, 0, 0.2, 0.8, 1.3, 1.3, 1, 0.7, 1.1, 1.2, 1.1, 0.8, 0.3, 0.1, 0, 0, 0, 0, 0, 0, 0]
)  # UTC
DIRECTIONS = ((Direction.OUT, 0.80), (Direction.IN, 0.19), (Direction.INTERNAL, 0.01))
DISPOSITIONS = (
    (Disposition.ANSWERED, 0.64),
    (Disposition.NO_ANSWER, 0.24),
    (Disposition.BUSY, 0.08),
    (Disposition.FAILED, 0.03),
    (Disposition.UNKNOWN, 0.01),
)
LEAD_SOURCES = (
    (LeadSource.COLD, 0.52),
    (LeadSource.WARM, 0.15),
    (LeadSource.HOT, 0.10),
    (LeadSource.EXISTING, 0.18),
    (None, 0.05),
)

Whole = NDArray[np.int64]
Yes = NDArray[np.bool_]


@dataclass(frozen=True)
class SeedFigures:
    """One entry a call, in the order of time. Members are numbers of places in the tables above."""

    started: Whole  # seconds of the epoch
    manager: Whole  # place in the list of managers; −1: nobody took it
    client: Whole  # from 0
    contact_no: Whole
    direction: Whole
    disposition: Whole
    lead_source: Whole
    ring_s: Whole
    talk_s: Whole  # 0: nobody spoke
    recorded: Yes
    transcribed: Yes


def draw(random: Generator, calls: int, managers: int, now: datetime) -> SeedFigures:
    """Calls of the last three years, a little more of them every year."""
    started = _moments(random, calls, now)
    clients = max(1, calls // 3)
    client = (clients * random.random(calls) ** 1.6).astype(np.int64)  # a few are called very often
    client = random.permutation(clients)[client]
    direction = _members(random, DIRECTIONS, calls)
    disposition = _members(random, DISPOSITIONS, calls)
    answered = disposition == 0
    talk_s = np.where(answered, np.clip(random.lognormal(4.3, 1.0, calls), 2, 10_000), 0).astype(np.int64)
    activity = random.lognormal(0, 0.5, managers)
    manager = random.choice(managers, calls, p=activity / activity.sum())
    nobody = (direction == 1) & ~answered & (random.random(calls) < 0.4)
    recorded = answered & (random.random(calls) < 0.95)
    waiting = started > started[-1] - 3600  # the last hour's recordings are not transcribed yet
    return SeedFigures(
        started=started,
        manager=np.where(nobody, -1, manager),
        client=client,
        contact_no=_running_count(client),
        direction=direction,
        disposition=disposition,
        lead_source=_members(random, LEAD_SOURCES, clients)[client],
        ring_s=random.integers(2, 40, calls),
        talk_s=talk_s,
        recorded=recorded,
        transcribed=recorded & (talk_s > 5) & ~waiting,
    )


def _moments(random: Generator, calls: int, now: datetime) -> Whole:
    today = int(now.astimezone(UTC).timestamp()) // _DAY_S
    days = np.arange(today - 365 * YEARS, today)
    weekday = (days + 3) % 7  # 1 January 1970 was a Thursday
    weights = _BY_WEEKDAY[weekday] * np.linspace(0.7, 1.3, len(days))
    day = random.choice(days, calls, p=weights / weights.sum())
    hour = random.choice(24, calls, p=_BY_HOUR / _BY_HOUR.sum())
    moments: Whole = np.sort(day * _DAY_S + hour * 3600 + random.integers(0, 3600, calls))
    return moments


def _members(random: Generator, members: tuple[tuple[object, float], ...], count: int) -> Whole:
    return random.choice(len(members), count, p=[share for _member, share in members]).astype(np.int64)


def _running_count(values: Whole) -> Whole:
    """For each place how many equal values stand up to it, itself included."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.searchsorted(ordered, ordered, side="left")
    counts: Whole = np.empty_like(values)
    counts[order] = np.arange(len(values)) - first + 1
    return counts
