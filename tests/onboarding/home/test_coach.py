"""The start page of a coach: what waits for a decision, an exam, a word."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.callscripts.blocks import DraftState
from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.service import acknowledge, hold_session
from qcapp.core import clock
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work.models import Deliverable
from qcapp.terms import Stage
from tests.onboarding.home.test_manager import script
from tests.onboarding.on_the_way import make_trainee

Login = Callable[..., FlaskClient]


def test_a_coach_without_anything_waiting_is_told_so(people: SimpleNamespace, login: Login) -> None:
    assert "Nothing waits for you." in login(people.tanya).get("/").text


def test_what_waits_stands_on_the_page_and_only_within_reach(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_trainee(session, people.max, Stage.EXAM)
    make_trainee(session, people.sveta, Stage.EXAM)
    now = clock.now()
    work = Deliverable(
        trainee=trainee,
        kind=DeliverableKind.REASONS,
        attempt=1,
        state=WorkState.SUBMITTED,
        rows=[],
        submitted_at=now,
        updated_at=now,
    )
    session.add(work)
    draft = script(session, people.max, DraftState.SUBMITTED)
    foreign = script(session, people.sveta, DraftState.SUBMITTED)
    session.commit()
    page = login(people.tanya).get("/").text
    assert f"/onboarding/{people.max.id}/exams" in page
    assert f"/onboarding/work/{work.id}" in page
    assert f"/scripts/drafts/{draft.id}" in page
    assert f"/onboarding/{people.sveta.id}/exams" not in page
    assert f"/scripts/drafts/{foreign.id}" not in page


def test_overdue_tasks_and_own_sessions_that_nobody_has_read(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    now = clock.now()
    task = AgreedTask("Называть цель", (now - timedelta(days=1)).date())
    held_at = now - timedelta(days=5)
    talk = hold_session(session, people.max, by=people.tanya, held_at=held_at, topic="Цель", tasks=[task])
    other = hold_session(session, people.max, by=people.roman, held_at=held_at, topic="Голос")
    session.commit()
    client = login(people.tanya)
    page = client.get("/").text
    assert "Overdue tasks" in page
    assert f"/coaching/{talk.id}#task-{talk.tasks[0].id}" in page
    assert "not read yet" in page
    assert f'href="/coaching/{talk.id}"' in page
    assert f'href="/coaching/{other.id}"' not in page
    acknowledge(session, talk, by=people.max)
    session.commit()
    assert f'href="/coaching/{talk.id}"' not in client.get("/").text
