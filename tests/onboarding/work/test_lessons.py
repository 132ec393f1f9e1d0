"""Lessons: confirmed by the trainee, in their stage, once an attempt."""

import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.clock import now
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.knowledge.models import Article
from qcapp.knowledge.service import confirm_read, create_article, publish_article
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.work.lessons import confirm_lesson
from qcapp.onboarding.work.queries import lessons_done, lessons_of
from qcapp.people.models import User
from qcapp.terms import Stage
from tests.onboarding.on_the_way import move
from tests.onboarding.working import begin_again, make_learner


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    return make_learner(session, people.max)


def test_a_lesson_is_confirmed_once(session: Session, trainee: Trainee, people: SimpleNamespace) -> None:
    done = confirm_lesson(session, trainee, "rules", by=people.max)
    assert confirm_lesson(session, trainee, "rules", by=people.max) is done
    assert lessons_done(session, trainee) == {"rules": done}
    assert session.scalars(select(AuditEntry.action)).all() == ["lesson_confirmed"]


def test_only_the_trainee_confirms(session: Session, trainee: Trainee, people: SimpleNamespace) -> None:
    for other in (people.sveta, people.tanya, people.lidia):
        with pytest.raises(Forbidden):
            confirm_lesson(session, trainee, "rules", by=other)


def test_a_lesson_belongs_to_the_stage_of_today(
    session: Session, trainee: Trainee, people: SimpleNamespace
) -> None:
    for wrong in ("greeting", "nonsense"):
        with pytest.raises(Missing, match="no such lesson"):
            confirm_lesson(session, trainee, wrong, by=people.max)


def test_lessons_of_a_stage_that_was_passed_over_are_made_up_for(
    session: Session, trainee: Trainee, people: SimpleNamespace
) -> None:
    confirm_lesson(session, trainee, "rules", by=people.max)
    move(session, trainee, Stage.EXAM, now())
    assert [lesson.key for lesson in lessons_of(session, trainee)] == ["greeting", "goal"]
    confirm_lesson(session, trainee, "goal", by=people.max)
    assert [lesson.key for lesson in lessons_of(session, trainee)] == ["greeting"]


def test_lessons_are_learnt_again_in_a_new_attempt(
    session: Session, trainee: Trainee, people: SimpleNamespace
) -> None:
    first = confirm_lesson(session, trainee, "rules", by=people.max)
    begin_again(session, trainee)
    assert lessons_done(session, trainee) == {}
    second = confirm_lesson(session, trainee, "rules", by=people.max)
    assert (first.attempt, second.attempt) == (1, 2)


def test_nothing_is_confirmed_when_the_way_has_ended(
    session: Session, trainee: Trainee, people: SimpleNamespace
) -> None:
    trainee.stages[-1].stage = Stage.STAFF
    with pytest.raises(Refused, match="over"):
        confirm_lesson(session, trainee, "rules", by=people.max)
    trainee.stages[-1].stage, trainee.parted_at = Stage.PRODUCT, now()
    session.flush()
    with pytest.raises(Refused, match="over"):
        confirm_lesson(session, trainee, "rules", by=people.max)


def published(session: Session, people: SimpleNamespace, key: str) -> Article:
    article = create_article(session, title="Регламент", body="Как мы работаем.", key=key, by=people.tanya)
    publish_article(session, article, by=people.tanya)
    return article


def test_a_lesson_with_an_article_is_learnt_by_reading_it(
    session: Session, trainee: Trainee, people: SimpleNamespace
) -> None:
    article = published(session, people, "rules")
    with pytest.raises(Refused, match="Open the article"):
        confirm_lesson(session, trainee, "rules", by=people.max)
    confirm_read(session, article, 1, by=people.sveta)
    assert lessons_done(session, trainee) == {}
    confirm_read(session, article, 1, by=people.max)
    assert list(lessons_done(session, trainee)) == ["rules"]
    begin_again(session, trainee)
    assert lessons_done(session, trainee) == {}
    confirm_read(session, article, 1, by=people.max)  # the receipt is an old one
    assert list(lessons_done(session, trainee)) == ["rules"]


def test_the_page_has_one_button_that_leads_to_the_article_and_back(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Callable[[User], FlaskClient]
) -> None:
    article = published(session, people, "rules")
    confirm_read(session, article, 1, by=people.max)
    begin_again(session, trainee)
    session.commit()
    client = login(people.max)
    page = client.get(f"/onboarding/{people.max.id}/work").text
    assert "I have learnt this" not in page
    [link] = re.findall(r'href="(/knowledge/ask[^"]*)"', page)
    shown = client.get(unescape(link), follow_redirects=True)
    assert "I have read it" in shown.text
    origin = unescape(re.search(r'name="origin" value="([^"]+)"', shown.text)[1])
    read = client.post(f"/knowledge/{article.id}/read", data={"wording": 1, "origin": origin})
    assert read.location == f"/onboarding/{people.max.id}/work#lessons"
    assert "/knowledge/ask" in client.get(read.location).text
    session.expire_all()
    assert list(lessons_done(session, trainee)) == ["rules"]
