"""Whoever was overtaken is told: he had read everything before somebody else's deed, which is committed while he waits.

On SQLite nobody reads while another writes, so these races are PostgreSQL's alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import TypeVar

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.callscripts import service as scripts
from qcapp.callscripts.models import ScriptDraft
from qcapp.checklists import drafts as cards
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.checklists.service import load_card
from qcapp.core import clock, local
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.onboarding import stages
from qcapp.onboarding.by_hand.service import move_by_hand
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.overdue import service as overdue
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import versions as programs
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import Overdue, ProgramState
from qcapp.people import delegations
from qcapp.people import service as accounts
from qcapp.people.models import Delegation, User
from qcapp.reviews import service as reviews
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration
from qcapp.reviews.calibration.service import AgreedAnswer
from qcapp.reviews.models import Review
from qcapp.settings import Settings
from qcapp.terms import Stage
from tests.at_once import Meet, overtaken
from tests.callscripts import scripts as worded
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.onboarding.exam_hall import PASSED, make_examinee, marks
from tests.onboarding.on_the_way import PROGRAM, make_trainee, program_version
from tests.reviews.conftest import CARD, GOOD, draft

Row = TypeVar("Row", bound=Base)
Deed = Callable[[Session, SimpleNamespace], object]


@dataclass(frozen=True)
class Race:
    """Before both of them; the deed of the faster one; what the later one tries; and what he is told."""

    before: Deed
    deed: Deed
    late: Deed
    told: str


def the(session: Session, model: type[Row], **facts: object) -> Row:
    """The only row of its kind."""
    return session.scalars(select(model).filter_by(**facts)).one()


def everybody(session: Session) -> SimpleNamespace:
    return SimpleNamespace(**{user.login: user for user in session.scalars(select(User))})


def read_everything(session: Session) -> list[Base]:
    """Every row with all that hangs on it."""
    rows = [row for mapper in Base.registry.mappers for row in session.scalars(select(mapper))]
    for row in rows:
        for hanging in inspect(type(row)).relationships:
            getattr(row, hanging.key)
    return rows


def lend(s: Session, who: SimpleNamespace) -> object:
    until = clock.now() + timedelta(days=7)
    return delegations.delegate(s, lender=who.lidia, holder=who.hanna, until=until, reason="x", by=who.lidia)


def confirm_loan(s: Session, who: SimpleNamespace) -> object:
    return delegations.confirm_loan(s, the(s, Delegation), by=who.olga)


def take_back(s: Session, who: SimpleNamespace) -> object:
    return delegations.take_back(s, the(s, Delegation), by=who.lidia)


def reset_password(s: Session, who: SimpleNamespace) -> object:
    return accounts.reset_password(s, who.hanna, by=who.anna)


def intern(s: Session, who: SimpleNamespace) -> object:
    """Max, whose time is over, and who has entered a sale."""
    make_trainee(s, who.max, entered_at=clock.now() - timedelta(days=8))
    return sales.enter_sale(s, who.max, sold_on=local.today(), by=who.max)


def part(s: Session, who: SimpleNamespace) -> object:
    record = the(s, StageRecord)
    return overdue.decide_overdue(s, record, Overdue.PART, by=who.lidia, reason="Не звонит")


def prolong(s: Session, who: SimpleNamespace) -> object:
    until = local.today() + timedelta(days=3)
    record = the(s, StageRecord)
    return overdue.decide_overdue(s, record, Overdue.PROLONG, by=who.olga, reason="Болел", until=until)


def choose_coach(s: Session, who: SimpleNamespace) -> object:
    return stages.choose_coach(s, the(s, Trainee), who.tanya, by=who.hanna)


def deactivate(s: Session, who: SimpleNamespace) -> object:
    return accounts.deactivate_user(s, who.max, by=who.anna)


def confirm_sale(s: Session, who: SimpleNamespace) -> object:
    return sales.confirm_sale(s, the(s, Sale), by=who.roman)


def grant(s: Session, who: SimpleNamespace) -> object:
    return clearance.grant_clearance(s, who.max, by=who.olga, reason="Звонит хорошо")


def refuse(s: Session, who: SimpleNamespace) -> object:
    return clearance.refuse_clearance(s, who.max, by=who.lidia)


def plan_calibration(s: Session, who: SimpleNamespace) -> object:
    return calibrating.plan_calibration(
        s,
        title="October",
        version=load_card(s, CARD, by=None).version,
        calls=[make_call(s, who.max)],
        reviewers=[who.kira, who.lidia],
        due_at=clock.now() + timedelta(days=1),
        by=who.lidia,
    )


def begin_blind(s: Session, who: SimpleNamespace) -> Review:
    calibration = the(s, Calibration)
    return calibrating.begin(s, calibration, calibration.calls[0].call, by=who.kira)


def end_blind(s: Session, who: SimpleNamespace) -> object:
    return calibrating.end_blind(s, the(s, Calibration), by=who.lidia, reason="Хватит")


def cancel(s: Session, who: SimpleNamespace) -> object:
    return calibrating.cancel(s, the(s, Calibration), by=who.lidia, reason="Не те звонки")


def blind_ended(s: Session, who: SimpleNamespace) -> object:
    plan_calibration(s, who)
    review = begin_blind(s, who)
    reviews.save_draft(s, review, draft(review, GOOD), by=who.kira)
    reviews.publish_review(s, review, by=who.kira)
    end_blind(s, who)
    return set_reference(s, who)


def set_reference(s: Session, who: SimpleNamespace) -> object:
    calibration = the(s, Calibration)
    agreed = {key: AgreedAnswer(answer.value) for key, answer in GOOD.items()}
    return calibrating.set_reference(s, calibration, calibration.calls[0], agreed, note="", by=who.lidia)


def close(s: Session, who: SimpleNamespace) -> object:
    return calibrating.close(s, the(s, Calibration), by=who.lidia)


def examinee(s: Session, who: SimpleNamespace) -> object:
    return make_examinee(s, who.max)


def begin_exam(s: Session, who: SimpleNamespace) -> object:
    return exams.begin_exam(s, the(s, Trainee), by=who.tanya)


def begin_exam_too(s: Session, who: SimpleNamespace) -> object:
    return exams.begin_exam(s, the(s, Trainee), by=who.lidia)


def exam(s: Session, who: SimpleNamespace) -> object:
    examinee(s, who)
    begin_exam(s, who)
    return save_exam(s, who)


def save_exam(s: Session, who: SimpleNamespace) -> object:
    found = the(s, Exam)
    return exams.save_exam(
        s, found, marks(PASSED, revision=found.revision, turn=found.turn + 1), by=who.tanya
    )


def finish_exam(s: Session, who: SimpleNamespace) -> object:
    return exams.finish_exam(s, the(s, Exam), by=who.tanya)


def discard_exam(s: Session, who: SimpleNamespace) -> object:
    return exams.discard_exam(s, the(s, Exam), by=who.tanya)


def move_back(s: Session, who: SimpleNamespace) -> object:
    return move_by_hand(s, the(s, Trainee), Stage.TECHNIQUE, by=who.lidia, reason="Рано")


def script(s: Session, who: SimpleNamespace) -> object:
    draft = scripts.start_draft(s, by=who.max)
    return scripts.save_draft(s, draft, worded.typed(draft), by=who.max)


def save_script(s: Session, who: SimpleNamespace) -> object:
    draft = the(s, ScriptDraft)
    return scripts.save_draft(s, draft, worded.typed(draft, worded.wording(greeting="Иначе")), by=who.max)


def submit_script(s: Session, who: SimpleNamespace) -> object:
    return scripts.submit_draft(s, the(s, ScriptDraft), by=who.max)


def discard_script(s: Session, who: SimpleNamespace) -> object:
    return scripts.discard_draft(s, the(s, ScriptDraft), by=who.max)


def program_draft(s: Session, who: SimpleNamespace) -> object:
    program_version(s)
    return programs.open_draft(s, "sales", by=who.lidia)


def draft_program(s: Session) -> ProgramVersion:
    return the(s, ProgramVersion, state=ProgramState.DRAFT)


def save_program(s: Session, who: SimpleNamespace) -> object:
    return programs.save_draft(s, draft_program(s), programs.Typed(PROGRAM, 0, "one", 1), by=who.lidia)


def publish_program(s: Session, who: SimpleNamespace) -> object:
    return programs.publish_draft(s, draft_program(s), by=who.lidia)


def discard_program(s: Session, who: SimpleNamespace) -> object:
    return programs.discard_draft(s, draft_program(s), by=who.olga)


def load_first(s: Session, who: SimpleNamespace) -> object:
    return programs.load_program(s, program.read(PROGRAM), by=None)


def load_another(s: Session, who: SimpleNamespace) -> object:
    return programs.load_program(s, program.read(PROGRAM | {"holidays": ["2027-01-04"]}), by=who.lidia)


def load_the_old_one(s: Session, who: SimpleNamespace) -> object:
    _version, outcome = programs.load_program(s, program.read(PROGRAM), by=who.olga)
    raise Refused(outcome)


def begin_by_the_old_program(s: Session, who: SimpleNamespace) -> object:
    version = the(s, ProgramVersion, state=ProgramState.PUBLISHED)
    return stages.begin_onboarding(s, who.sveta, by=who.hanna, program=version)


def card_draft(s: Session, who: SimpleNamespace) -> object:
    return cards.open_draft(s, load_card(s, CARD, by=None).version.checklist, by=who.lidia)


def draft_card(s: Session) -> ChecklistVersion:
    return the(s, ChecklistVersion, state=VersionState.DRAFT)


def publish_card(s: Session, who: SimpleNamespace) -> object:
    return cards.publish_draft(s, draft_card(s), by=who.lidia)


def discard_card(s: Session, who: SimpleNamespace) -> object:
    return cards.discard_draft(s, draft_card(s), by=who.lidia)


RACES = [
    Race(lend, take_back, confirm_loan, "nothing to confirm here any more"),
    Race(lend, reset_password, confirm_loan, "choose a new password first"),
    Race(lend, take_back, take_back, "over already"),
    Race(intern, part, choose_coach, "This onboarding is over"),
    Race(intern, deactivate, choose_coach, "does not work here"),
    Race(intern, prolong, part, "not overdue"),
    Race(intern, grant, part, "not overdue"),
    Race(intern, part, grant, "parted with this manager"),
    Race(intern, grant, grant, "cleared already"),
    Race(intern, confirm_sale, refuse, "Every condition is met"),
    Race(plan_calibration, end_blind, begin_blind, "scoring has ended"),
    Race(plan_calibration, cancel, end_blind, "was cancelled"),
    Race(blind_ended, close, set_reference, "is closed"),
    Race(blind_ended, cancel, close, "was cancelled"),
    Race(examinee, begin_exam, begin_exam_too, "Tanya Coach is holding an exam"),
    Race(exam, finish_exam, save_exam, "is finished"),
    Race(exam, finish_exam, discard_exam, "is finished"),
    Race(exam, discard_exam, finish_exam, "no such exam"),
    Race(exam, move_back, finish_exam, "in another one"),
    Race(script, submit_script, save_script, "was handed in"),
    Race(script, discard_script, submit_script, "no such draft"),
    Race(program_draft, publish_program, save_program, "not a draft any more"),
    Race(program_draft, discard_program, publish_program, "no such program"),
    Race(load_first, load_another, load_the_old_one, "replaced"),
    Race(program_draft, publish_program, begin_by_the_old_program, "not in force any more"),
    Race(card_draft, discard_card, publish_card, "no such"),
]


@pytest.mark.parametrize("_with_tables", ["postgresql"], indirect=True)
@pytest.mark.parametrize("race", RACES, ids=lambda race: f"{race.deed.__name__}-{race.late.__name__}")
def test_who_is_overtaken_is_told(settings: Settings, committed: Database, race: Race) -> None:
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        make_cast(session)
        race.before(session, everybody(session))

    def late(session: Session, meet: Meet) -> None:
        rows = read_everything(session)
        meet()
        race.late(session, everybody(session))
        assert rows

    assert race.told in overtaken(app, lambda session: race.deed(session, everybody(session)), late)
