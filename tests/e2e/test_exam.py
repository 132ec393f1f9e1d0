"""An exam by keyboard alone: scored, recorded by a microphone, finished; a lost upload is not a lost recording."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from qcapp.people.models import User
from qcapp.terms import Stage
from tests.e2e.conftest import Installation
from tests.e2e.waiting import eventually, ready
from tests.onboarding.exam_hall import EXAMINED
from tests.onboarding.on_the_way import make_trainee, program_version

SignIn = Callable[[str], Page]
PROGRAM = EXAMINED | {
    "stages": [each | ({"exam_card": "exam"} if "exam_card" in each else {}) for each in EXAMINED["stages"]]
}
ITEMS = 16


@pytest.fixture(scope="module")
def trainee_id(installation: Installation) -> int:
    """Max before his exam, whom Tanya trains."""
    database = installation.database()
    with database.transaction() as session:
        max_ = session.scalars(select(User).where(User.login == "max")).one()
        trainee = make_trainee(session, max_, Stage.EXAM)
        trainee.program = program_version(session, PROGRAM)
        manager_id = trainee.manager_id
    database.engine.dispose()
    return manager_id


def test_a_coach_holds_an_exam_and_the_trainee_reads_it(trainee_id: int, sign_in: SignIn) -> None:
    page = sign_in("tanya")
    page.goto(f"/onboarding/{trainee_id}/exams")
    page.get_by_role("button", name="Провести экзамен").click()
    expect(page.locator(".item[aria-current]")).to_be_focused()
    result = page.locator("[data-part=result]")

    page.keyboard.press("r")
    expect(page.locator("[data-recorder=state]")).to_have_text("Идёт запись…")
    for _item in range(ITEMS - 1):
        page.keyboard.press("4")
    page.keyboard.press("2")
    expect(page.locator('[name="comment-honest"]')).to_be_focused()
    expect(result).to_contain_text("не сдан")
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    expect(result).to_contain_text("можно завершать")
    expect(result).not_to_contain_text("не сдан")
    page.keyboard.press("Enter")
    page.keyboard.type("Молодец")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-part=refused]")).to_contain_text("Сначала остановите запись")

    _lose_the_first_upload(page)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("[data-recorder=failed]")).to_contain_text("хранится в этом окне")
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(page.locator(".recorder audio")).to_be_visible()

    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Экзамен № 1")
    expect(page.locator(".outcome")).to_contain_text("сдан")
    eventually(page, "document.querySelector('audio').duration > 0")

    trainee = sign_in("max")
    trainee.goto(page.url)
    ready(trainee)
    expect(trainee.locator("main")).to_contain_text("Поздравляем")
    expect(trainee.locator("main")).to_contain_text("Молодец")
    trainee.keyboard.press("Space")
    eventually(trainee, "document.querySelector('audio').currentTime > 0")


def _lose_the_first_upload(page: Page) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort("connectionfailed")

    page.route("**/recording", lose)
