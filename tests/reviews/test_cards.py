"""Which card, and which of its items, a call is scored on: what is known of it when it took place."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.checklists.card import AppliesTo
from qcapp.checklists.service import load_card
from qcapp.reviews import cards, queries, service
from qcapp.terms import Stage
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call

TRAINEES = (Stage.COLD_PRACTICE.value, Stage.INTERNSHIP.value)


@pytest.mark.parametrize(
    ("stage", "best"),
    [(Stage.INTERNSHIP, "trainees"), (Stage.STAFF, "usual"), (None, "usual")],
)
def test_the_card_for_trainees_is_offered_first_on_calls_of_trainees_alone(
    session: Session, people: SimpleNamespace, stage: Stage | None, best: str
) -> None:
    usual = replace(card(section("s", item("hello"))), key="usual", applies_to=AppliesTo(direction=("out",)))
    own = AppliesTo(direction=("out",), stage=TRAINEES)
    for each in (usual, replace(usual, key="trainees", applies_to=own)):
        load_card(session, each, by=None)
    call = make_call(session, people.max, stage=stage)
    usable = [each.key for each in queries.usable_cards(session, call)]
    assert usable[0] == best
    assert ("trainees" in usable) == (stage is not Stage.STAFF)  # of an old call the stage is not known


@pytest.mark.parametrize(
    ("stage", "asked"), [(Stage.COLD_PRACTICE, ["hello", "script"]), (Stage.STAFF, ["hello"])]
)
def test_an_item_for_trainees_is_asked_on_calls_of_trainees_alone(
    session: Session, people: SimpleNamespace, stage: Stage, asked: list[str]
) -> None:
    script = item("script", applies_to=AppliesTo(stage=TRAINEES))
    checklist = load_card(session, card(section("s", item("hello"), script)), by=None).version.checklist
    call = make_call(session, people.max, stage=stage)
    review = service.begin_review(session, call, checklist, by=people.kira)
    assert [each.key for each in cards.card_of(review).items()] == asked
