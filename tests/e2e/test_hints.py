"""Hints in the browser: where a block was heard is one click away, and the keyboard stays with the card."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qcapp import create_app
from qcapp.checklists.models import Checklist
from qcapp.evidence.service import add_phrase
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.settings import Settings
from tests.e2e.conftest import ROOT, Installation
from tests.e2e.waiting import eventually, ready
from tests.evidence.calls import scripted, spoken_call

SignIn = Callable[[str], Page]


@pytest.fixture
def review(installation: Installation) -> tuple[int, int]:
    """The ids of a call of Ivan's, who speaks by his script and promises a discount, and of Kira's draft over it."""
    app = create_app(Settings(data_dir=installation.data_dir))
    with app.app_context(), app.extensions["qcapp_database"].transaction() as session:
        ivan, kira, lidia = (
            session.scalars(select(User).where(User.login == login)).one()
            for login in ("ivan", "kira", "lidia")
        )
        scripted(session, ivan, kira)
        add_phrase(session, "большая скидка", "Скидки не обещаем.", by=lidia)
        call = spoken_call(session, ivan)
        assert call.recording is not None
        sound = min((ROOT / "audio" / "demo").glob("*.mp3"))
        app.extensions["qcapp_storage"].put(call.recording.playback_key, sound)
        card = session.scalars(select(Checklist).where(Checklist.key == "cold_first_contact")).one()
        ids = call.id, service.begin_review(session, call, card, by=kira).id
    app.extensions["qcapp_database"].engine.dispose()
    return ids


def heard_from(page: Page, second: float) -> None:
    eventually(page, f"document.querySelector('audio').currentTime >= {second}")


def test_hints_stand_at_their_blocks_and_leave_the_keyboard_alone(
    review: tuple[int, int], sign_in: SignIn
) -> None:
    call_id, review_id = review
    page = sign_in("kira")
    page.goto(f"/reviews/{review_id}")
    greeting = page.locator(".sheet-section:has(#section-greeting) .script-heard")
    expect(greeting).to_contain_text("звучало ▶ 0:02")
    goal = page.locator(".sheet-section:has(#section-goal) .script-heard")
    expect(goal.last).to_have_text("Цель звонка: не слышно")
    expect(page.locator(".item[aria-current]")).to_be_focused()
    greeting.get_by_role("button").click()
    heard_from(page, 2)
    expect(page.locator(".item[aria-current]")).to_be_focused()
    hints = page.locator(".sheet > .hints")
    expect(hints).not_to_have_attribute("open", "")
    expect(hints).to_contain_text("запрещённые фразы: 1")
    hints.locator("summary").click()
    expect(hints).to_contain_text("Скидки не обещаем.")
    page.keyboard.press("j")
    expect(page.locator(".item").nth(1)).to_be_focused()

    page = sign_in("ivan")
    page.goto(f"/calls/{call_id}")
    ready(page)
    expect(page.locator("[data-heard=objections]")).to_contain_text("звучало")
    hints = page.locator(".hints")
    expect(hints).to_have_attribute("open", "")
    hints.get_by_role("button", name="большая скидка: Слушать с 1:32").press("Enter")
    heard_from(page, 92)
