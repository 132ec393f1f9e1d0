"""The hints on the pages of a call, and the page of the forbidden phrases."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.checklists.service import load_card
from qcapp.evidence import queries
from qcapp.evidence.models import ForbiddenPhrase
from qcapp.evidence.service import add_phrase
from qcapp.reviews import service as reviews
from tests.checklists.cards import card, item, section
from tests.evidence.calls import scripted, spoken_call

Login = Callable[..., FlaskClient]


@pytest.mark.parametrize("who", ["olga", "lidia", "kira", "roman", "tanya", "max"])
def test_whoever_sees_the_script_of_a_call_sees_the_hints(
    session: Session, people: SimpleNamespace, login: Login, who: str
) -> None:
    scripted(session, people.max, people.lidia)
    add_phrase(session, "большая скидка", "Скидки не обещаем.", by=people.lidia)
    call = spoken_call(session, people.max)
    session.commit()
    client = login(getattr(people, who))
    page = client.get(f"/calls/{call.id}").text
    assert f'hx-get="/calls/{call.id}/hints?open=1"' in page
    assert 'data-heard="greeting"' in page
    hints = client.get(f"/calls/{call.id}/hints?open=1").text
    assert "<details" in hints
    assert 'data-of="greeting"' in hints
    assert 'data-listen="2.0"' in hints
    assert "not heard" in hints
    assert "Скидки не обещаем." in hints
    assert "фурнитура итальянская" in hints


@pytest.mark.parametrize("who", ["oleg", "sveta", "hanna", "anna"])
def test_nobody_else_does(session: Session, people: SimpleNamespace, login: Login, who: str) -> None:
    scripted(session, people.max, people.lidia)
    call = spoken_call(session, people.max)
    session.commit()
    client = login(getattr(people, who))
    assert client.get(f"/calls/{call.id}/hints").status_code == 403
    assert "/hints" not in client.get(f"/calls/{call.id}").text


def test_the_workspace_has_the_hints_folded_and_a_place_beside_each_section(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    scripted(session, people.max, people.lidia)
    call = spoken_call(session, people.max)
    made = card(section("greeting", item("hello")), section("goal", item("purpose")))
    version = load_card(session, made, by=None).version
    review = reviews.begin_review(session, call, version.checklist, by=people.kira)
    session.commit()
    client = login(people.kira)
    page = client.get(f"/reviews/{review.id}").text
    assert f'hx-get="/calls/{call.id}/hints"' in page
    assert page.count("data-heard=") == 3  # greeting; goal and needs
    assert page.count("data-named") == 2
    assert " open" not in client.get(f"/calls/{call.id}/hints").text


def test_a_call_without_a_script_says_so_and_still_shows_forbidden_phrases(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    add_phrase(session, "большая скидка", "Скидки не обещаем.", by=people.lidia)
    call = spoken_call(session, people.max)
    session.commit()
    hints = login(people.max).get(f"/calls/{call.id}/hints").text
    assert "No script of the manager was in force" in hints
    assert "большая скидка" in hints
    assert "data-of=" not in hints


def test_the_list_is_kept_on_its_page(session: Session, people: SimpleNamespace, login: Login) -> None:
    client = login(people.tanya)
    assert "No phrase is looked for yet." in client.get("/scripts/phrases").text
    phrase = {"text": " много лет на рынке ", "instead": "Назови случай с цифрой."}
    assert client.post("/scripts/phrases", data=phrase).location == "/scripts/phrases"
    page = client.get("/scripts/phrases").text
    assert "Назови случай с цифрой." in page
    assert people.tanya.name in page
    again = client.post("/scripts/phrases", data=phrase)
    assert again.status_code == 422
    assert "The list has this phrase already" in again.text
    assert client.post("/scripts/phrases", data={"text": "", "instead": ""}).status_code == 422
    [listed] = queries.phrases(session)
    assert client.post(f"/scripts/phrases/{listed.id}/retire").location == "/scripts/phrases"
    session.expire_all()
    assert session.get_one(ForbiddenPhrase, listed.id).retired_at is not None
    assert "No phrase is looked for yet." in client.get("/scripts/phrases").text
