"""The trainees of the demo, one in every stage, led there by the product's own services at moments of the past."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.callscripts import service as scripts
from qcapp.callscripts import wording
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.models import ScriptDraft
from qcapp.callscripts.queries import last_draft
from qcapp.checklists.models import Checklist
from qcapp.checklists.queries import card_of
from qcapp.checklists.scoring import Answer
from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.service import hold_session
from qcapp.core import clock
from qcapp.demo.calendar import Calendar
from qcapp.evidence.service import add_phrase
from qcapp.knowledge.service import confirm_read
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.files import read_program
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.program.versions import load_program
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.standing import note_stages
from qcapp.onboarding.states import DeliverableKind, Result
from qcapp.onboarding.work import answers, deliverables, lessons
from qcapp.onboarding.work.models import Deliverable
from qcapp.onboarding.work.queries import article_of, lessons_of
from qcapp.onboarding.work.rules import DeliverableRow
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.rules import ReviewDraft
from qcapp.settings import ROOT
from qcapp.terms import ConditionKind, Stage

TEXTS = Path(__file__).with_name("training.yaml")
PROGRAM = ROOT / "checklists" / "onboarding" / "standard.yaml"
FEWER = {ConditionKind.SPVE: {"count": 4}, ConditionKind.REASONS: {"count": 20}}
"""What the trainees of the demo have written is shorter than the program asks for."""


def shortened(program: Program) -> Program:
    """The program with the numbers of the demo."""
    stages_ = tuple(
        plan.model_copy(update={"conditions": tuple(map(_fewer, plan.conditions))}) for plan in program.stages
    )
    return program.model_copy(update={"stages": stages_, "clearance": tuple(map(_fewer, program.clearance))})


def _fewer(condition: Any) -> Any:
    return condition.model_copy(update=FEWER.get(condition.kind, {}))


def begin_training(session: Session, users: Mapping[str, User]) -> int:
    """Everything that was before the calls of the demo, and what goes on beside them; how many trainees."""
    if session.scalar(select(Trainee.id).limit(1)):
        return 0
    version, _outcome = load_program(session, shortened(read_program(PROGRAM)), by=users["owner"])
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    for phrase, instead in texts["forbidden_phrases"].items():
        add_phrase(session, phrase, instead, by=users["qclead"])
    for login in ("korablev", "belyaev", "sazonova", "melnikov"):
        clearance.declare_staff(session, users[login], by=users["owner"], reason=texts["veteran"])
    day = Calendar.of(session).day
    today = clock.now().replace(hour=6, minute=0, second=0, microsecond=0)

    def way(login: str, first: datetime) -> TrainingStory:
        return TrainingStory(session, users, users[login], texts, first).begin(version)

    way("manager", day("2026-09-30")).product(0).technique(1).exam(1, passed=False).product(2).technique(
        2
    ).exam(5)
    way("rozhkova", day("2026-10-05")).product(0).technique(0).exam(1)
    again = way("zorin", today - timedelta(days=3)).product(0).technique(1).exam(2, passed=False)
    again.rewrite_table(today - timedelta(hours=20))
    way("yaseneva", today - timedelta(days=1)).product(0).write_script(0)
    way("gromova", today - timedelta(days=2)).product(0).technique(1)
    way("lapin", day("2026-10-12")).product(0).technique(1).exam(1).intern_since(today - timedelta(days=4))
    sold = way("tikhomirov", day("2026-10-19")).product(0).technique(1).exam(1)
    sold.intern_since(today - timedelta(days=2)).sell(today - timedelta(hours=12), "Д-118")
    return 7


def finish_training(session: Session, users: Mapping[str, User]) -> None:
    """What followed from the scores: the sale, the clearance, the talk about a bad call."""
    texts = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    trainee = _trainee(session, users["manager"])
    if trainee.stages[-1].stage is Stage.INTERNSHIP:
        sold = Calendar.of(session).day("2026-10-09")
        TrainingStory(session, users, users["manager"], texts, sold).sell(sold, "Д-97", by="head")
        with clock.at(sold + timedelta(days=3)):
            clearance.grant_clearance(session, trainee.manager, by=users["owner"])
        note_stages(session, trainee.manager_id, sold)  # her later calls came in before this was told
    _talk(session, users, texts["coaching"])


def _talk(session: Session, users: Mapping[str, User], text: Mapping[str, Any]) -> None:
    manager = users["rozhkova"]
    mine = select(Review).where(Review.manager_id == manager.id, Review.state == ReviewState.PUBLISHED)
    heard = mine.join(Review.call).join(Call.recording)
    review = session.scalars(heard.limit(1)).first()
    held = select(CoachingSession.id).where(CoachingSession.manager_id == manager.id)
    if review is None or session.scalar(held.limit(1)):
        return
    card = session.scalars(select(Checklist).where(Checklist.key == "cold_first_contact")).one()
    today = clock.now()
    agreed = [
        AgreedTask(task["text"], (today + timedelta(days=task["days"])).date(), card.id, task["item"])
        for task in text["tasks"]
    ]
    hold_session(
        session,
        manager,
        by=users["coach"],
        held_at=today,
        topic=text["topic"],
        notes=text["notes"],
        calls=[(review.call, review.marks[0])],
        tasks=agreed,
    )


@dataclass
class TrainingStory:
    """One trainee's way; days are counted from the first."""

    session: Session
    users: Mapping[str, User]
    manager: User
    texts: Mapping[str, Any]
    first: datetime

    @property
    def trainee(self) -> Trainee:
        return _trainee(self.session, self.manager)

    @property
    def judge(self) -> User:
        """The coach of the team; where there is none, the head of QC."""
        coach = self.users["coach"]
        trains = allowed(self.session, coach, Permission.TRAIN, self.manager.id)
        return coach if trains else self.users["qclead"]

    def begin(self, version: Any) -> "TrainingStory":
        coach = self.judge if self.judge is self.users["coach"] else None
        with clock.at(self.first):
            stages.begin_onboarding(
                self.session, self.manager, by=self.users["hr"], program=version, coach=coach
            )
        return self

    def product(self, day: int) -> "TrainingStory":
        """Lessons of the first day, the SPVE table and the reasons, accepted."""
        with clock.at(self.first + timedelta(days=day, hours=5)):
            self._learn()
            self._hand_in(DeliverableKind.SPVE, self.texts["spve"])
            self._hand_in(DeliverableKind.REASONS, self.texts["reasons"])
        return self

    def technique(self, day: int) -> "TrainingStory":
        """Lessons of the second day; a draft is returned, the next one approved."""
        if last_draft(self.session, self.manager.id) is None:
            self.write_script(day)
        with clock.at(self.first + timedelta(days=day, hours=8)):
            self._learn()
            draft = self._draft(self.texts["better"] | self.texts["own_script"].get(self.manager.login, {}))
            scripts.submit_draft(self.session, draft, by=self.manager)
            scripts.approve_draft(self.session, draft, by=self.judge)
        return self

    def write_script(self, day: int) -> "TrainingStory":
        """Lessons of the second day and a first draft, which comes back."""
        with clock.at(self.first + timedelta(days=day, hours=6)):
            self._learn()
            draft = self._draft(self.texts["own_words"], starter="cold_first_contact")
            scripts.submit_draft(self.session, draft, by=self.manager)
            scripts.comment_block(self.session, draft, Block.GOAL, self.texts["comment"], by=self.judge)
            scripts.return_draft(self.session, draft, self.texts["returned"], by=self.judge)
        return self

    def exam(self, day: int, *, passed: bool = True) -> "TrainingStory":
        text = self.texts["passed" if passed else "failed"]
        with clock.at(self.first + timedelta(days=day, hours=9)):
            exam = exams.begin_exam(self.session, self.trainee, by=self.judge)
            bad = {key: Answer(**given) for key, given in text.get("bad", {}).items()}
            marks = {item.key: Answer(text["mark"]) for item in card_of(exam.version).items()}
            draft = ReviewDraft(
                revision=exam.revision,
                window="demo",
                turn=exam.turn + 1,
                answers=marks | bad,
                summary=text["comment"],
            )
            exams.save_exam(self.session, exam, draft, by=self.judge)
            exams.finish_exam(self.session, exam, by=self.judge)
        return self

    def intern_since(self, moment: datetime) -> "TrainingStory":
        """An internship that began without scored calls, by decision of the owner."""
        with clock.at(moment):
            stages.enter_stage(
                self.session,
                self.trainee,
                Stage.INTERNSHIP,
                result=Result.PASSED,
                attempt=self.trainee.stages[-1].attempt,
                why=self.texts["experience"],
                by=self.users["owner"],
            )
        return self

    def sell(self, moment: datetime, crm_ref: str, *, by: str | None = None) -> "TrainingStory":
        """A sale, confirmed by somebody if so said."""
        with clock.at(moment + timedelta(hours=6)):
            sale = sales.enter_sale(
                self.session,
                self.manager,
                sold_on=moment.date(),
                amount=Decimal(48_000),
                crm_ref=crm_ref,
                by=self.manager,
            )
            if by is not None:
                sales.confirm_sale(self.session, sale, by=self.users[by])
        return self

    def _learn(self) -> None:
        for lesson in lessons_of(self.session, self.trainee):
            if article := article_of(self.session, lesson):
                confirm_read(self.session, article, article.number, by=self.manager)
            else:
                lessons.confirm_lesson(self.session, self.trainee, lesson.key, by=self.manager)

    def rewrite_table(self, moment: datetime) -> "TrainingStory":
        """The SPVE table of the attempt before, returned with comments on single rows, and handed in again."""
        text = self.texts["table_again"]
        with clock.at(moment):
            work = deliverables.copy_previous(
                self.session, self.trainee, DeliverableKind.SPVE, by=self.manager
            )
            submission = deliverables.submit(self.session, work, by=self.manager)
            first, second, third, fourth = submission.rows
            said = {first["id"]: text["on_first"], third["id"]: text["on_third"]}
            answer = answers.CoachAnswer(text["comment"], said, submission.revision, window="demo", turn=1)
            answers.save_answer(self.session, submission, answer, by=self.judge)
            answers.return_work(self.session, submission, by=self.judge)
        with clock.at(moment + timedelta(hours=2)):
            better = DeliverableRow(id=first["id"], cells=text["better_first"])
            self._write(work, [better, second, fourth, _row(text["new"])])
            deliverables.submit(self.session, work, by=self.manager)
        return self

    def _hand_in(self, kind: DeliverableKind, rows: list[Any]) -> None:
        work = deliverables.open_deliverable(self.session, self.trainee, kind, by=self.manager)
        self._write(work, list(map(_row, rows)))
        submission = deliverables.submit(self.session, work, by=self.manager)
        answers.accept_work(self.session, submission, by=self.judge)

    def _write(self, work: Deliverable, rows: list[DeliverableRow]) -> None:
        typed = deliverables.Typed(rows, work.revision, "demo", work.turn + 1)
        deliverables.save(self.session, work, typed, by=self.manager)

    def _draft(self, texts: Mapping[str, str], starter: str | None = None) -> ScriptDraft:
        draft = scripts.start_draft(self.session, by=self.manager, starter=starter)
        written = wording.read(draft.blocks)
        changed = {
            Block(block): text.replace("…", self.manager.name.split()[0]) for block, text in texts.items()
        }
        typed = scripts.Typed(
            replace(written, texts={**written.texts, **changed}), draft.revision, "demo", draft.turn + 1
        )
        return scripts.save_draft(self.session, draft, typed, by=self.manager)


def _trainee(session: Session, manager: User) -> Trainee:
    trainee = current_trainee(session, manager.id)
    assert trainee is not None
    return trainee


def _row(said: list[str] | str) -> DeliverableRow:
    return DeliverableRow(id=str(uuid4()), cells=said if isinstance(said, list) else [said])
