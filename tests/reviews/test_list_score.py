"""The score in the list of calls: the newest published one, for those who may read it."""

import pytest
from sqlalchemy import select, text

from qcapp.calls import listing
from qcapp.calls.listing import Sorting
from qcapp.calls.models import Call
from qcapp.calls.queries import CallFilter
from qcapp.reviews import list_score
from qcapp.reviews.models import Purpose, ReviewState
from tests.reports.published import FAIR, GOOD, publish


def scores(session, by) -> list[float | None]:
    return [getattr(call, "score", None) for call in listing.call_page(session, CallFilter(), by=by).calls]


@pytest.mark.parametrize(
    ("who", "sees"),
    [("kira", [75.0]), ("max", [75.0]), ("roman", [75.0]), ("sveta", []), ("oleg", []), ("anna", [None])],
)
def test_it_is_for_those_who_may_read_the_review(session, people, checklist, who, sees):
    publish(session, people.max, checklist.versions[-1], people.kira, FAIR)
    assert scores(session, getattr(people, who)) == sees


@pytest.mark.parametrize(
    "hidden", [{"state": ReviewState.DRAFT}, {"state": ReviewState.SCHEDULED}, {"purpose": Purpose.SHADOW}]
)
def test_no_draft_and_no_trial_shows(session, people, checklist, hidden):
    publish(session, people.max, checklist.versions[-1], people.kira, FAIR, **hidden)
    assert scores(session, people.max) == [None]
    assert scores(session, people.olga) == [None]


def test_calls_are_sorted_by_it(session, people, checklist):
    fair, good = (
        publish(session, people.max, checklist.versions[-1], people.kira, given).call.id
        for given in (FAIR, GOOD)
    )
    for order, expected in (("score", [fair, good]), ("-score", [good, fair])):
        page = listing.sorted_page(session, CallFilter(), Sorting.parse(order), by=people.olga)
        assert [call.id for call in page.calls] == expected


def test_it_is_looked_up_by_the_call_however_many_are_published(session, people):
    """Going through all published reviews for each call would take seconds a page at a million calls."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by the size of the tables, and here they are small")
    query = select(list_score.score(people.kira)).select_from(Call).where(Call.id.in_([1, 2]))
    asked = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
    looked_up = [step for step in plan if step.startswith("SEARCH review ")]
    assert looked_up
    assert all("(call_id=?" in step for step in looked_up)
