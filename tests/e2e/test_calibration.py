"""A calibration of three reviewers: planned, scored blind by keyboard, agreed on, and its report read."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qcapp.people.models import User
from tests.e2e.conftest import Installation
from tests.e2e.keyboard import Keyboard
from tests.factories.calls import make_call

SignIn = Callable[[str], Page]
REVIEWERS = {"kira": "Кира Белова", "pavel": "Павел Громов", "nina": "Нина Ветрова"}
PLANTED = "permission_to_talk"  # the item two of the three understand otherwise


@pytest.fixture
def calls(installation: Installation) -> list[int]:
    """Two calls that are in nobody's team."""
    database = installation.database()
    with database.transaction() as session:
        ivan = session.scalars(select(User).where(User.login == "ivan")).one()
        made = [make_call(session, ivan).id for _each in range(2)]
    database.engine.dispose()
    return made


def plan(lead: Page, calls: list[int]) -> str:
    """The lead finds the two calls by number and plans; the address of the calibration."""
    lead.locator(".nav-group", has_text="Калибровка").hover()
    lead.get_by_role("link", name="Калибровка", exact=True).first.click()
    lead.get_by_role("link", name="Запланировать калибровку").click()
    lead.fill("[name=title]", "Калибровка октября")
    lead.select_option("[name=checklist]", "cold_first_contact")
    for name in REVIEWERS.values():
        expect(lead.get_by_label(name)).to_be_checked()
    lead.fill("[name=numbers]", ", ".join(str(call) for call in calls))
    lead.get_by_role("button", name="Показать", exact=True).click()
    expect(lead.locator("[name=title]")).to_have_value("Калибровка октября")
    for call in calls:
        lead.locator(f'[name=call][value="{call}"]').check()
    lead.get_by_role("button", name="Запланировать и сообщить").click()
    lead.wait_for_url(re.compile(r"/calibrations/\d+$"))
    expect(lead.locator(".flashes")).to_contain_text("запланирована")
    return lead.url


def score(page: Page, address: str, mistaken: bool) -> Keyboard:
    """Open the next call of the calibration by keyboard and answer all of it; PLANTED wrongly if mistaken."""
    page.goto(address)
    page.get_by_role("button", name="Оценить").first.focus()
    keyboard = Keyboard(page)
    keyboard.press("Enter")
    expect(page.locator(".item[aria-current]")).to_be_focused()
    expect(page.locator("[data-part=publish]")).to_have_text("Сдать")
    while item := page.locator(".item[aria-current]").get_attribute("data-item"):
        if item == PLANTED and mistaken:
            keyboard.press("n")
            keyboard.write("Не спросил")
            keyboard.press("Enter")
        else:
            good = page.locator(".item[aria-current] .choice-good input[data-key]")
            keyboard.press(
                good.last.get_attribute("data-key")
                if good.count() > 1
                else good.first.get_attribute("data-key")
            )
        expect(page.locator(f'.item[data-item="{item}"]')).not_to_have_attribute("aria-current", "true")
    keyboard.press("Enter", ctrl=True)
    page.wait_for_url(address)
    expect(page.locator(".flashes")).to_contain_text("сдана")
    return keyboard


def test_a_calibration_of_three_reviewers_from_its_plan_to_its_report(
    sign_in: SignIn, calls: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    lead = sign_in("lidia")
    address = plan(lead, calls)
    pages = {login: sign_in(login) for login in REVIEWERS}

    keys = sum(score(pages["kira"], address, mistaken=False).keys for _call in calls)
    pages["kira"].get_by_role("link", name="Мои ответы").first.click()
    answers_of_kira = pages["kira"].url
    expect(pages["kira"].locator(".notice").first).to_contain_text("Оценка для калибровки")

    pavel = pages["pavel"]
    assert pavel.goto(answers_of_kira).status == 403  # blind
    assert pavel.goto(f"{address}/reference").status == 403
    pavel.goto(f"{address}/report")
    expect(pavel.locator(".flashes")).to_contain_text("Отчёт откроется")
    assert lead.goto(answers_of_kira).status == 403  # not even the facilitator before the end
    assert sign_in("ivan").goto(answers_of_kira).status == 403  # nor ever the manager

    for login in ("pavel", "nina"):
        for _call in calls:
            keys += score(pages[login], address, mistaken=True).keys
    with capsys.disabled():
        print(f"\nSix blind reviews took {keys} key presses.")  # noqa: T201

    lead.goto(address)
    lead.get_by_role("link", name="Задать эталон").click()
    for place in (1, 2):
        expect(lead.locator(".tabs [aria-current]")).to_contain_text(f"Звонок {place}")
        planted = lead.locator(f'[data-item="{PLANTED}"]')
        expect(planted).to_contain_text("ответы различаются")
        expect(planted).to_contain_text("Не спросил")
        expect(lead.locator('[data-item="introduction"]')).not_to_contain_text("ответы различаются")
        expect(lead.locator("[data-item][aria-current]")).to_have_attribute("data-item", PLANTED)
        keyboard = Keyboard(lead)
        keyboard.press("y")
        expect(planted.locator('input[value="yes"]')).to_be_checked()
        keyboard.press("Enter", ctrl=True)
    expect(lead.locator(".flashes")).to_contain_text("эталон задан")
    lead.on("dialog", lambda dialog: dialog.accept())
    lead.get_by_role("button", name="Завершить и открыть отчёт").click()
    lead.wait_for_url(re.compile(r"/report$"))

    for page in (lead, pages["nina"]):
        page.goto(f"{address}/report")
        first = page.locator(".rewrite li").first
        expect(first).to_contain_text("удобно ли говорить")
        expect(first).to_contain_text("33 %")
        expect(page.locator(".rewrite li")).to_have_count(1)
        expect(page.locator(".rewrite a").first).to_have_attribute("href", re.compile(f"#item-{PLANTED}$"))
        rows = page.locator("table").first.locator("tbody tr")
        expect(rows.first).to_contain_text("удобно ли говорить")
        expect(rows.first).to_contain_text("переписать")
    assert pages["pavel"].goto(answers_of_kira).status == 403  # the answers stand in the report
