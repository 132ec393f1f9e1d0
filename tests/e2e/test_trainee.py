"""A trainee's way from the first day to hot leads: an exam failed, everything learnt again, a sale, who decides."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.calls.events import CallNoted
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.core import audit, clock, events
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.models import ClearanceDecision, StageRecord
from qcapp.onboarding.program.files import read_program
from qcapp.onboarding.program.versions import load_program
from qcapp.people.models import User
from qcapp.reviews import cards, service
from qcapp.reviews.rules import ReviewDraft
from qcapp.settings import ROOT, Settings
from qcapp.terms import ConditionKind, LeadSource, Stage
from tests.e2e.conftest import Installation
from tests.e2e.keyboard import Keyboard
from tests.e2e.waiting import ready
from tests.factories.calls import make_call

SignIn = Callable[[str], Page]
NUMBERS = {
    ConditionKind.SPVE: {"count": 2},
    ConditionKind.REASONS: {"count": 3},
    ConditionKind.SCORED_CALLS: {"count": 1},
    ConditionKind.SCORE: {"last": 1},
    ConditionKind.NO_CRITICAL: {"last": 1},
}
REASONS = ("Работает ночью", "Виден в поиске", "Отзывы на виду")
SPVE = (
    ("Срок две недели", "Не ждать", "Заявки раньше", "Спокойствие"),
    ("Договор", "Ясная цена", "Без доплат", "Доверие"),
)


@dataclass
class Department:
    """The installation, and the trainee in it."""

    installation: Installation
    trainee_id: int

    def work(self, step: Callable[[Session, User], object]) -> None:
        """Let something happen that has nothing to do with the browser, as the product does it."""
        app = create_app(Settings(data_dir=self.installation.data_dir))
        database = app.extensions["qcapp_database"]
        with app.app_context(), database.transaction() as session:
            step(session, session.get_one(User, self.trainee_id))
        database.engine.dispose()


@pytest.fixture
def department(installation: Installation) -> Department:
    """The program in force, with small numbers; the trainee has an address by id."""
    made = Department(installation, 0)
    program = read_program(ROOT / "checklists" / "onboarding" / "standard.yaml")

    def fewer(conditions):  # type: ignore[no-untyped-def]
        return tuple(each.model_copy(update=NUMBERS.get(each.kind, {})) for each in conditions)

    stages = tuple(plan.model_copy(update={"conditions": fewer(plan.conditions)}) for plan in program.stages)
    program = program.model_copy(update={"stages": stages, "clearance": fewer(program.clearance)})
    database = installation.database()
    with database.transaction() as session:
        load_program(session, program, by=None)
        made.trainee_id = session.scalars(select(User.id).where(User.login == "max")).one()
    database.engine.dispose()
    return made


def begin(hr: Page) -> None:
    hr.goto("/onboarding/")
    for field, name in (("manager", "Максим Крылов"), ("coach", "Татьяна Лис")):
        offered = hr.locator(f"[name={field}] option", has_text=name)
        hr.select_option(f"[name={field}]", value=offered.get_attribute("value"))
    hr.locator("form.card button[type=submit]").click()
    hr.wait_for_url(re.compile(r"/onboarding/\d+"))


def learn(trainee: Page, work: str) -> None:
    """Every lesson of the stage is confirmed."""
    trainee.goto(work)
    open_lessons = trainee.locator(".lessons button")
    while left := open_lessons.count():
        open_lessons.first.click()
        expect(open_lessons).to_have_count(left - 1)


def hand_in(page: Page) -> None:
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/work(/\d+)?$"))


def write_spve(trainee: Page, work: str) -> None:
    """Row by row, with the keyboard alone: Enter goes on, in the last cell to a new row."""
    trainee.goto(f"{work}/spve")
    ready(trainee)
    trainee.locator("[data-part=rows] textarea").first.focus()
    for row, cells in enumerate(SPVE):
        for place, text in enumerate(cells):
            trainee.keyboard.insert_text(text)
            if (row, place) != (len(SPVE) - 1, len(cells) - 1):
                trainee.keyboard.press("Enter")
    expect(trainee.locator("[data-part=count]")).to_have_text(str(len(SPVE)))
    hand_in(trainee)


def rewrite_spve(trainee: Page, coach: Page, work: str) -> None:
    """The coach's word on one row outlives a reload; the trainee finds it beside that row, wherever it stands now."""
    said = "Сколько это в рублях?"
    coach.goto("/onboarding/work")
    coach.locator("tbody tr th a").first.click()
    ready(coach)
    coach.locator("[data-do=comment]").nth(1).click()
    coach.keyboard.insert_text(said)
    expect(coach.locator("[data-part=state]")).to_contain_text("Сохранено")
    coach.reload()
    ready(coach)
    expect(coach.locator("textarea[data-row]").nth(1)).to_have_value(said)
    coach.locator("[data-verdict$=return]").click()
    expect(coach.locator(".notice-warn")).to_contain_text("возвращено")

    trainee.goto(f"{work}/spve")
    ready(trainee)
    rows = trainee.locator("[data-part=rows] tbody")
    rows.first.locator("[data-do=remove]").click()
    expect(rows.first.locator("[data-part=said]")).to_have_text(said)
    rows.last.locator("textarea").first.focus()
    for place, text in enumerate(SPVE[0]):
        trainee.keyboard.insert_text(text)
        if place < len(SPVE[0]) - 1:
            trainee.keyboard.press("Enter")
    hand_in(trainee)
    coach.reload()
    fates = coach.locator("tbody[data-fate]").evaluate_all("rows => rows.map((row) => row.dataset.fate)")
    assert fates == ["gone", "same", "new"]
    expect(coach.locator("tbody[data-fate=same]")).to_contain_text(said)


def write_reasons(trainee: Page, work: str) -> None:
    trainee.goto(f"{work}/reasons")
    ready(trainee)
    trainee.locator("[data-part=lines] textarea").first.focus()
    for place, reason in enumerate(REASONS):
        trainee.keyboard.insert_text(reason)
        if place < len(REASONS) - 1:
            trainee.keyboard.press("Enter")
    expect(trainee.locator("[data-part=count]")).to_have_text(str(len(REASONS)))
    hand_in(trainee)


def accept_all(coach: Page) -> None:
    """Both works, from the list of what waits."""
    for left in (1, 0):
        coach.goto("/onboarding/work")
        coach.locator("tbody tr th a").first.click()
        ready(coach)
        coach.locator("[data-verdict$=accept]").click()
        expect(coach.locator(".flashes")).to_contain_text("Принято")
        coach.goto("/onboarding/work")
        expect(coach.locator("tbody tr")).to_have_count(left)


def write_script(trainee: Page) -> None:
    """From a starter the first time, later from the own last draft."""
    trainee.goto("/scripts")
    trainee.locator("form[action$='/scripts/drafts'] button").first.click()
    trainee.wait_for_url(re.compile(r"/scripts/drafts/\d+/edit"))
    ready(trainee)
    trainee.fill("textarea[name=greeting]", "Здравствуйте! Меня зовут Максим, веб-студия «Северный сайт».")
    expect(trainee.locator("[data-part=state]")).to_contain_text("Сохранено")
    trainee.keyboard.press("Control+Enter")
    expect(trainee.locator("dialog [data-part=submit]")).to_be_focused()
    trainee.once("dialog", lambda asked: asked.accept())  # most blocks are still as the starter has them
    trainee.keyboard.press("Enter")
    expect(trainee.locator(".badge", has_text="ждёт решения").first).to_be_visible()


def approve_script(coach: Page) -> None:
    coach.goto("/scripts")
    coach.get_by_role("link", name="Максим Крылов").first.click()
    coach.locator("main a[href*='/scripts/']").first.wait_for()
    coach.locator("button[name=verdict][value=approved]").click()


def hold_exam(coach: Page, address: str, *, critical: bool) -> None:
    """Marks by keys; the dated next step is a critical item."""
    coach.goto(f"{address}/exams")
    coach.locator("form button.button-primary").click()
    coach.wait_for_url(re.compile(r"/exams/\d+"))
    keyboard = Keyboard(coach)
    expect(coach.locator(".item[aria-current]")).to_be_focused()
    while item := coach.locator(".item[aria-current]").get_attribute("data-item"):
        current = coach.locator(f'.item[data-item="{item}"]')
        if critical and item == "next_step":
            keyboard.press("2")
            keyboard.write("даты нет")
            keyboard.press("Enter")
        else:
            keyboard.press("4")
        expect(current).not_to_have_attribute("aria-current", "true")
    if critical:
        coach.once("dialog", lambda asked: asked.accept())
    keyboard.press("Enter", ctrl=True)
    verdict = coach.locator("section[aria-labelledby=outcome] .badge").first
    expect(verdict).to_have_text("не сдан" if critical else "сдан")


def first_days(trainee: Page, coach: Page, address: str) -> None:
    """What comes before the exam."""
    work = f"{address}/work"
    learn(trainee, work)
    write_spve(trainee, work)
    rewrite_spve(trainee, coach, work)
    write_reasons(trainee, work)
    accept_all(coach)
    learn(trainee, work)
    write_script(trainee)
    approve_script(coach)


def score_a_cold_call(session: Session, trainee: User) -> None:
    """A call from the cold base, and QC's score of it: all is well."""
    call = make_call(session, trainee, lead_source=LeadSource.COLD, contact_no=1)
    call.started_at = clock.now()
    call.transcribed_at = clock.now()
    session.flush()
    events.emit(session, CallNoted(call.id))
    kira = session.scalars(select(User).where(User.login == "kira")).one()
    card = session.scalars(select(Checklist).where(Checklist.key == "cold_first_contact")).one()
    review = service.begin_review(session, call, card, by=kira)
    best = {"introduction": "full", "benefit": "own", "next_step": "dated"}
    answers = {item.key: Answer(best.get(item.key, "yes")) for item in cards.card_of(review).items()}
    draft = ReviewDraft(revision=review.revision, window="one", turn=1, answers=answers)
    service.save_draft(session, review, draft, by=kira)
    service.publish_review(session, review, by=kira)


def take_a_hot_lead(session: Session, trainee: User) -> None:
    """A call the trainee was not to make: flagged at once."""
    call = make_call(session, trainee, lead_source=LeadSource.HOT)
    call.started_at = clock.now()
    session.flush()
    events.emit(session, CallNoted(call.id))
    assert (
        session.scalars(select(LeadFlag).where(LeadFlag.call_id == call.id)).one().stage is Stage.INTERNSHIP
    )


def sell(trainee: Page, head: Page, address: str) -> None:
    """The manager enters the sale and cannot confirm it; his head does."""
    trainee.goto(f"{address}/sales")
    trainee.fill("[name=amount]", "48000")
    trainee.fill("[name=crm_ref]", "Д-97")
    trainee.locator("form.card button[type=submit]").click()
    expect(trainee.locator("tbody tr")).to_have_count(1)
    head.goto("/onboarding/sales")
    head.locator("tbody tr th a, tbody tr a").first.click()
    head.locator("input[name=decision][value=confirmed]").check()
    head.locator("form.card button[type=submit]").click()
    expect(head.locator(".flashes")).to_contain_text("Продажа подтверждена")


def try_to_clear(head: Page, address: str) -> None:
    """What the head of sales must never do: 403, and the attempt is on record."""
    head.goto(f"{address}")
    expect(head.locator("form[aria-labelledby=decide]")).to_have_count(0)
    token = head.locator('[name="csrf_token"]').first.get_attribute("value") or ""
    for verdict in ("grant", "refuse", "revoke"):
        answer = head.request.post(
            f"{address}/{verdict}", form={"csrf_token": token, "reason": "Мой менеджер"}
        )
        assert answer.status == 403


def test_from_the_first_day_to_hot_leads(sign_in: SignIn, department: Department) -> None:
    me = department.trainee_id
    address, clearance = f"/onboarding/{me}", f"/clearance/{me}"
    begin(sign_in("hanna"))
    trainee, coach = sign_in("max"), sign_in("tanya")

    first_days(trainee, coach, address)
    hold_exam(coach, address, critical=True)
    trainee.goto(address)
    expect(trainee.locator("main")).to_contain_text("попытка 2")
    first_days(trainee, coach, address)
    hold_exam(coach, address, critical=False)
    department.work(score_a_cold_call)
    department.work(take_a_hot_lead)

    head = sign_in("roman")
    sell(trainee, head, address)
    try_to_clear(head, clearance)

    owner = sign_in("olga")
    owner.goto(clearance)
    owner.fill("[name=reason]", "Сначала послушаю два звонка сам.")
    owner.locator("[formaction$=refuse]").click()
    expect(owner.locator(".decisions")).to_contain_text("Сначала послушаю")
    owner.fill("[name=reason]", "Послушал: можно.")
    owner.locator("[formaction$=grant]").click()
    expect(owner.locator(".notice-good").last).to_contain_text("Допуск к горячим лидам")
    trainee.goto(clearance)
    expect(trainee.locator("main")).to_contain_text("Допуск к горячим лидам – с")

    department.work(everything_is_on_record)


def everything_is_on_record(session: Session, trainee: User) -> None:
    ways = [
        (each.stage, each.attempt, each.result and each.result.value)
        for each in session.scalars(select(StageRecord).order_by(StageRecord.id))
    ]
    assert ways == [
        (Stage.PRODUCT, 1, "passed"),
        (Stage.TECHNIQUE, 1, "passed"),
        (Stage.EXAM, 1, "failed"),
        (Stage.PRODUCT, 2, "passed"),
        (Stage.TECHNIQUE, 2, "passed"),
        (Stage.EXAM, 2, "passed"),
        (Stage.COLD_PRACTICE, 2, "passed"),
        (Stage.INTERNSHIP, 2, "granted"),
        (Stage.STAFF, 2, None),
    ]
    verdicts = [
        each.verdict.value
        for each in session.scalars(select(ClearanceDecision).order_by(ClearanceDecision.id))
    ]
    assert verdicts == ["refused", "granted"]
    roman = select(User.id).where(User.login == "roman").scalar_subquery()
    refused = select(func.count(audit.AuditEntry.id)).where(
        audit.AuditEntry.action == "refused", audit.AuditEntry.by_id == roman
    )
    assert session.scalar(refused) == 3
