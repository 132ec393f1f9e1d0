"""Who has to act learns it: a coach has left, a trainee's account was closed, the department parts with a trainee."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.onboarding import leaving, stages
from qcapp.onboarding.home.training import to_train
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work import deliverables
from qcapp.people import service as people_service
from qcapp.people.models import Notice, User
from qcapp.terms import Role, Stage
from tests.callscripts.scripts import hand_in
from tests.factories.people import make_user
from tests.onboarding.on_the_way import make_trainee
from tests.onboarding.working import FULL, make_learner, typed

Login = Callable[[User], FlaskClient]


def close(session: Session, user: User, by: User) -> None:
    people_service.deactivate_user(session, user, by=by)


def change_role(session: Session, user: User, by: User) -> None:
    facts = {"name": user.name, "team": None, "extensions": (), "email": None, "locale": None}
    people_service.change_user(session, user, by=by, role=Role.ADMIN, **facts)


def left(session: Session) -> None:
    """What a worker does after the commit, twice."""
    session.commit()
    for _twice in (1, 2):
        for trainee_id in leaving.left_alone():
            leaving.coach_left(trainee_id)
    session.expire_all()


def told(session: Session, kind: str) -> list[str]:
    """The logins of those who have such a notice."""
    notices = select(User.login).join(Notice, Notice.user_id == User.id).where(Notice.kind == kind)
    return sorted(session.scalars(notices))


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    """Max, trained by Tanya, has handed in the SPVE table and a script."""
    trainee = make_learner(session, people.max)
    stages.choose_coach(session, trainee, people.tanya, by=people.hanna)
    work = deliverables.open_deliverable(session, trainee, DeliverableKind.SPVE, by=people.max)
    deliverables.save(session, work, typed([*FULL, FULL[0]]), by=people.max)
    deliverables.submit(session, work, by=people.max)
    hand_in(session, people.max)
    session.commit()
    return trainee


def waiting_for(session: Session, user: User) -> tuple[int, int, int]:
    found = to_train(session, user)
    return len(found.exams), len(found.works), len(found.drafts)


@pytest.mark.parametrize("go", [close, change_role])
def test_whose_coach_has_left_waits_for_whoever_else_may_train(
    session: Session, people: SimpleNamespace, trainee: Trainee, login: Login, go: Callable[..., None]
) -> None:
    assert (waiting_for(session, people.tanya), waiting_for(session, people.lidia)) == ((0, 1, 1), (0, 0, 0))
    assert "To read and decide" not in login(people.lidia).get("/").text
    go(session, people.tanya, people.anna)
    left(session)
    assert (trainee.coach, trainee.manager.coach_id) == (None, None)
    assert told(session, "trainee_coach_left") == ["hanna", "lidia", "roman"]
    assert told(session, "spve_submitted") == ["lidia", "tanya"]  # Tanya was told when it was handed in
    assert (waiting_for(session, people.tanya), waiting_for(session, people.lidia)) == ((0, 0, 0), (0, 1, 1))
    assert "To read and decide" in login(people.lidia).get("/").text
    for page in ("/board", "/onboarding/", "/onboarding/work"):
        assert "no coach" in login(people.lidia).get(page).text


def test_a_coach_who_only_waits_to_be_confirmed_stays(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    people_service.reset_password(session, people.tanya, by=people.anna)
    left(session)
    assert trainee.coach is people.tanya
    assert told(session, "trainee_coach_left") == []


def test_exams_wait_for_the_coach_alone(session: Session, people: SimpleNamespace) -> None:
    boris = make_user(session, "Boris Coach", Role.COACH, people.north)
    trainee = make_trainee(session, people.max, Stage.EXAM)
    trainers = (people.tanya, boris, people.lidia)
    assert [waiting_for(session, each)[0] for each in trainers] == [1, 1, 1]
    stages.choose_coach(session, trainee, boris, by=people.hanna)
    assert [waiting_for(session, each)[0] for each in trainers] == [0, 1, 0]


def test_a_closed_account_of_somebody_on_the_way_is_told(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    close(session, people.sveta, people.anna)  # who is on no way
    assert told(session, "trainee_interrupted") == []
    close(session, trainee.manager, people.anna)
    assert told(session, "trainee_interrupted") == ["hanna", "roman", "tanya"]


def test_everybody_who_has_to_act_learns_of_a_parting(
    session: Session, people: SimpleNamespace, trainee: Trainee, login: Login
) -> None:
    stages.move(session, trainee, Happening.PART, why="Прогулы", by=people.olga)
    session.commit()
    assert told(session, "parted") == ["max"]
    assert told(session, "trainee_parted") == ["hanna", "lidia", "roman", "tanya"]
    assert told(session, "parted_account_open") == ["anna"]
    home = login(people.max).get("/").text
    assert "Your onboarding ended on" in home
    assert "Прогулы" in home
    assert "All done" not in home
