"""The pages of sales: entered, confirmed with one click, refused with a reason; by whom it may be."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock, local
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.sales.service import enter_sale
from qcapp.onboarding.states import SaleState
from tests.onboarding.on_the_way import make_trainee

Login = Callable[..., FlaskClient]


@pytest.fixture
def sale(session: Session, people: SimpleNamespace) -> Sale:
    sale = enter_sale(session, people.max, sold_on=local.today(), crm_ref="deal-17", by=people.max)
    session.commit()
    return sale


def test_a_manager_enters_a_sale(session: Session, people: SimpleNamespace, login: Login) -> None:
    client = login(people.max)
    url = f"/onboarding/{people.max.id}/sales"
    assert "No sale has been entered yet." in client.get(url).text
    day = local.today().isoformat()
    assert client.post(url, data={"sold_on": "", "amount": "1"}).status_code == 422
    assert client.post(url, data={"sold_on": day, "amount": "-1"}).status_code == 422
    future = client.post(url, data={"sold_on": "2099-01-01"})
    assert future.status_code == 422
    assert "A sale cannot lie in the future." in future.text
    data = {"sold_on": day, "amount": "150000.50", "crm_ref": "deal-17", "comment": "Сайт"}
    assert client.post(url, data=data).status_code == 303
    page = client.get(url).text
    assert "150,000.50" in page
    assert "waits for confirmation" in page
    assert client.post(url, data=data).status_code == 422
    assert session.scalars(select(Sale.crm_ref)).all() == ["deal-17"]


def test_somebody_else_confirms_with_one_click(
    session: Session, sale: Sale, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    url = f"/onboarding/sales/{sale.id}"
    assert "Somebody else confirms it" in client.get(url).text
    assert client.get("/onboarding/sales").status_code == 403
    assert client.post(f"{url}/decide", data={"decision": "confirmed"}).status_code == 403
    assert login(people.oleg).post(f"{url}/decide", data={"decision": "confirmed"}).status_code == 403
    client = login(people.roman)
    page = client.get("/onboarding/sales").text
    assert url in page
    assert "data-confirm" in page
    assert client.post(f"{url}/decide", data={"decision": "confirmed"}).status_code == 303
    assert "No sale waits for you." in client.get("/onboarding/sales").text
    assert client.post(f"{url}/decide", data={"decision": "confirmed"}).status_code == 409
    session.expire_all()
    assert sale.state is SaleState.CONFIRMED
    assert "Take the confirmation back" not in login(people.max).get(url).text
    client = login(people.roman)
    assert "Take the confirmation back" in client.get(url).text
    assert client.post(f"{url}/take-back", data={"reason": ""}).status_code == 422
    assert client.post(f"{url}/take-back", data={"reason": "Нет договора"}).status_code == 303
    assert "Нет договора" in login(people.max).get(url).text


def test_a_refusal_says_why(session: Session, sale: Sale, people: SimpleNamespace, login: Login) -> None:
    client = login(people.lidia)
    url = f"/onboarding/sales/{sale.id}"
    assert 'name="decision"' in client.get(url).text
    for wrong in ({}, {"decision": "refused", "reason": " "}, {"decision": "entered", "reason": "x"}):
        assert client.post(f"{url}/decide", data=wrong).status_code == 422
    assert (
        client.post(f"{url}/decide", data={"decision": "refused", "reason": "Нет оплаты"}).status_code == 303
    )
    client = login(people.max)
    assert "Нет оплаты" in client.get(f"/onboarding/{people.max.id}/sales").text
    assert "Нет оплаты" in client.get(url).text


def test_a_head_enters_for_his_team_and_leaves_the_word_to_others(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.roman)
    day = {"sold_on": local.today().isoformat()}
    assert client.post(f"/onboarding/{people.max.id}/sales", data=day).status_code == 303
    assert client.post(f"/onboarding/{people.sveta.id}/sales", data=day).status_code == 403
    sale = session.scalars(select(Sale)).one()
    assert f"/onboarding/sales/{sale.id}/decide" not in client.get("/onboarding/sales").text
    url = f"/onboarding/sales/{sale.id}"
    assert 'name="decision"' not in client.get(url).text
    assert client.post(f"{url}/decide", data={"decision": "confirmed"}).status_code == 403


def test_readers_read_and_older_sales_are_on_the_next_page(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    for number in range(51):
        enter_sale(session, people.max, sold_on=local.today(), crm_ref=f"deal-{number}", by=people.max)
    session.commit()
    client = login(people.hanna)
    url = f"/onboarding/{people.max.id}/sales"
    page = client.get(url).text
    assert "deal-50" in page
    assert "Enter a sale" not in page
    oldest = session.scalars(select(Sale).order_by(Sale.id)).first()
    assert oldest is not None
    assert f"before={oldest.id + 1}" in page
    assert "deal-0<" in client.get(f"{url}?before={oldest.id + 1}").text
    assert client.get(f"/onboarding/{people.olga.id}/sales").status_code == 404


def test_on_the_day_an_onboarding_ended_the_form_proposes_no_day_that_is_refused(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_trainee(session, people.max)
    trainee.parted_at = clock.now()
    session.flush()
    make_trainee(session, people.max)
    session.commit()
    page = login(people.max).get(f"/onboarding/{people.max.id}/sales").text
    assert "An earlier onboarding has ended today" in page
    assert 'name="sold_on"' not in page
