"""Generated data holds together as if people had made it, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, selectinload

from qcapp import create_app
from qcapp.calls import listing
from qcapp.calls.models import Call, Client, Recording
from qcapp.calls.queries import CallFilter
from qcapp.checklists import scoring
from qcapp.checklists.models import Item, Section
from qcapp.core import text_search
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.ops.seed import fill
from qcapp.ops.seed.figures import SeedFigures, draw
from qcapp.people.models import User
from qcapp.reviews import cards
from qcapp.reviews.models import Answer, Review, ReviewState
from qcapp.settings import ROOT, Settings
from qcapp.terms import Role
from qcapp.transcripts.models import Segment, SpeechMetrics, Transcription
from tests.databases import KINDS, fresh_url, open_database

CALLS, REVIEWS = 1500, 200


def seeded(database: Database, **wanted: int) -> None:
    numbers = {"calls_wanted": CALLS, "reviews_wanted": REVIEWS, "seed": 7} | wanted
    fill(database, **numbers, cards=ROOT / "checklists", say=lambda _sentence: None)


@pytest.fixture(scope="module", params=KINDS)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("seeded")
    with fresh_url(request.param, folder) as url:
        database = open_database(url)
        Base.metadata.create_all(database.engine)
        app = create_app(Settings(data_dir=folder / "var", secret_key="for tests only"), database)
        app.config.update(TESTING=True)
        with app.app_context():
            seeded(database)
        yield app
        database.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context(), app.extensions["qcapp_database"].reading() as session:
        yield session


def count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_it_makes_as_much_as_was_asked_for(session: Session) -> None:
    assert count(session, Call) == CALLS
    assert count(session, Review) == REVIEWS
    assert count(session, Transcription) == count(session, SpeechMetrics) > CALLS / 3
    assert count(session, Segment) > 0


def test_every_reference_leads_somewhere(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":  # PostgreSQL has checked each row
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_calls_are_numbered_in_the_order_of_time(session: Session) -> None:
    moments = session.scalars(select(Call.started_at).order_by(Call.id)).all()
    assert moments == sorted(moments)


def test_contacts_with_a_client_are_counted_from_one(session: Session) -> None:
    client_id = session.scalar(
        select(Call.client_id).group_by(Call.client_id).order_by(func.count().desc()).limit(1)
    )
    numbers = session.scalars(
        select(Call.contact_no).where(Call.client_id == client_id).order_by(Call.started_at, Call.id)
    ).all()
    assert len(numbers) > 3
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_phones_of_clients_differ(session: Session) -> None:
    assert count(session, Client) == session.scalar(select(func.count(Client.phone.distinct())))


def test_only_calls_in_which_somebody_spoke_have_a_recording(session: Session) -> None:
    silent = select(func.count()).select_from(Recording).join(Recording.call).where(Call.talk_s == 0)
    assert session.scalar(silent) == 0


def test_every_transcribed_call_is_in_the_search_index(session: Session) -> None:
    transcribed = session.scalar(select(func.count()).where(Call.transcribed_at.is_not(None)))
    assert session.scalar(text("SELECT count(*) FROM transcript_search")) == transcribed


def test_what_a_turn_says_is_found(session: Session) -> None:
    segment = session.scalars(select(Segment).order_by(Segment.id)).first()
    assert segment is not None
    call = segment.transcription.call
    reader = session.scalars(select(User).where(User.role == Role.QC)).first()
    wanted = CallFilter(query=text_search.parse(segment.text), manager_id=call.manager_id)
    assert reader is not None
    assert call.id in {found.id for found in listing.call_page(session, wanted, by=reader).calls}


def test_scores_are_those_of_the_rule(session: Session) -> None:
    published = select(Review).where(Review.state == ReviewState.PUBLISHED).limit(20)
    for review in session.scalars(published.options(selectinload(Review.answers))):
        result = scoring.score(cards.card_of(review), cards.answers_of(review))
        assert review.score == pytest.approx(cards.per_cent(result.total))
        assert review.first_score == review.score
        assert review.sections == {each.key: cards.per_cent(each.share) for each in result.sections}


def test_published_reviews_lack_nothing(session: Session) -> None:
    for review in session.scalars(select(Review).where(Review.state == ReviewState.PUBLISHED).limit(20)):
        assert scoring.missing(cards.card_of(review), cards.answers_of(review)) == ()


def test_answers_belong_to_the_version_of_their_review(session: Session) -> None:
    strange = (
        select(func.count())
        .select_from(Answer)
        .join(Answer.review)
        .join(Answer.item)
        .join(Item.section)
        .where(Section.version_id != Review.version_id)
    )
    assert session.scalar(strange) == 0


def test_a_call_is_scored_when_its_review_is_published(session: Session) -> None:
    scored = session.scalar(select(func.count()).where(Call.scored_at.is_not(None)))
    assert scored == session.scalar(select(func.count()).where(Review.state == ReviewState.PUBLISHED))


def test_new_rows_get_new_ids(app: Flask) -> None:
    with app.extensions["qcapp_database"].transaction() as session:
        last = session.scalar(select(func.max(Client.id)))
        added = Client(phone="+70000000001")
        session.add(added)
        session.flush()
        assert added.id == last + 1
        session.rollback()


def test_it_refuses_a_database_that_has_calls(app: Flask) -> None:
    with app.app_context(), pytest.raises(Refused):
        seeded(app.extensions["qcapp_database"])


@pytest.fixture
def empty(database_url: str, tmp_path) -> Iterator[Database]:
    database = open_database(database_url)
    Base.metadata.create_all(database.engine)
    settings = Settings(data_dir=tmp_path / "var", locale="en", secret_key="for tests only")
    with create_app(settings, database).app_context():
        yield database
    database.engine.dispose()


def test_it_refuses_more_reviews_than_there_can_be_and_leaves_nothing(empty: Database) -> None:
    with pytest.raises(Refused, match="fewer reviews"):
        seeded(empty, calls_wanted=200, reviews_wanted=190)
    with empty.reading() as session:
        assert count(session, User) == 0


def test_the_same_number_gives_the_same_calls() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    first, second = (draw(np.random.default_rng(7), 500, 8, now) for _time in range(2))
    for name in SeedFigures.__dataclass_fields__:
        assert np.array_equal(getattr(first, name), getattr(second, name))


def test_calls_lie_within_three_years_and_mostly_on_working_days() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    moments = [
        datetime.fromtimestamp(second, UTC)
        for second in draw(np.random.default_rng(7), 2000, 8, now).started.tolist()
    ]
    assert now - timedelta(days=3 * 366) < min(moments) <= max(moments) < now
    assert sum(moment.weekday() < 5 for moment in moments) > 0.9 * len(moments)


def test_it_can_do_without_reviews(empty: Database) -> None:
    seeded(empty, calls_wanted=100, reviews_wanted=0)
    with empty.reading() as session:
        assert (count(session, Call), count(session, Review)) == (100, 0)
