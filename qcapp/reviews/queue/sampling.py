"""The draw: which calls of whom. Pure: the same seed and candidates in any order give the same picks.

Every call has a lottery ticket made of seed, period and its number. A manager gets as many as he lacks, each
from the day that has given fewest so far, the lowest ticket first; so a later draw only adds to an earlier one.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Days = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be drawn, on the local day it took place."""

    call_id: int
    manager_id: int
    day: date
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Lot:
    """What makes a draw repeatable: the plan's seed, and the period it is for."""

    seed: int
    period: str

    def ticket(self, *of: object) -> bytes:
        """As good as random, and the same every time."""
        return hashlib.sha256(repr((self.seed, self.period, *of)).encode()).digest()


@dataclass(frozen=True, slots=True)
class Draw:
    """The picks by manager and call, and by manager how many are lacking still."""

    picks: tuple[Candidate, ...]
    short: Mapping[int, int]


def draw_calls(
    candidates: Iterable[Candidate], lacking: Mapping[int, int], have: Mapping[int, Days], lot: Lot
) -> Draw:
    """``lacking`` calls for each manager, evenly over the days, where ``have`` says what each day has given."""
    by_manager = _by_manager(candidates)
    picks: list[Candidate] = []
    short: dict[int, int] = {}
    for manager_id in sorted(lacking):
        wanted = max(lacking[manager_id], 0)
        mine = _over_days(by_manager.get(manager_id, []), wanted, have.get(manager_id, {}), lot)
        picks += mine
        if wanted > len(mine):
            short[manager_id] = wanted - len(mine)
    return Draw(tuple(picks), short)


def draw_contacts(
    candidates: Iterable[Candidate], lacking: Mapping[int, int], have: Collection[tuple[int, int]], lot: Lot
) -> Draw:
    """``lacking`` clients for each manager, with all their calls; ``have``: pairs of manager and client drawn before.

    New calls of clients drawn before come along.
    """
    by_manager = _by_manager(candidates)
    picks: list[Candidate] = []
    short: dict[int, int] = {}
    for manager_id in sorted(lacking):
        wanted = max(lacking[manager_id], 0)
        calls = by_manager.get(manager_id, [])
        new = {
            each.client_id for each in calls if each.client_id and (manager_id, each.client_id) not in have
        }
        chosen = sorted(new, key=lambda client: lot.ticket("client", manager_id, client))[:wanted]
        picks += [each for each in calls if each.client_id in chosen or (manager_id, each.client_id) in have]
        if wanted > len(chosen):
            short[manager_id] = wanted - len(chosen)
    return Draw(tuple(picks), short)


def share_out(
    picks: Sequence[Candidate],
    reviewers: Collection[int],
    related: Collection[tuple[int, int]],
    load: Mapping[int, int],
) -> dict[int, int | None]:
    """Call → reviewer, as evenly as possible; ``related``: pairs of reviewer and manager that must not meet.

    The calls of one manager's client stay together. None: everybody asked is too close to the manager.
    """
    shared = Counter({reviewer: load.get(reviewer, 0) for reviewer in reviewers})
    given: dict[int, int | None] = {}
    for (_kind, manager_id, _key), calls in sorted(_bundles(picks).items()):
        fit = [reviewer for reviewer in shared if (reviewer, manager_id) not in related]
        chosen = min(fit, key=lambda reviewer: (shared[reviewer], reviewer)) if fit else None
        if chosen is not None:
            shared[chosen] += len(calls)
        given |= dict.fromkeys(calls, chosen)
    return given


def _by_manager(candidates: Iterable[Candidate]) -> dict[int, list[Candidate]]:
    found: dict[int, list[Candidate]] = defaultdict(list)
    for each in sorted({each.call_id: each for each in candidates}.values(), key=lambda each: each.call_id):
        found[each.manager_id].append(each)
    return found


def _over_days(calls: Sequence[Candidate], wanted: int, have: Days, lot: Lot) -> list[Candidate]:
    urns: dict[date, list[Candidate]] = defaultdict(list)
    for each in sorted(calls, key=lambda call: lot.ticket("call", call.call_id), reverse=True):
        urns[each.day].append(each)  # the lowest ticket lies on top
    given = Counter(have)
    picks: list[Candidate] = []
    while urns and len(picks) < wanted:
        day = min(urns, key=lambda each: (given[each], lot.ticket("day", calls[0].manager_id, each)))
        picks.append(urns[day].pop())
        given[day] += 1
        if not urns[day]:
            del urns[day]
    return picks


def _bundles(picks: Iterable[Candidate]) -> dict[tuple[int, int, int], list[int]]:
    """Calls that one reviewer should hear together: of a client where there is one, else single ones."""
    found: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for each in picks:
        key = (0, each.manager_id, each.client_id) if each.client_id else (1, each.manager_id, each.call_id)
        found[key].append(each.call_id)
    return found
