"""What the rules are told of a trainee's calls: whether a critical error was made, however far it reached."""

from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.checklists.card import Critical
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.onboarding.record import record_of
from qcapp.terms import Stage
from tests.checklists.cards import card, item, section
from tests.onboarding.on_the_way import make_trainee
from tests.reports.published import publish


@pytest.mark.parametrize("reach", Critical)
@pytest.mark.parametrize("polite", ["yes", "no"])
def test_a_failed_critical_item_is_a_critical_error_of_its_section_as_of_the_whole_call(
    session: Session, people: SimpleNamespace, reach: Critical, polite: str
) -> None:
    asked = card(section("greeting", item("hello")), section("manners", item("polite", critical=reach)))
    version = load_card(session, asked, by=None).version
    trainee = make_trainee(session, people.max, Stage.COLD_PRACTICE)
    review = publish(session, people.max, version, people.kira, {"hello": "yes", "polite": polite})
    review.call.started_at = clock.now()
    session.flush()
    (scored,) = record_of(session, trainee).calls
    assert scored.review_id == review.id
    assert scored.critical == (polite == "no" and reach is not Critical.NONE)
