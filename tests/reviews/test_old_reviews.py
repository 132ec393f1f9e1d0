"""Whatever becomes of a card, a review stays as it was made."""

from hypothesis import HealthCheck, assume, given, settings
from sqlalchemy.orm import Session

from qcapp.checklists.card import Card
from qcapp.checklists.faults import faults
from qcapp.checklists.models import VersionState
from qcapp.checklists.service import load_card
from qcapp.reviews import cards as review_cards
from qcapp.reviews import service
from qcapp.reviews.models import Review
from tests.checklists.cards import cards
from tests.reviews.conftest import GOOD, draft

REPEATED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


def seen(review: Review) -> tuple[object, ...]:
    return (
        review_cards.card_of(review),
        review_cards.answers_of(review),
        review.score,
        review.first_score,
        review.sections,
        review.version.number,
    )


@REPEATED
@given(cards())
def test_a_review_never_changes_when_its_card_does(
    session: Session, review: Review, people, changed: Card
) -> None:
    assume(not faults(changed))
    if review.published_at is None:
        service.save_draft(session, review, draft(review, GOOD), by=people.kira)
        service.publish_review(session, review, by=people.kira)
    session.expire_all()
    before = seen(review)
    now = load_card(session, changed, by=None).version
    assert now.state is VersionState.PUBLISHED
    session.expire_all()
    assert now.id != review.version_id
    assert seen(review) == before
