"""A trainee's ordinary work and what others decide, by the services, on a program that asks for everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call
from qcapp.callscripts import service as scripts
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import CallScript, ScriptDraft
from qcapp.checklists.models import Checklist
from qcapp.checklists.service import load_card
from qcapp.core import clock, events, local
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding import stages
from qcapp.onboarding.by_hand import service as by_hand
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.queries import Standing, standings_of
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import DeliverableKind, SaleState
from qcapp.onboarding.work import answers, deliverables, lessons
from qcapp.onboarding.work.models import Deliverable
from qcapp.onboarding.work.queries import lessons_of
from qcapp.people import service as persons
from qcapp.people.models import User
from qcapp.reviews import service as reviews
from qcapp.terms import LeadSource
from tests.callscripts import scripts as wordings
from tests.conftest import OneConnection
from tests.factories.calls import make_call
from tests.onboarding.exam_hall import exam_card, marks
from tests.onboarding.on_the_way import PROGRAM, program_version
from tests.onboarding.working import typed
from tests.reviews.conftest import CARD, GOOD, draft

_ASKED: dict[str, dict[str, Any]] = {
    "product": {
        "conditions": [{"kind": "reasons", "count": 1}, {"kind": "lessons"}],
        "lessons": [{"key": "rules", "title": {"en": "The rules", "ru": "Регламент"}}],
    },
    "technique": {"conditions": [{"kind": "script"}]},
    "exam": {"exam_card": "exam", "conditions": [{"kind": "exam", "mark": 3}]},
    "cold_practice": {
        "conditions": [{"kind": "scored_calls", "count": 1}, {"kind": "score", "score": 60, "last": 1}]
    },
    "internship": {"conditions": [{"kind": "sale", "count": 1}]},
}
EVERYTHING = PROGRAM | {
    "key": "everything",
    "stages": [plan | _ASKED[plan["stage"]] for plan in PROGRAM["stages"]],
    "clearance": [{"kind": "no_critical", "last": 1}],
}
few = hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def afresh(database: OneConnection, people: SimpleNamespace) -> Iterator[tuple[Session, SimpleNamespace]]:
    """A session with the cast in it; whatever is committed is gone afterwards."""
    before = database.connection.begin_nested()
    known = {name: each.id for name, each in vars(people).items() if isinstance(each, User)}
    try:
        with database.writing() as session:
            yield session, SimpleNamespace(**{name: session.get(User, key) for name, key in known.items()})
    finally:
        before.rollback()


class Labour:
    """Max and those around him. Each deed is made an hour after the one before; what is refused has not happened."""

    def __init__(self, session: Session, people: SimpleNamespace, now: time_machine.Coordinates) -> None:
        self.session, self.people, self.now = session, people, now
        self.max: User = people.max
        self.program: ProgramVersion = program_version(session, EVERYTHING)
        self.card: Checklist = load_card(session, CARD, by=None).version.checklist
        load_card(session, replace(exam_card(), key="exam"), by=None)
        session.commit()

    @property
    def trainee(self) -> Trainee:
        found = current_trainee(self.session, self.max.id)
        if found is None:
            raise Refused("no trainee")
        return found

    @property
    def standing(self) -> Standing:
        return standings_of(self.session, [self.max.id])[self.max.id]

    def do(self, deed: str) -> bool:
        self.now.shift(timedelta(hours=1))
        try:
            getattr(self, deed)()
            self.session.commit()
        except (Refused, Forbidden):
            self.session.rollback()
            return False
        return True

    def begin(self) -> None:
        stages.begin_onboarding(
            self.session, self.max, by=self.people.hanna, program=self.program, reason="Долго не было"
        )

    def begin_on_the_last_day(self) -> None:
        """Written down as early as may be."""
        last = self.trainee.parted_at
        day = local.day_of(last) if last else local.today()
        stages.begin_onboarding(
            self.session,
            self.max,
            by=self.people.hanna,
            program=self.program,
            started_on=day,
            reason="Долго не было",
        )

    def part(self) -> None:
        stages.move(self.session, self.trainee, Happening.PART, why="Прогулы", by=self.people.olga)

    def repeat(self) -> None:
        stages.move(self.session, self.trainee, Happening.REPEAT, why="Всё забыл", by=self.people.olga)

    def on(self) -> None:
        self._by_hand(-1)

    def back(self) -> None:
        self._by_hand(0)

    def _by_hand(self, which: int) -> None:
        where = by_hand.possible(self.session, self.trainee)
        if not where:
            raise Refused("nowhere to go")
        by_hand.move_by_hand(
            self.session, self.trainee, where[which], by=self.people.olga, reason="Продавал годами"
        )

    def close(self) -> None:
        persons.deactivate_user(self.session, self.max, by=self.people.anna)

    def reopen(self) -> None:
        persons.reactivate_user(self.session, self.max, by=self.people.anna)

    def grant(self) -> None:
        clearance.grant_clearance(self.session, self.max, by=self.people.olga, reason="Продавал годами")

    def revoke(self) -> None:
        clearance.revoke_clearance(self.session, self.max, by=self.people.olga, reason="Обещал лишнее")

    def declare(self) -> None:
        clearance.declare_staff(self.session, self.max, by=self.people.olga, reason="Работает давно")

    def write(self) -> None:
        work = deliverables.open_deliverable(self.session, self.trainee, DeliverableKind.REASONS, by=self.max)
        rows = typed(["Растут продажи"], revision=work.revision, turn=work.turn + 1)
        deliverables.save(self.session, work, rows, by=self.max)
        deliverables.submit(self.session, work, by=self.max)

    def accept(self) -> None:
        """Whatever has been handed in."""
        for work in self.session.scalars(
            select(Deliverable).where(Deliverable.trainee_id == self.trainee.id)
        ):
            if work.submissions and work.submissions[-1].accepted is None:
                answers.accept_work(self.session, work.submissions[-1], by=self.people.tanya)

    def learn(self) -> None:
        for lesson in lessons_of(self.session, self.trainee):
            lessons.confirm_lesson(self.session, self.trainee, lesson.key, by=self.max)

    def draft(self) -> None:
        wordings.hand_in(self.session, self.max)

    def approve(self) -> None:
        mine = select(ScriptDraft).join(CallScript).where(CallScript.manager_id == self.max.id)
        for each in self.session.scalars(mine.where(ScriptDraft.state == DraftState.SUBMITTED)):
            scripts.approve_draft(self.session, each, by=self.people.tanya)

    def examine(self) -> None:
        exam = exams.begin_exam(self.session, self.trainee, by=self.people.tanya)
        given = marks(
            {"questions": "5", "heard": "5", "step": "5"}, revision=exam.revision, turn=exam.turn + 1
        )
        exams.save_exam(self.session, exam, given, by=self.people.tanya)
        exams.finish_exam(self.session, exam, by=self.people.tanya)

    def call(self) -> None:
        made = make_call(self.session, self.max, lead_source=LeadSource.COLD, started_at=clock.now())
        events.emit(self.session, CallNoted(made.id))

    def score(self) -> None:
        """Every call that nobody has scored."""
        scored = select(reviews.Review.call_id)
        for call in self.session.scalars(
            select(Call).where(Call.id.not_in(scored), Call.role_play.is_(False))
        ):
            review = reviews.begin_review(self.session, call, self.card, by=self.people.kira)
            reviews.save_draft(self.session, review, draft(review, GOOD), by=self.people.kira)
            reviews.publish_review(self.session, review, by=self.people.kira)

    def sell(self) -> None:
        sales.enter_sale(self.session, self.max, sold_on=local.today(), by=self.max)

    def confirm(self) -> None:
        for sale in self.session.scalars(select(Sale).where(Sale.state == SaleState.ENTERED)):
            sales.confirm_sale(self.session, sale, by=self.people.roman)

    def work_on(self) -> None:
        """All that anybody on the way can do, on a day of its own."""
        self.now.shift(timedelta(days=1))
        for deed in (
            "learn",
            "write",
            "accept",
            "draft",
            "approve",
            "examine",
            "call",
            "score",
            "sell",
            "confirm",
        ):
            self.do(deed)

    def open_ones(self) -> int:
        mine = select(func.count(Trainee.id)).where(Trainee.manager_id == self.max.id)
        return self.session.scalar(mine.where(Trainee.parted_at.is_(None))) or 0
