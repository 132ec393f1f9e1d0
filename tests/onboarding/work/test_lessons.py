"""Lessons: confirmed by the trainee, in their stage, once an attempt."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.clock import now
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.work.lessons import confirm_lesson
from qcapp.onboarding.work.queries import lessons_done, lessons_of
from qcapp.people.stages import Stage
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
