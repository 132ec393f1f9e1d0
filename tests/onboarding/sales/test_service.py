"""Sales: reported by the manager or the head, confirmed by somebody else, and only then counted."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.record import record_of
from qcapp.onboarding.sales import queries
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.sales.service import confirm_sale, enter_sale, refuse_sale, take_back_sale
from qcapp.onboarding.states import SaleState
from qcapp.people.models import Notice
from qcapp.people.notice_words import sentence
from qcapp.terms import Stage
from tests.onboarding.on_the_way import make_trainee

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def on_that_day() -> Iterator[None]:
    with time_machine.travel("2026-11-20T09:00:00Z", tick=True):
        yield


@pytest.fixture
def sale(session: Session, people: SimpleNamespace) -> Sale:
    """Max's sale of today, as he has entered it."""
    return enter_sale(
        session,
        people.max,
        sold_on=TODAY,
        amount=Decimal("150000.50"),
        crm_ref=" deal-17 ",
        comment="Сайт",
        by=people.max,
    )


def told(session: Session, kind: str) -> list[str]:
    found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [notice.user.login for notice in found]


def test_a_sale_is_entered_and_who_may_confirm_is_told(
    session: Session, sale: Sale, people: SimpleNamespace
) -> None:
    assert (sale.state, sale.amount, sale.crm_ref) == (SaleState.ENTERED, Decimal("150000.50"), "deal-17")
    assert sorted(told(session, "sale_to_confirm")) == ["lidia", "olga", "roman"]
    notice = session.scalars(select(Notice).order_by(Notice.id)).first()
    assert notice is not None
    assert sentence(notice) == "Max Manager reports a sale of 20 Nov 2026. Please confirm or refuse it."
    assert queries.waiting(session, people.roman) == queries.waiting(session, people.lidia) == [sale]
    assert queries.waiting(session, people.oleg) == queries.waiting(session, people.max) == []


def test_only_the_manager_and_his_head_enter_it(session: Session, people: SimpleNamespace) -> None:
    for wrong in (people.sveta, people.oleg, people.tanya, people.lidia, people.olga, people.hanna):
        with pytest.raises(Forbidden):
            enter_sale(session, people.max, sold_on=TODAY, by=wrong)
    assert enter_sale(session, people.max, sold_on=TODAY, by=people.roman).entered_by is people.roman


def test_what_cannot_be_is_refused(session: Session, sale: Sale, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="future"):
        enter_sale(session, people.max, sold_on=TODAY + timedelta(days=1), by=people.max)
    with pytest.raises(Refused, match="more than nothing"):
        enter_sale(session, people.max, sold_on=TODAY, amount=Decimal(0), by=people.max)
    with pytest.raises(Refused, match="“deal-17” has been entered already"):
        enter_sale(session, people.sveta, sold_on=TODAY, crm_ref="deal-17", by=people.sveta)


def test_a_sale_from_before_the_first_day_is_refused(session: Session, people: SimpleNamespace) -> None:
    trainee = make_trainee(session, people.max)
    with pytest.raises(Refused, match="before the first day"):
        enter_sale(session, people.max, sold_on=trainee.started_on - timedelta(days=1), by=people.max)
    assert enter_sale(session, people.max, sold_on=trainee.started_on, by=people.max)


def test_today_is_the_day_here(session: Session, people: SimpleNamespace) -> None:
    with time_machine.travel("2026-11-20T22:30:00Z"):  # already the 21st in Moscow
        assert enter_sale(session, people.max, sold_on=date(2026, 11, 21), by=people.max)


def test_nobody_confirms_what_he_has_sold_or_entered(
    session: Session, sale: Sale, people: SimpleNamespace
) -> None:
    for wrong in (people.max, people.oleg, people.kira, people.tanya, people.hanna):
        with pytest.raises(Forbidden):
            confirm_sale(session, sale, by=wrong)
    of_the_head = enter_sale(session, people.max, sold_on=TODAY, by=people.roman)
    with pytest.raises(Forbidden, match="entered by him"):
        confirm_sale(session, of_the_head, by=people.roman)
    assert sorted(told(session, "sale_to_confirm")) == ["lidia", "lidia", "olga", "olga", "roman"]
    assert queries.waiting(session, people.roman) == [sale]


def test_a_confirmed_sale_counts_for_the_trainee(
    session: Session, sale: Sale, people: SimpleNamespace
) -> None:
    trainee = make_trainee(session, people.max)
    assert [each.confirmed for each in record_of(session, trainee).sales] == [False]
    confirm_sale(session, sale, by=people.roman)
    assert (sale.state, sale.decided_by) == (SaleState.CONFIRMED, people.roman)
    assert [each.confirmed for each in record_of(session, trainee).sales] == [True]
    assert told(session, "sale_confirmed") == ["max"]
    with pytest.raises(Refused, match="decided already"):
        refuse_sale(session, sale, "Нет", by=people.lidia)


def test_a_refused_sale_says_why_and_may_be_entered_anew(
    session: Session, sale: Sale, people: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="Say why"):
        refuse_sale(session, sale, " ", by=people.lidia)
    refuse_sale(session, sale, "Оплаты не было", by=people.lidia)
    assert (sale.state, sale.reason) == (SaleState.REFUSED, "Оплаты не было")
    assert told(session, "sale_refused") == ["max"]
    again = enter_sale(session, people.max, sold_on=TODAY, crm_ref="deal-17", by=people.max)
    assert queries.sales_of(session, people.max) == ([again, sale], None)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["sale_entered", "sale_refused", "sale_entered"]


def test_a_confirmation_is_taken_back_with_a_reason(
    session: Session, sale: Sale, people: SimpleNamespace
) -> None:
    trainee = make_trainee(session, people.max)
    confirm_sale(session, sale, by=people.roman)
    for nobody in (people.max, people.oleg, people.hanna):
        with pytest.raises(Forbidden):
            take_back_sale(session, sale, "Договор расторгнут", by=nobody)
    with pytest.raises(Refused, match="Say why"):
        take_back_sale(session, sale, " ", by=people.lidia)
    take_back_sale(session, sale, "Договор расторгнут", by=people.lidia)
    assert (sale.state, sale.reason, sale.decided_by) == (
        SaleState.REFUSED,
        "Договор расторгнут",
        people.lidia,
    )
    assert record_of(session, trainee).sales == ()
    assert told(session, "sale_taken_back") == ["max"]
    assert told(session, "cleared_without_sale") == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "sale_taken_back")).one()
    assert (entry.by_id, entry.diff["reason"]) == (people.lidia.id, "Договор расторгнут")
    with pytest.raises(Refused, match="Only a confirmed sale"):
        take_back_sale(session, sale, "Ещё раз", by=people.lidia)


def test_a_clearance_that_rested_on_the_sale_stays_and_whoever_decides_is_told(
    session: Session, sale: Sale, people: SimpleNamespace
) -> None:
    trainee = make_trainee(session, people.max)
    confirm_sale(session, sale, by=people.roman)
    clearance.grant_clearance(session, people.max, by=people.olga)
    take_back_sale(session, sale, "Договор расторгнут.", by=people.roman)
    assert trainee.stages[-1].stage is Stage.STAFF
    assert sorted(told(session, "cleared_without_sale")) == ["lidia", "olga"]
    notice = session.scalars(select(Notice).where(Notice.kind == "cleared_without_sale")).first()
    assert notice is not None
    assert notice.path == f"/clearance/{people.max.id}"
    assert "Договор расторгнут. Decide whether the clearance stays." in sentence(notice)
