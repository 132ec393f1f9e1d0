"""The start page of a manager: one thing to do next, and all that waits."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.callscripts.blocks import Block, DraftState
from qcapp.callscripts.models import BlockComment, CallScript, ScriptDraft
from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.service import acknowledge, hold_session
from qcapp.core import clock, local
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.states import WorkState
from qcapp.onboarding.work.models import Deliverable
from qcapp.people.models import User
from qcapp.reviews import service as reviewing
from qcapp.reviews.models import Review
from qcapp.reviews.queue.assignments import assign
from qcapp.terms import LeadSource, Stage
from tests.factories.calls import make_call
from tests.onboarding.exam_hall import FAILED, make_examinee, marks
from tests.onboarding.on_the_way import PROGRAM, declare, make_trainee
from tests.onboarding.working import make_learner
from tests.reviews.conftest import call, checklist, publish  # noqa: F401 (fixtures)
from tests.statements import statements

Login = Callable[..., FlaskClient]
Publish = Callable[..., Review]


def next_thing(client: FlaskClient) -> tuple[str, str | None]:
    """The sentence on top of the page, and where its button leads."""
    page = client.get("/").text
    sentence = re.search(r'class="next-sentence[^"]*">(.*?)</p>', page, re.DOTALL)
    button = re.search(r'next-button" href="([^"]*)"', page)
    assert sentence is not None
    return sentence[1].strip(), button[1] if button else None


def write_down(session: Session, people: SimpleNamespace, *, due_in: int = 7) -> CoachingSession:
    now = clock.now()
    task = AgreedTask("Называть цель", (now + timedelta(days=due_in)).date())
    held_at = now - timedelta(days=30)
    return hold_session(session, people.max, by=people.tanya, held_at=held_at, topic="Цель", tasks=[task])


def script(session: Session, manager: User, state: DraftState) -> ScriptDraft:
    now = clock.now()
    draft = ScriptDraft(
        script=CallScript(manager=manager, created_at=now),
        number=1,
        state=state,
        blocks={},
        author=manager,
        submitted_at=now,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def test_whoever_is_new_is_told_whom_to_wait_for(people: SimpleNamespace, login: Login) -> None:
    client = login(people.max)
    sentence, address = next_thing(client)
    assert "HR begins your onboarding" in sentence
    assert client.get(address).status_code == 200


def test_staff_without_anything_open_is_told_so(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    declare(session, people.max, people.olga)
    session.commit()
    client = login(people.max)
    assert next_thing(client) == ("All done: nothing waits for you.", None)
    assert "On the way to hot leads" not in client.get("/").text


def test_others_keep_their_start_page(people: SimpleNamespace, login: Login) -> None:
    for who in (people.kira, people.olga, people.roman):
        page = login(who).get("/").text
        assert "next-sentence" not in page
        assert "Latest published" in page


def test_an_unread_review_comes_before_an_unread_session(
    session: Session,
    call: Call,  # noqa: F811
    publish: Publish,  # noqa: F811
    people: SimpleNamespace,
    login: Login,
) -> None:
    declare(session, people.max, people.olga)
    talk = write_down(session, people)
    review = publish(call, people.kira)
    client = login(people.max)
    assert next_thing(client)[1] == f"/reviews/{review.id}"
    reviewing.acknowledge(session, review, by=people.max)
    session.commit()
    assert next_thing(client)[1] == f"/coaching/{talk.id}"
    acknowledge(session, talk, by=people.max)
    session.commit()
    assert next_thing(client) == ("All done: nothing waits for you.", None)
    assert f"/coaching/{talk.id}#task-{talk.tasks[0].id}" in client.get("/").text


def test_several_unread_reviews_are_counted(
    session: Session,
    call: Call,  # noqa: F811
    publish: Publish,  # noqa: F811
    people: SimpleNamespace,
    login: Login,
) -> None:
    first = publish(call, people.kira)
    publish(make_call(session, people.max), people.kira)
    sentence, url = next_thing(login(people.max))
    assert sentence.startswith("2 of your calls")
    assert url == f"/reviews/{first.id}"


def test_an_overdue_task_comes_first_until_it_can_be_checked(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    talk = write_down(session, people, due_in=-1)
    session.commit()
    client = login(people.max)
    sentence, url = next_thing(client)
    assert "Называть цель" in sentence
    assert url == f"/coaching/{talk.id}#task-{talk.tasks[0].id}"
    talk.tasks[0].recheck_call = make_call(session, people.max)
    session.commit()
    assert next_thing(client)[1] == f"/coaching/{talk.id}"
    assert "can be checked" in client.get("/").text


def test_a_returned_script_comes_with_its_comments(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    draft = script(session, people.max, DraftState.RETURNED)
    session.add(
        BlockComment(
            draft=draft, block=Block.GOAL, text="Скажите цель одной фразой", by=people.tanya, at=clock.now()
        )
    )
    write_down(session, people, due_in=-1)
    session.commit()
    client = login(people.max)
    assert next_thing(client)[1] == f"/scripts/of/{people.max.id}"
    assert "Скажите цель одной фразой" in client.get("/").text
    assert "Скажите цель одной фразой" not in login(people.sveta).get("/").text


def test_a_trainee_is_told_the_next_step_and_what_is_missing(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_learner(session, people.max)
    session.commit()
    client = login(people.max)
    assert next_thing(client)[1] == f"/onboarding/{people.max.id}/work/spve"
    page = client.get("/").text
    assert "On the way to hot leads" in page
    assert "Reasons to buy: 0 of 3" in page
    assert f"/clearance/{people.max.id}" in page
    work = Deliverable(
        trainee=trainee, kind="spve", attempt=1, state=WorkState.RETURNED, rows=[], updated_at=clock.now()
    )
    session.add(work)
    session.commit()
    sentence, url = next_thing(client)
    assert "has come back" in sentence
    assert url == f"/onboarding/{people.max.id}/work/spve"


def test_a_sale_that_waits_is_shown_and_not_asked_for_again(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    make_trainee(session, people.max, Stage.INTERNSHIP)
    session.commit()
    client = login(people.max)
    assert next_thing(client)[1] == f"/onboarding/{people.max.id}/sales"
    sales.enter_sale(session, people.max, sold_on=local.today(), crm_ref="CRM-17", by=people.max)
    session.commit()
    sentence, url = next_thing(client)
    assert sentence == (
        "Confirmed sales: 0 of 1, waits for confirmation. "
        "Somebody else confirms the sale: Lidia Lead, Olga Owner, Roman Head."
    )
    assert url == f"/clearance/{people.max.id}"
    page = client.get("/").text
    assert "CRM-17" in page
    assert "day 1 of 7" in page
    assert "The last day is" in page


def test_after_a_failed_exam_the_page_says_why_everything_begins_anew(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_examinee(session, people.max)
    exam = exams.begin_exam(session, trainee, by=people.tanya)
    exams.save_exam(session, exam, marks(FAILED), by=people.tanya)
    exams.finish_exam(session, exam, by=people.tanya)
    session.commit()
    page = login(people.max).get("/").text
    assert "attempt 2" in page
    assert "The exam was not passed" in page
    assert f"/exams/{exam.id}" in page


@pytest.mark.parametrize("stage", [Stage.STAFF, Stage.COLD_PRACTICE])
def test_the_page_asks_the_database_little(
    session: Session,
    call: Call,  # noqa: F811
    publish: Publish,  # noqa: F811
    people: SimpleNamespace,
    login: Login,
    stage: Stage,
) -> None:
    make_trainee(session, people.max, stage)
    for _number in range(3):
        publish(make_call(session, people.max), people.kira)
        write_down(session, people)
    session.commit()
    client = login(people.max)
    with statements(session) as asked:
        assert client.get("/").status_code == 200
    assert len(asked) <= 30


def test_a_trainee_who_needs_better_calls_is_led_to_what_was_said_of_them_and_at_last_told_who_decides(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_trainee(session, people.max, Stage.COLD_PRACTICE)
    stages = [dict(plan) for plan in PROGRAM["stages"]]
    stages[3]["conditions"] = [{"kind": "scored_calls", "count": 5}]
    stages[4]["conditions"] = []
    trainee.program.document = PROGRAM | {"stages": stages}
    session.commit()
    assert next_thing(login(people.max)) == ("Make calls: 0 of 5 are scored.", "/reviews")
    trainee.program.document = PROGRAM | {"stages": [dict(plan, conditions=[]) for plan in stages]}
    session.commit()
    sentence = (
        "Every condition is met. The owner or the head of quality control decides about hot leads now: "
        "Lidia Lead, Olga Owner."
    )
    client = login(people.max)
    assert next_thing(client)[0] == sentence
    assert client.get("/").text.count(sentence) == 2


def test_a_trainee_whose_calls_are_picked_waits_for_quality_control(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_trainee(session, people.max, Stage.COLD_PRACTICE)
    stages = [dict(plan, conditions=[]) for plan in PROGRAM["stages"]]
    stages[3]["conditions"] = [
        {"kind": "scored_calls", "count": 1},
        {"kind": "score", "last": 1, "score": 60},
    ]
    trainee.program.document = PROGRAM | {"stages": stages}
    cold = {"stage": Stage.COLD_PRACTICE, "lead_source": LeadSource.COLD, "started_at": clock.now()}
    made = make_call(session, people.max, **cold)
    assign(session, [made], reviewer=people.kira, due_at=clock.now(), by=people.lidia)
    session.commit()
    assert next_thing(login(people.max)) == (
        "Scored calls: 0 of 1, the calls for it wait to be scored. Quality control scores now: Lidia Lead.",
        f"/clearance/{people.max.id}",
    )
    told = "waits for quality control to score calls: Lidia Lead"
    assert told in login(people.olga).get("/board").text
