"""A version under trial: scored beside the one in force by the same reviewer, seen by nobody else, never counted."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.errors import Forbidden, Refused
from qcapp.reviews import queries, service, shadow
from qcapp.reviews.models import Purpose, Review, ReviewState
from tests.checklists.cards import card, item, section
from tests.reviews.conftest import draft

Publish = Callable[..., Review]


@pytest.fixture
def published(call: Call, people: SimpleNamespace, publish: Publish) -> Review:
    return publish(call, people.kira)


@pytest.fixture
def trial(session: Session, published: Review) -> ChecklistVersion:
    """The next version of the card, under trial beside the one in force."""
    old = published.version
    new = load_card(session, card(section("greeting", item("hello"), item("goodbye"))), by=None).version
    new.state, new.published_at = VersionState.SHADOW, None
    session.flush()
    old.state, old.archived_at, old.published_at = VersionState.PUBLISHED, None, clock.now()
    session.commit()
    return new


@pytest.fixture
def handed_in(
    session: Session, published: Review, trial: ChecklistVersion, people: SimpleNamespace
) -> Review:
    begun = shadow.begin_shadow(session, published, trial, by=people.kira)
    answers = {"hello": Answer("yes"), "goodbye": Answer("no", "Не попрощался")}
    service.save_draft(session, begun, draft(begun, answers), by=people.kira)
    service.publish_review(session, begun, by=people.kira)
    session.commit()
    return begun


def test_the_reviewer_begins_one_and_finds_it_again(
    session: Session, published: Review, trial: ChecklistVersion, people: SimpleNamespace
) -> None:
    begun = shadow.begin_shadow(session, published, trial, by=people.kira)
    assert (begun.purpose, begun.version, begun.state) == (Purpose.SHADOW, trial, ReviewState.DRAFT)
    assert shadow.begin_shadow(session, published, trial, by=people.kira) is begun
    assert queries.get_review(session, published.id, people.kira) is published
    with pytest.raises(Refused, match="cannot be scored"):
        shadow.begin_shadow(session, published, published.version, by=people.kira)
    with pytest.raises(Refused, match="cannot be scored"):
        shadow.begin_shadow(session, published, trial, by=people.lidia)
    for name in ("max", "roman", "olga"):
        with pytest.raises(Forbidden):
            shadow.begin_shadow(session, published, trial, by=getattr(people, name))


def test_it_is_never_counted_and_its_reviewers_alone(
    session: Session, call: Call, published: Review, handed_in: Review, people: SimpleNamespace
) -> None:
    assert (handed_in.state, handed_in.score) == (ReviewState.PUBLISHED, 50.0)
    for name in ("olga", "lidia", "roman", "tanya", "max"):
        person = getattr(people, name)
        assert queries.published(session, person).reviews == [published]
        assert queries.reviews_of_call(session, call, person) == [published]
        with pytest.raises(Forbidden):
            queries.get_review(session, handed_in.id, person)
    assert queries.get_review(session, handed_in.id, people.kira) is handed_in
    with pytest.raises(Forbidden):
        service.acknowledge(session, handed_in, by=people.max)


def test_pairs_hold_the_counted_and_the_shadow_score_of_a_call(
    session: Session, call: Call, handed_in: Review, trial: ChecklistVersion
) -> None:
    assert queries.shadow_pairs(session, trial) == [(100.0, 50.0, call.id)]


def test_the_lead_compares_both_cards_on_the_same_calls(
    handed_in: Review, trial: ChecklistVersion, people: SimpleNamespace, login: Callable[..., FlaskClient]
) -> None:
    url = f"/checklists/card/trial/{trial.number}"
    for name in ("kira", "roman", "max"):
        assert login(getattr(people, name)).get(url).status_code == 403
    client = login(people.lidia)
    assert url in client.get(f"/checklists/card?version={trial.number}").text
    page = client.get(url).text
    assert "-50" in page
    assert "Averages are shown from 5 calls on." in page
    assert "Kira" not in page


def test_the_published_page_offers_it_to_its_reviewer_alone(
    session: Session,
    published: Review,
    trial: ChecklistVersion,
    people: SimpleNamespace,
    login: Callable[..., FlaskClient],
) -> None:
    url = f"/reviews/{published.id}/shadow/{trial.id}"
    for name in ("lidia", "max", "roman"):
        assert url not in login(getattr(people, name)).get(f"/reviews/{published.id}").text
    client = login(people.kira)
    assert url in client.get(f"/reviews/{published.id}").text
    draft_url = client.post(url).location
    page = client.get(draft_url).text
    assert "not counted" in page
    assert "publish-later" not in page
    body = {
        "revision": 0,
        "window": "one",
        "turn": 1,
        "answers": {"hello": {"value": "yes"}, "goodbye": {"value": "yes"}},
    }
    assert client.post(f"{draft_url}/publish", json=body, headers={"Accept": "application/json"}).json == {
        "url": draft_url
    }
    assert "not counted" in client.get(draft_url).text
    assert draft_url in client.get(f"/reviews/{published.id}").text
