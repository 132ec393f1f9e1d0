"""A week of a QC department: the card is made, the week is planned, two reviewers score, a manager disputes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from qcapp.core.audit import AuditEntry
from qcapp.people.models import User
from qcapp.reviews.models import Review
from tests.e2e.conftest import Installation
from tests.e2e.editing import make_card
from tests.e2e.keyboard import Keyboard
from tests.e2e.waiting import ready
from tests.factories.calls import make_call

SignIn = Callable[[str], Page]
CARD = {
    "Приветствие": ("Поздоровался и назвал себя", "Спросил, удобно ли говорить"),
    "Цель": ("Назвал цель звонка",),
    "Завершение": ("Договорился о дате следующего шага",),
}
EACH = 2  # calls of every manager
MANAGERS = ("max", "sveta")


@pytest.fixture
def week(installation: Installation) -> None:
    """Three transcribed calls of three minutes of each of two managers, all of this week."""
    database = installation.database()
    today = datetime.now(ZoneInfo("Europe/Moscow"))
    monday = (today - timedelta(days=today.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    with database.transaction() as session:
        for place, login in enumerate(MANAGERS * 3):
            manager = session.scalars(select(User).where(User.login == login)).one()
            call = make_call(session, manager)
            call.started_at = monday.astimezone(UTC) + timedelta(seconds=place)
            call.transcribed_at = datetime.now(UTC)
    database.engine.dispose()


def plan(lead: Page, card: str) -> None:
    """So many calls of every manager a week, drawn at once."""
    lead.locator(".nav-group", has_text="Выборка").hover()
    lead.get_by_role("link", name="Выборка", exact=True).first.click()
    lead.get_by_role("link", name="Новый план").first.click()
    lead.fill("[name=name]", "Неделя")
    lead.fill("[name=per_manager]", str(EACH))
    lead.select_option("[name=checklist]", label=card)
    lead.get_by_role("button", name="Создать план").click()
    lead.wait_for_url(re.compile(r"/plans/\d+"))
    lead.get_by_role("button", name="Провести выборку").click()
    for name in ("Максим Крылов", "Светлана Юдина"):
        row = lead.locator("tr", has=lead.get_by_role("rowheader", name=name))
        expect(row.locator("td").nth(0)).to_have_text(str(EACH))
        expect(row.locator("td").nth(1)).to_have_text(str(EACH))


def score(page: Page, bad: str = "") -> int:
    """Answer every item, the one titled ``bad`` with "no", and publish; how many keys it took."""
    keyboard = Keyboard(page)
    expect(page.locator(".item[aria-current]")).to_be_focused()
    while item := page.locator(".item[aria-current]").get_attribute("data-item"):
        current = page.locator(f'.item[data-item="{item}"]')
        if bad and bad in current.inner_text():
            keyboard.press("n")
            keyboard.write("Не спросил")
            keyboard.press("Enter")
        else:
            keyboard.press("y")
        expect(current).not_to_have_attribute("aria-current", "true")
    keyboard.press("Enter", ctrl=True)
    expect(page.locator(".flashes")).to_contain_text("Оценка опубликована")
    return keyboard.keys


def next_call(page: Page) -> None:
    """One key from the page of the review that was just published, or from the start page."""
    ready(page)
    Keyboard(page).press("n")


def work_the_queue(sign_in: SignIn) -> tuple[list[int], Page]:
    """Two reviewers in turns until nothing is left; the keys of each review."""
    pages = [sign_in("kira"), sign_in("pavel")]
    keys = []
    for turn in range(EACH * len(MANAGERS)):
        page = pages[turn % 2]
        next_call(page)
        page.wait_for_url(re.compile(r"/reviews/\d+$"))
        keys.append(score(page, bad="удобно ли говорить"))
    next_call(pages[0])
    expect(pages[0].locator(".flashes")).to_contain_text("Очередь пуста")
    return keys, pages[0]


def dispute(manager: Page) -> str:
    """The manager contests the one bad answer of the first review he has to read; the address of the review."""
    to_read = manager.locator("section", has=manager.locator("h2", has_text="Прочитать"))
    to_read.locator("tbody th a").first.click()
    manager.wait_for_url(re.compile(r"/reviews/\d+$"))
    review = manager.url
    expect(manager.locator(".answered.bad")).to_contain_text("Не спросил")
    manager.get_by_role("link", name="Оспорить").first.click()
    asked = manager.locator(".asked", has_text="удобно ли говорить")
    asked.locator("select").select_option(label="Да")
    asked.locator("textarea").fill("Спросил в самом начале, послушайте первую фразу.")
    manager.get_by_role("button", name="Подать апелляцию").click()
    manager.wait_for_url(re.compile(r"/(disputes|reviews)/\d+$"))
    return review


def decide(lead: Page) -> str:
    """The lead follows the notice and accepts; the address of the dispute."""
    lead.goto("/notices")
    lead.locator(".notice-line", has_text="Максим Крылов").first.click()
    lead.wait_for_url(re.compile(r"/disputes/\d+$"))
    lead.get_by_label("Удовлетворить", exact=True).check()
    lead.locator("textarea[name$=reason]").fill("Да, вопрос прозвучал на второй секунде.")
    lead.get_by_role("button", name="Принять решение").click()
    expect(lead.locator(".ruled")).to_contain_text("на второй секунде")
    return lead.url


def refuse_the_head(head: Page, address: str, installation: Installation) -> None:
    """The head of the team may read what came of it, and touch nothing: 403, and an entry in the audit log."""
    token = head.locator('[name="csrf_token"]').first.get_attribute("value") or ""
    answer = head.request.post(f"{address}/decide", form={"csrf_token": token})
    assert answer.status == 403
    database = installation.database()
    with database.reading() as session:
        roman = select(User.id).where(User.login == "roman").scalar_subquery()
        refused = select(AuditEntry.id).where(AuditEntry.action == "refused", AuditEntry.by_id == roman)
        assert session.scalars(refused).all()
        by_call = select(func.count(Review.id)).group_by(Review.call_id)
        assert list(session.scalars(by_call)) == [1] * (EACH * len(MANAGERS))
    database.engine.dispose()


def test_the_week_of_a_qc_department(
    sign_in: SignIn, installation: Installation, week: None, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = sign_in("lidia")
    make_card(lead, "Карта недели", CARD)
    plan(lead, "Карта недели")

    keys, reviewer = work_the_queue(sign_in)
    with capsys.disabled():
        print(f"\nCalls of three minutes were scored with {keys} key presses.")  # noqa: T201
    assert max(keys) <= 12

    manager = sign_in("max")
    review = dispute(manager)
    decided = decide(lead)
    manager.goto(review)
    expect(manager.locator(".changed")).to_contain_text("на второй секунде")
    expect(manager.locator(".outcome")).to_contain_text("100 %")
    expect(manager.locator(".outcome")).to_contain_text("сначала")
    assert reviewer.goto(review).status == 200

    refuse_the_head(sign_in("roman"), decided, installation)
