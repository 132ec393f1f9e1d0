"""The draw: even, reproducible, never more than wanted, and honest about what is lacking."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from qcapp.reviews.queue.sampling import Candidate, Lot, draw_calls, draw_contacts, share_out

MONDAY = date(2026, 11, 16)
LOT = Lot(seed=7, period="2026-11-16")

candidates = st.lists(
    st.builds(
        Candidate,
        call_id=st.integers(1, 60),
        manager_id=st.integers(1, 4),
        day=st.integers(0, 6).map(lambda day: MONDAY + timedelta(days=day)),
        client_id=st.none() | st.integers(1, 6),
    ),
    max_size=60,
    unique_by=lambda each: each.call_id,
)
lackings = st.dictionaries(st.integers(1, 5), st.integers(-1, 12), max_size=5)
haves = st.dictionaries(
    st.integers(1, 4),
    st.dictionaries(st.integers(0, 6).map(lambda day: MONDAY + timedelta(days=day)), st.integers(0, 3)),
)


@given(candidates, lackings, haves, st.randoms())
def test_the_order_of_the_candidates_changes_nothing(
    calls: list[Candidate],
    lacking: dict[int, int],
    have: dict[int, dict[date, int]],
    random: Random,
) -> None:
    shuffled = list(calls)
    random.shuffle(shuffled)
    assert draw_calls(calls, lacking, have, LOT) == draw_calls(shuffled * 2, lacking, have, LOT)
    assert draw_contacts(calls, lacking, set(), LOT) == draw_contacts(shuffled * 2, lacking, set(), LOT)


@given(candidates, lackings, haves)
def test_everybody_gets_what_he_lacks_or_all_there_is(
    calls: list[Candidate], lacking: dict[int, int], have: dict[int, dict[date, int]]
) -> None:
    drawn = draw_calls(calls, lacking, have, LOT)
    available = Counter(each.manager_id for each in calls)
    given_to = Counter(each.manager_id for each in drawn.picks)
    for manager_id, wanted in lacking.items():
        assert given_to[manager_id] == min(max(wanted, 0), available[manager_id])
        assert given_to[manager_id] + drawn.short.get(manager_id, 0) == max(wanted, 0)
    assert set(given_to) <= set(lacking)
    assert len({each.call_id for each in drawn.picks}) == len(drawn.picks)
    assert set(drawn.picks) <= set(calls)


@given(candidates, st.integers(0, 12), haves)
def test_days_are_as_even_as_what_is_there_allows(
    calls: list[Candidate], wanted: int, have: dict[int, dict[date, int]]
) -> None:
    drawn = draw_calls(calls, {1: wanted}, have, LOT)
    given_by = Counter(each.day for each in drawn.picks)
    total = given_by + Counter(have.get(1, {}))
    left = Counter(each.day for each in calls if each.manager_id == 1)
    left.subtract(given_by)
    for day in given_by:
        for other, remaining in left.items():
            if remaining:  # this day could have given the call that the fuller one gave
                assert total[other] >= total[day] - 1


@given(candidates, lackings, st.integers(0, 30))
def test_a_later_draw_only_adds_to_an_earlier_one(
    calls: list[Candidate], lacking: dict[int, int], cut: int
) -> None:
    """First from some of the candidates, then from all: nobody gets more than he lacked at first."""
    first = draw_calls(calls[:cut], lacking, {}, LOT)
    have: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for each in first.picks:
        have[each.manager_id][each.day] += 1
    rest = {key: max(number, 0) - sum(have[key].values()) for key, number in lacking.items()}
    taken = {each.call_id for each in first.picks}
    second = draw_calls([each for each in calls if each.call_id not in taken], rest, have, LOT)
    both = Counter(each.manager_id for each in (*first.picks, *second.picks))
    available = Counter(each.manager_id for each in calls)
    for manager_id, wanted in lacking.items():
        assert both[manager_id] == min(max(wanted, 0), available[manager_id])


def test_another_seed_or_period_draws_other_calls() -> None:
    calls = [Candidate(number, 1, MONDAY) for number in range(200)]
    draws = {
        frozenset(each.call_id for each in draw_calls(calls, {1: 10}, {}, lot).picks)
        for lot in (LOT, Lot(8, LOT.period), Lot(7, "2026-11-23"))
    }
    assert len(draws) == 3


def test_every_call_of_a_day_has_the_same_chance() -> None:
    calls = [Candidate(number, 1, MONDAY) for number in range(20)]
    counted = Counter(
        each.call_id for seed in range(1000) for each in draw_calls(calls, {1: 5}, {}, Lot(seed, "x")).picks
    )
    assert all(180 < counted[number] < 320 for number in range(20))  # 250 expected, 14 standard deviation


@given(candidates, st.dictionaries(st.integers(1, 4), st.integers(0, 6)))
def test_a_client_comes_with_all_his_calls(calls: list[Candidate], lacking: dict[int, int]) -> None:
    drawn = draw_contacts(calls, lacking, set(), LOT)
    clients = {(each.manager_id, each.client_id) for each in drawn.picks}
    assert set(drawn.picks) == {each for each in calls if (each.manager_id, each.client_id) in clients}
    per_manager = Counter(manager_id for manager_id, _client in clients)
    for manager_id, wanted in lacking.items():
        assert per_manager[manager_id] + drawn.short.get(manager_id, 0) == wanted


def test_new_calls_of_a_client_drawn_before_come_along() -> None:
    new = Candidate(9, 1, MONDAY, client_id=3)
    assert draw_contacts([new], {1: 0}, {(1, 3)}, LOT).picks == (new,)
    assert draw_contacts([new], {1: 0}, set(), LOT).picks == ()
    other = Candidate(8, 1, MONDAY, client_id=4)
    both = draw_contacts([new, other], {1: 1}, {(1, 3)}, LOT)
    assert (set(both.picks), both.short) == ({new, other}, {})


def test_a_call_without_a_client_is_no_contact() -> None:
    drawn = draw_contacts([Candidate(9, 1, MONDAY)], {1: 1}, set(), LOT)
    assert (drawn.picks, drawn.short) == ((), {1: 1})


def test_clients_are_drawn_by_lot_anew_for_every_plan_period_and_manager() -> None:
    calls = [Candidate(number, number % 2 + 1, MONDAY, client_id=number // 2 + 1) for number in range(200)]
    draws = {
        frozenset(each.client_id for each in draw_contacts(calls, {manager: 10}, set(), lot).picks)
        for lot in (LOT, Lot(8, LOT.period), Lot(7, "2026-11-23"))
        for manager in (1, 2)
    }
    assert len(draws) == 6


reviewers_at_work = st.integers(100, 104)


@given(
    candidates,
    st.sets(reviewers_at_work, min_size=1),
    st.sets(st.tuples(reviewers_at_work, st.integers(1, 4))),
)
def test_calls_are_shared_out_evenly_and_never_to_somebody_related(
    calls: list[Candidate], reviewers: set[int], related: set[tuple[int, int]]
) -> None:
    alone = [Candidate(each.call_id, each.manager_id, each.day) for each in calls]
    shared = share_out(alone, reviewers, related, {})
    manager_of = {each.call_id: each.manager_id for each in calls}
    for call_id, reviewer in shared.items():
        fit = {each for each in reviewers if (each, manager_of[call_id]) not in related}
        assert reviewer in fit if fit else reviewer is None
    assert len(shared) == len(calls)
    if not related:
        loads = Counter(dict.fromkeys(reviewers, 0))
        loads.update(each for each in shared.values() if each is not None)
        assert max(loads.values()) - min(loads.values()) <= 1


def test_the_calls_of_one_client_go_to_one_reviewer() -> None:
    calls = [Candidate(number, 1, MONDAY, client_id=number % 3 + 1) for number in range(12)]
    shared = share_out(calls, [100, 101], set(), {100: 5})
    assert {
        len({shared[each.call_id] for each in calls if each.client_id == client}) for client in (1, 2, 3)
    } == {1}
    assert Counter(shared.values()) == {101: 8, 100: 4}


def test_a_call_is_not_taken_for_a_client_of_the_same_number() -> None:
    calls = [Candidate(5, 1, MONDAY), Candidate(9, 1, MONDAY, client_id=5)]
    assert len(set(share_out(calls, [100, 101], set(), {}).values())) == 2


def test_who_has_nothing_yet_comes_before_who_has_one_call() -> None:
    assert share_out([Candidate(1, 1, MONDAY)], [100, 101], set(), {100: 1}) == {1: 101}
