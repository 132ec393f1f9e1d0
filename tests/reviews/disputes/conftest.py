"""A review of Max's call with two bad answers, and Max's dispute over them."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.scoring import Answer
from qcapp.reviews.disputes import service
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.disputes.rules import ContestedAnswer
from qcapp.reviews.models import Review
from tests.reviews.conftest import GOOD

BAD = GOOD | {"hello": Answer("no", "Не поздоровался"), "voice": Answer("2", "Монотонно")}
ASKED = (
    ContestedAnswer("hello", "yes", "Я поздоровался на второй секунде"),
    ContestedAnswer("voice", "5", "Спокойный голос"),
)


@pytest.fixture
def published(call: Call, people: SimpleNamespace, publish: Callable[..., Review]) -> Review:
    return publish(call, people.kira, BAD)


@pytest.fixture
def dispute(session: Session, published: Review, people: SimpleNamespace) -> Dispute:
    opened = service.open_dispute(session, published, ASKED, 48, by=people.max)
    session.commit()
    return opened
