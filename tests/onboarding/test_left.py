"""Whoever does not work here any more: nothing is entered, judged or decided about him, and no page offers it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.callscripts import queries as script_queries
from qcapp.callscripts import service as scripts
from qcapp.core import local
from qcapp.core.errors import Refused
from qcapp.onboarding import stages
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.sales import queries as sale_queries
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work import answers, deliverables
from qcapp.onboarding.work import queries as work_queries
from qcapp.people.models import User
from qcapp.people.service import deactivate_user, reactivate_user
from qcapp.terms import Stage
from tests.callscripts.scripts import hand_in
from tests.onboarding.exam_hall import EXAMINED, make_examinee
from tests.onboarding.working import FULL, typed

Login = Callable[[User], FlaskClient]


def test_nothing_is_done_about_who_has_left_and_everything_after_he_is_back(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_examinee(session, people.max)
    assert EXAMINED["key"] == trainee.program.key
    work = deliverables.open_deliverable(session, trainee, DeliverableKind.SPVE, by=people.max)
    deliverables.save(session, work, typed([*FULL, FULL[0]]), by=people.max)
    submission = deliverables.submit(session, work, by=people.max)
    draft = hand_in(session, people.max)
    sale = sales.enter_sale(session, people.max, sold_on=local.today(), by=people.max)
    exam = exams.begin_exam(session, trainee, by=people.tanya)
    session.commit()
    number = people.max.id
    offers = {
        f"/onboarding/work/{work.id}": (people.tanya, 'data-module="work_answer"'),
        f"/onboarding/{number}/exams": (people.tanya, f'href="/exams/{exam.id}"'),
        f"/onboarding/{number}/sales": (people.roman, "Enter a sale"),
        f"/onboarding/sales/{sale.id}": (people.roman, "/decide"),
        f"/onboarding/{number}": (people.hanna, f"/onboarding/{number}/coach"),
        f"/scripts/drafts/{draft.id}": (people.tanya, f"/scripts/drafts/{draft.id}/decision"),
    }
    lists = (
        lambda: work_queries.waiting(session, people.tanya),
        lambda: script_queries.waiting(session, people.tanya),
        lambda: sale_queries.waiting(session, people.roman),
    )
    deeds = (
        lambda: answers.accept_work(session, submission, by=people.tanya),
        lambda: scripts.approve_draft(session, draft, by=people.tanya),
        lambda: sales.confirm_sale(session, sale, by=people.roman),
        lambda: sales.enter_sale(session, people.max, sold_on=local.today(), by=people.roman),
        lambda: exams.begin_exam(session, trainee, by=people.tanya),
        lambda: exams.finish_exam(session, exam, by=people.tanya),
        lambda: stages.choose_coach(session, trainee, people.tanya, by=people.hanna),
    )

    def offered() -> list[bool]:
        found = []
        for address, (person, mark) in offers.items():
            answer = login(person).get(address)
            assert answer.status_code == 200, address
            found.append(mark in answer.text)
        return found

    assert offered() == [True] * len(offers)
    assert [len(each()) for each in lists] == [1, 1, 1]
    deactivate_user(session, people.max, by=people.anna)
    session.commit()
    assert offered() == [False] * len(offers)
    assert [len(each()) for each in lists] == [0, 0, 0]
    for deed in deeds:
        with pytest.raises(Refused, match="does not work here"):
            deed()
    session.rollback()
    reactivate_user(session, people.max, by=people.anna)
    session.commit()
    assert [len(each()) for each in lists] == [1, 1, 1]
    assert trainee.stages[-1].stage is Stage.EXAM
    assert answers.accept_work(session, submission, by=people.tanya).accepted
