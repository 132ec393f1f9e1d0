"""Who sees which reviews: drafts alone, blind while scoring, teams apart."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.core.errors import Forbidden, Missing
from qcapp.reviews import queries, service
from qcapp.reviews.models import Review
from tests.factories.calls import make_call

Publish = Callable[..., Review]
EVERYBODY = ("olga", "lidia", "kira", "roman", "tanya", "hanna", "max", "anna", "oleg", "sveta")


def readers(session: Session, review: Review, people: SimpleNamespace) -> set[str]:
    """Whose list holds the review; a single look must say the same."""
    found = set()
    for name in EVERYBODY:
        person = getattr(people, name)
        listed = review in queries.published(session, person).reviews
        try:
            opened = queries.get_review(session, review.id, person) is review
        except Forbidden:
            opened = False
        if listed or opened:
            found.add(name)
            drafted = review in queries.drafts_of(session, person)
            assert opened
            assert listed != drafted
    return found


def test_a_draft_is_seen_by_its_reviewer_alone(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    assert readers(session, review, people) == {"kira"}


def test_a_published_review_is_seen_by_those_it_concerns(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish
) -> None:
    review = publish(call, people.kira)
    assert readers(session, review, people) == {"olga", "lidia", "kira", "roman", "tanya", "max"}


def test_whoever_scores_a_call_is_blind_to_what_others_published_of_it(
    session: Session, call: Call, checklist: Checklist, people: SimpleNamespace, publish: Publish
) -> None:
    review = publish(call, people.kira)
    own = service.begin_review(session, call, checklist, by=people.lidia)
    assert readers(session, review, people) == {"olga", "kira", "roman", "tanya", "max"}
    with pytest.raises(Forbidden, match="You are scoring this call"):
        queries.get_review(session, review.id, people.lidia)
    assert queries.reviews_of_call(session, call, people.lidia) == [own]
    assert queries.reviews_of_call(session, call, people.kira) == [review]


def test_a_review_that_is_not_there_is_missing(session: Session, people: SimpleNamespace) -> None:
    with pytest.raises(Missing):
        queries.get_review(session, 404, people.olga)


def test_the_list_goes_on_where_the_page_before_ended(
    session: Session, people: SimpleNamespace, publish: Publish
) -> None:
    made = [publish(make_call(session, people.max), people.kira) for _ in range(5)]
    seen, before = [], None
    for _ in range(3):
        page = queries.published(session, people.olga, before=before, size=2)
        seen += page.reviews
        before = page.older
    assert seen == made[::-1]
    assert before is None


@pytest.mark.parametrize("place", ["rubbish", "2026-10-06~5", "2026-10-06T10:00:00+00:00~x"])
def test_a_place_nobody_gave_out_is_no_page(session: Session, people: SimpleNamespace, place: str) -> None:
    with pytest.raises(Missing):
        queries.published(session, people.olga, before=place)


def test_what_a_manager_has_not_read_stands_oldest_first(
    session: Session, people: SimpleNamespace, publish: Publish
) -> None:
    first, second, third = (publish(make_call(session, people.max), people.kira) for _ in range(3))
    publish(make_call(session, people.sveta), people.kira)
    service.acknowledge(session, second, by=people.max)
    assert queries.unread(session, people.max) == [first, third]


def test_calls_wait_until_they_are_begun_or_scored(
    session: Session, checklist: Checklist, people: SimpleNamespace, publish: Publish
) -> None:
    waiting, begun, scored = (make_call(session, people.max) for _ in range(3))
    for unfit in ({"recorded": False}, {"transcribed": False}):
        make_call(session, people.max, **unfit)
    make_call(session, None)
    south = make_call(session, people.sveta)
    service.begin_review(session, begun, checklist, by=people.kira)
    publish(scored, people.lidia)
    assert queries.waiting_calls(session, people.kira) == [south, waiting]
    assert queries.waiting_calls(session, people.lidia) == [south, begun, waiting]
    people.kira.team = people.north
    session.flush()
    assert queries.waiting_calls(session, people.kira) == [south]
    assert queries.waiting_calls(session, people.roman) == []
