"""The one thing a manager should do next."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding.home.next_thing import Known, NextThing, OpenTask, next_thing, open_things
from qcapp.onboarding.program.plan import Condition
from qcapp.onboarding.rules import State
from qcapp.onboarding.states import WorkState
from qcapp.terms import ConditionKind, Stage

TODAY = date(2026, 10, 20)
YESTERDAY = TODAY - timedelta(days=1)


def step(*, waiting: bool = False) -> State:
    condition = Condition(kind=ConditionKind.SCRIPT)
    return State(condition, Stage.TECHNIQUE, met=False, have=0, need=1, waiting=waiting)


def test_staff_with_nothing_open_has_nothing_to_do() -> None:
    assert next_thing(Known(trainee=False), TODAY) is NextThing.NOTHING


@pytest.mark.parametrize(
    ("known", "thing"),
    [
        (
            Known(trainee=True, works=[WorkState.ACCEPTED, WorkState.RETURNED], unread_reviews=1),
            NextThing.FIX_WORK,
        ),
        (Known(trainee=False, drafts=[DraftState.RETURNED]), NextThing.FIX_SCRIPT),
        (Known(trainee=False, drafts=[DraftState.RETURNED, DraftState.WRITING]), NextThing.FIX_SCRIPT),
        (Known(trainee=False, drafts=[DraftState.RETURNED, DraftState.SUBMITTED]), NextThing.NOTHING),
        (Known(trainee=False, tasks=[OpenTask(YESTERDAY, False)], unread_reviews=1), NextThing.OVERDUE_TASK),
        (Known(trainee=False, tasks=[OpenTask(YESTERDAY, True)], unread_talks=1), NextThing.READ_TALK),
        (Known(trainee=False, tasks=[OpenTask(TODAY, False)]), NextThing.NOTHING),
        (Known(trainee=True, unread_reviews=2, unread_talks=1, step=step()), NextThing.READ_REVIEW),
        (Known(trainee=True, step=step()), NextThing.STEP),
        (Known(trainee=True, step=step(waiting=True)), NextThing.WAIT),
        (Known(trainee=True), NextThing.WAIT),
        (Known(trainee=False, undecided=True), NextThing.BEGIN),
        (Known(trainee=False, undecided=True, unread_talks=1), NextThing.READ_TALK),
    ],
)
def test_the_dearest_comes_first(known: Known, thing: NextThing) -> None:
    assert next_thing(known, TODAY) is thing


days = st.integers(-30, 30).map(lambda number: TODAY + timedelta(days=number))
anybody = st.builds(
    Known,
    trainee=st.booleans(),
    drafts=st.lists(st.sampled_from(DraftState), max_size=4),
    works=st.lists(st.sampled_from(WorkState), max_size=2),
    tasks=st.lists(st.builds(OpenTask, days, st.booleans()), max_size=4),
    unread_reviews=st.integers(0, 3),
    unread_talks=st.integers(0, 3),
    step=st.none() | st.booleans().map(lambda waiting: step(waiting=waiting)),
)


@given(anybody)
def test_everybody_has_exactly_one_next_thing_and_it_ranks_first(known: Known) -> None:
    found = open_things(known, TODAY)
    order = list(NextThing)
    assert next_thing(known, TODAY) is found[0]
    assert all(order.index(first) < order.index(second) for first, second in pairwise(found))
    assert (NextThing.NOTHING in found) == (len(found) == 1 and found[0] is NextThing.NOTHING)


@given(anybody)
def test_whoever_is_on_the_way_to_hot_leads_is_never_told_that_all_is_done(known: Known) -> None:
    if known.trainee:
        assert NextThing.NOTHING not in open_things(known, TODAY)
    else:
        assert not {NextThing.STEP, NextThing.WAIT, NextThing.FIX_WORK} & set(open_things(known, TODAY))


@given(anybody)
def test_work_that_is_done_makes_nothing_more_urgent(known: Known) -> None:
    """Reading a review takes that away and adds nothing else."""
    read = replace(known, unread_reviews=0)
    before = set(open_things(known, TODAY)) - {NextThing.NOTHING}
    assert set(open_things(read, TODAY)) - {NextThing.NOTHING} == before - {NextThing.READ_REVIEW}
