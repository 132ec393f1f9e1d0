"""How well the records in the CRM are filled in: apart from the score, with n, by manager and for the department."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.checklists.card import CRM
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.service import load_card
from qcapp.people.models import User
from qcapp.reports import overview
from qcapp.reports.queries import ReviewFilter
from qcapp.reports.rules import Average, Cohort, ReviewTally, Sum, filled_in
from qcapp.reviews.models import Review
from qcapp.terms import Group, Stage
from tests.checklists.cards import item, section
from tests.reports.conftest import CARD
from tests.reports.published import GOOD, words

MONTH = ReviewFilter(datetime(2026, 10, 31, 21, tzinfo=UTC), datetime(2026, 11, 30, 21, tzinfo=UTC))
BEFORE = ReviewFilter(datetime(2026, 9, 30, 21, tzinfo=UTC), MONTH.since)
RECORD = section(CRM, item("next_step", na=True, weight=3), item("person", na=True), weight=0)
WHOLE = {"next_step": "yes", "person": "yes"}  # 100 %
PERSON = {"next_step": "no", "person": "yes"}  # 25 %
UNSEEN = {"next_step": "na", "person": "na"}

Reviewed = Callable[..., list[Review]]


@pytest.fixture
def version(session: Session) -> ChecklistVersion:
    return load_card(session, replace(CARD, sections=(*CARD.sections, RECORD)), by=None).version


def test_the_talk_and_the_record_are_told_apart(
    session: Session, people: SimpleNamespace, nina: User, reviewed: Reviewed
) -> None:
    reviewed(people.max, GOOD | WHOLE, GOOD | PERSON, GOOD | UNSEEN)
    reviewed(nina, GOOD | WHOLE)
    reviewed(nina, GOOD | PERSON, stage=Stage.INTERNSHIP)
    found = overview.overview(session, MONTH, BEFORE, by=people.olga, enough=2)
    staff = next(board for board in found.boards if board.cohort.group is Group.STAFF)
    ((manager_id, line),) = staff.lines
    assert (manager_id, line.score, line.crm) == (people.max.id, Average(3, 100.0), Average(2, 62.5))
    assert CRM not in line.sections
    assert staff.whole.crm == Average(3, 75.0)
    assert found.crm == {Group.STAFF: Average(3, 75.0), Group.TRAINEES: Average(1, None)}
    assert CRM not in found.named[staff.cohort.checklist_id].talk


def test_nothing_is_said_where_nobody_looked() -> None:
    cohort = Cohort(1, "hot", "manager")
    assert filled_in({(1, cohort): ReviewTally(Sum(9, 900.0))}, 5) == {}
    assert filled_in({(1, cohort): ReviewTally(crm=Sum(4, 200.0))}, 5) == {Group.STAFF: Average(4, None)}


def test_pages_and_file_show_it_with_its_n(
    people: SimpleNamespace, nina: User, reviewed: Reviewed, login: Callable[[User], FlaskClient]
) -> None:
    reviewed(people.max, *([GOOD | PERSON] * 5), GOOD | WHOLE)
    reviewed(nina, *([GOOD | UNSEEN] * 4), GOOD | WHOLE)
    client = login(people.olga)
    page = client.get("/results").text
    assert "CRM filled in: staff" in page
    assert "CRM filled in: trainees" not in page
    assert "too few (n = 1)" in words(page)
    alone = client.get(f"/results/managers/{people.max.id}").text
    assert "<dt>CRM filled in</dt>" in alone
    assert "37.5\u00a0%" in alone
    rows = list(csv.reader(io.StringIO(client.post("/results/export.csv").text)))
    told = [(row[3], row[6], row[7]) for row in rows if row[5] == "CRM filled in"]
    assert told == [("All together", "7", "46.4"), ("Max Manager", "6", "37.5"), ("Nina North", "1", "")]


def test_an_installation_without_such_a_section_hears_nothing_of_it(
    session: Session, people: SimpleNamespace, login: Callable[[User], FlaskClient]
) -> None:
    assert "CRM filled in" not in login(people.olga).get("/results").text
