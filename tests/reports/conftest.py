"""A clock that stands in November, a small card in force, a third manager, and reviews made of a few words."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.checklists.card import Critical, Reason
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.reviews.models import Review
from qcapp.terms import Role
from tests.checklists.cards import card, item, scale, section
from tests.factories.people import make_user
from tests.reports.published import NOVEMBER, publish

CARD = card(
    section(
        "greeting",
        item("hello", na=True),
        item("name", na=True, reasons=(Reason("mumbled", {"ru": "Неразборчиво", "en": "Mumbled"}),)),
        weight=50,
    ),
    section("manners", scale("voice", 2, 5, na=True), item("polite", critical=Critical.CALL), weight=50),
)


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOVEMBER.replace(day=20))


@pytest.fixture
def version(session: Session) -> ChecklistVersion:
    return load_card(session, CARD, by=None).version


@pytest.fixture
def nina(session: Session, people: SimpleNamespace) -> User:
    """A second manager of Roman's team."""
    return make_user(session, "Nina North", Role.MANAGER, people.north, "202")


@pytest.fixture
def reviewed(
    session: Session, version: ChecklistVersion, people: SimpleNamespace
) -> Callable[..., list[Review]]:
    """``reviewed(manager, answers, answers, …, at=…)`` publishes a review by Kira for each."""

    def reviewed(manager: User | None, *each: dict[str, str], **fields: object) -> list[Review]:
        made = [publish(session, manager, version, people.kira, answers, **fields) for answers in each]  # type: ignore[arg-type]
        session.commit()
        return made

    return reviewed
