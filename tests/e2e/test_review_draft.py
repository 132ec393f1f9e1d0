"""Nothing written in the workspace is lost: not by a closed page, a lost connection, or a second window."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from qcapp.checklists.models import Checklist
from qcapp.people.models import User
from qcapp.reviews import service
from tests.e2e.conftest import Installation
from tests.factories.calls import make_call

SignIn = Callable[[str], Page]
SAVED, HALF = "Сохранено в", "Начал говорить о цене до того, как"


class Desk(NamedTuple):
    """The workspace of a fresh draft."""

    page: Page
    url: str

    def again(self) -> Page:
        """The same workspace in another window of the same browser."""
        other = self.page.context.new_page()
        other.goto(self.url)
        expect(other.locator(".item[aria-current]")).to_be_focused()
        return other


@pytest.fixture
def desk(installation: Installation, sign_in: SignIn) -> Desk:
    database = installation.database()
    with database.transaction() as session:
        ivan, kira = (
            session.scalars(select(User).where(User.login == login)).one() for login in ("ivan", "kira")
        )
        card = session.scalars(select(Checklist).where(Checklist.key == "cold_first_contact")).one()
        review = service.begin_review(session, make_call(session, ivan), card, by=kira)
        url = f"/reviews/{review.id}"
    database.engine.dispose()
    page = sign_in("kira")
    page.goto(url)
    expect(page.locator(".item[aria-current]")).to_be_focused()
    return Desk(page, url)


def state(page: Page, text: str) -> None:
    expect(page.locator("[data-part=state]")).to_contain_text(text)


def chosen(page: Page, item: str, value: str) -> None:
    expect(page.locator(f'[name="value-{item}"][value="{value}"]')).to_be_checked()


def test_what_was_half_typed_when_the_page_closed_is_there_again(desk: Desk) -> None:
    desk.page.keyboard.press("1")
    desk.page.keyboard.press("1")
    desk.page.keyboard.type(HALF)
    context = desk.page.context
    desk.page.close()
    page = context.new_page()
    page.goto(desk.url)
    expect(page.locator('[name="comment-introduction"]')).to_have_value(HALF)
    chosen(page, "introduction", "none")


def test_what_could_not_be_sent_is_kept_in_the_browser_and_restored(desk: Desk) -> None:
    page = desk.page

    def cut(route: Route) -> None:
        route.abort("connectionfailed")

    page.route("**/draft", cut)
    page.keyboard.press("3")
    state(page, "Нет связи")
    page.goto("/reviews")
    page.unroute("**/draft", cut)
    page.goto(desk.url)
    chosen(page, "introduction", "full")
    state(page, SAVED)


def test_a_lost_connection_is_told_and_tried_again(desk: Desk) -> None:
    page = desk.page
    page.context.set_offline(True)
    page.keyboard.press("3")
    state(page, "Нет связи")
    page.keyboard.press("y")
    page.context.set_offline(False)
    state(page, SAVED)
    other = desk.again()
    chosen(other, "introduction", "full")
    chosen(other, "permission_to_talk", "yes")


@pytest.mark.parametrize(("decision", "kept"), [("theirs", "full"), ("mine", "none")])
def test_a_second_window_is_asked_before_anything_is_overwritten(
    desk: Desk, decision: str, kept: str
) -> None:
    second = desk.again()
    desk.page.bring_to_front()
    desk.page.keyboard.press("3")
    state(desk.page, SAVED)
    second.bring_to_front()
    second.keyboard.press("1")
    expect(second.locator("[data-part=conflict]")).to_be_visible()
    second.locator(f"[data-conflict={decision}]").click()
    expect(second.locator("[data-part=conflict]")).to_be_hidden()
    if decision == "mine":
        state(second, SAVED)
    chosen(desk.again(), "introduction", kept)


def test_a_second_window_removes_nothing_that_it_has_not_seen(desk: Desk) -> None:
    other = desk.again()
    desk.page.keyboard.press("1")
    state(desk.page, SAVED)
    for window in (other, desk.page):
        window.on("dialog", lambda dialog: dialog.accept())
    other.get_by_role("button", name="Удалить черновик").click()
    expect(other.locator("main")).to_contain_text("Это изменили в другом окне")
    desk.page.get_by_role("button", name="Удалить черновик").click()
    expect(desk.page.locator("body")).to_contain_text("Черновик удалён")


def test_the_score_follows_the_answers_and_a_mouse_works_as_well(desk: Desk) -> None:
    page = desk.page
    total = page.locator(".result-total")
    expect(total).to_contain_text("–")
    page.locator('[data-item="permission_to_talk"] label', has_text="Да").click()
    expect(total).to_contain_text("100 %")
    page.locator('[data-item="recording_notice"] label', has_text="Нет").click()
    expect(page.locator('[data-item="recording_notice"] textarea')).to_be_visible()
    expect(total).not_to_contain_text("100 %")
    expect(page.locator(".result-missing")).to_contain_text("Предупредил о записи разговора")
    page.locator(".result-missing summary").click()
    page.locator('[data-jump="recording_notice"]').click()
    expect(page.locator('[data-item="recording_notice"] textarea')).to_be_focused()
