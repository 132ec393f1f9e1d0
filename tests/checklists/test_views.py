"""The pages of checklists."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.checklists import service
from qcapp.checklists.card_files import read_card
from qcapp.core import clock

SHIPPED = Path(__file__).parents[2] / "checklists"
Login = Callable[..., FlaskClient]


@pytest.fixture
def shipped(session: Session, people: SimpleNamespace) -> None:
    for file in sorted(SHIPPED.glob("*.yaml")):
        service.load_card(session, read_card(file), by=people.lidia)
    session.commit()


def test_the_list_is_empty_in_words(login: Login, people: SimpleNamespace) -> None:
    assert "No checklists yet." in login(people.kira).get("/checklists/").text


def test_the_list_says_state_version_owner_and_purpose(
    login: Login, people: SimpleNamespace, shipped: None
) -> None:
    page = login(people.kira).get("/checklists/").text
    for words in (
        "Cold first contact",
        "Hot lead from the site",
        "in force",
        "Lidia Lead",
        "agree on a dated",
    ):
        assert words in page


def test_a_card_shows_every_item_with_its_guide_and_weight(
    login: Login, people: SimpleNamespace, shipped: None
) -> None:
    page = login(people.max).get("/checklists/cold_first_contact").text
    for item in read_card(SHIPPED / "cold_first_contact.yaml").items():
        assert f'id="item-{item.key}"' in page
    assert "critical: call" in page
    assert "outgoing calls; cold leads, warm leads; contact 1" in page
    assert "The whole call gets 0." in page


def test_an_older_version_stays_readable(
    session: Session, login: Login, people: SimpleNamespace, shipped: None
) -> None:
    card = read_card(SHIPPED / "hot_site_lead.yaml")
    version = service.load_card(session, card, by=None).version
    version.used_at = clock.now()
    old_title = version.title
    changed = type(card)(
        card.key, {"ru": "Заявка", "en": "Request"}, card.sections, card.purpose, card.applies_to
    )
    service.load_card(session, changed, by=people.lidia)
    session.commit()
    client = login(people.kira)
    assert "<h1>Request</h1>" in client.get("/checklists/hot_site_lead").text
    old = client.get("/checklists/hot_site_lead?version=1").text
    assert f"<h1>{old_title['en']}</h1>" in old
    assert "This version is archived." in old


def test_what_is_not_there_is_not_found(login: Login, people: SimpleNamespace, shipped: None) -> None:
    client = login(people.kira)
    assert client.get("/checklists/ghost").status_code == 404
    assert client.get("/checklists/cold_first_contact?version=9").status_code == 404


def test_the_same_page_speaks_russian(
    session: Session, login: Login, people: SimpleNamespace, shipped: None
) -> None:
    people.kira.locale = "ru"
    session.commit()
    page = login(people.kira).get("/checklists/cold_first_contact").text
    assert "<h1>Холодный первый контакт</h1>" in page
    assert "Приветствие" in page
