"""A manager's own script in the browser: written by the keyboard, never lost, and answered by marks of real calls."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from qcapp import create_app
from qcapp.checklists.models import Checklist
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.models import Review
from qcapp.settings import Settings
from tests.callscripts.scripts import approve
from tests.e2e.conftest import ROOT, Installation
from tests.e2e.waiting import ready
from tests.factories.calls import make_call

SignIn = Callable[[str], Page]
BEFORE = datetime(2026, 10, 1, tzinfo=UTC)  # of the call that the factory makes
SAVED = "Сохранено в"
MARK = "Сказал по скрипту, клиент ответил"


def state(page: Page, text: str) -> None:
    expect(page.locator("[data-part=state]")).to_contain_text(text)


def test_a_script_is_written_by_the_keyboard_and_handed_in(sign_in: SignIn) -> None:
    page = sign_in("max")
    page.goto("/scripts")
    page.get_by_role("button", name="Начать с этого").first.press("Enter")
    ready(page)
    page.locator("[name=greeting]").fill("Здравствуйте! Это Максим, «Северный сайт».")
    state(page, SAVED)
    page.locator("[name=presentation]").press("Alt+ArrowDown")
    expect(page.locator("[data-field=objection]").first).to_be_focused()
    rows = page.locator(".script-row")
    count = rows.count()
    page.locator("[data-field=answer]").last.press("Enter")
    page.keyboard.type("У вас всё дорого")
    page.keyboard.press("Enter")
    page.keyboard.type("С чем сравниваете?")
    expect(rows).to_have_count(count + 1)
    page.locator("[data-field=objection]").first.press("Alt+Delete")
    expect(rows).to_have_count(count)
    page.locator("[name=closing]").fill("")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[name=closing]")).to_be_focused()
    expect(page.locator("#block-closing [data-part=lack]")).to_be_visible()
    page.keyboard.type("До четверга, в одиннадцать.")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scripts/of/*")
    assert "Слово в слово как в готовом скрипте" in asked[0]
    expect(page.locator("main")).to_contain_text("ждёт решения")
    page.get_by_role("link", name="Прочитать").click()
    expect(page.locator("#block-closing")).to_contain_text("До четверга, в одиннадцать.")
    expect(page.locator("#block-objections")).to_contain_text("У вас всё дорого")


def test_what_is_typed_while_the_page_still_loads_is_saved(sign_in: SignIn) -> None:
    page = sign_in("ivan")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/script_editor.js", hold)
    page.goto("/scripts")
    page.get_by_role("button", name="Начать с пустых блоков").press("Enter")
    page.wait_for_url("**/edit")
    page.locator("[name=goal]").fill("Звоню, чтобы понять")
    expect(page.locator("body[data-started]")).to_have_count(0)
    held[0].continue_()
    state(page, SAVED)
    page.reload()
    expect(page.locator("[name=goal]")).to_have_value("Звоню, чтобы понять")


def test_what_was_half_typed_when_the_page_closed_is_there_again_and_two_windows_ask(sign_in: SignIn) -> None:
    page = sign_in("sveta")
    page.goto("/scripts")
    page.get_by_role("button", name="Начать с пустых блоков").press("Enter")
    ready(page)
    page.locator("[name=goal]").fill("Звоню, чтобы поня")
    url, context = page.url, page.context
    page.close()
    page = context.new_page()
    page.goto(url)
    expect(page.locator("[name=goal]")).to_have_value("Звоню, чтобы поня")
    state(page, "охранено")  # by the closing page, or from the copy in the browser
    other = context.new_page()
    other.goto(url)
    ready(other)
    other.locator("[name=goal]").fill("Звоню узнать")
    state(other, SAVED)
    page.locator("[name=goal]").fill("Звоню, чтобы понять")
    expect(page.locator("[data-part=conflict]")).to_be_visible()
    page.locator("[data-conflict=mine]").click()
    state(page, SAVED)
    other.reload()
    expect(other.locator("[name=goal]")).to_have_value("Звоню, чтобы понять")


@pytest.fixture
def workspace(installation: Installation) -> str:
    """The address of Kira's draft over a call of Ivan's, who speaks by a script."""
    app = create_app(Settings(data_dir=installation.data_dir))
    with app.app_context(), app.extensions["qcapp_database"].transaction() as session:
        ivan, kira = (
            session.scalars(select(User).where(User.login == login)).one() for login in ("ivan", "kira")
        )
        with time_machine.travel(BEFORE, tick=False):
            approve(session, ivan, kira)
        call = make_call(session, ivan)
        assert call.recording is not None
        sound = min((ROOT / "audio" / "demo").glob("*.mp3"))
        app.extensions["qcapp_storage"].put(call.recording.playback_key, sound)
        card = session.scalars(select(Checklist).where(Checklist.key == "cold_first_contact")).one()
        review = service.begin_review(session, call, card, by=kira)
    app.extensions["qcapp_database"].engine.dispose()
    return f"/reviews/{review.id}"


def test_one_key_shows_the_script_and_one_pins_a_mark_that_the_manager_hears_at_his_block(
    workspace: str, installation: Installation, sign_in: SignIn
) -> None:
    page = sign_in("kira")
    page.goto(workspace)
    expect(page.locator(".item[aria-current]")).to_be_focused()
    script = page.locator(".item[aria-current] .script-fold")
    page.keyboard.press("s")
    expect(script).to_contain_text("Слова о greeting")
    page.keyboard.press("s")
    expect(script).not_to_have_attribute("open", "")
    page.keyboard.press("p")
    page.keyboard.type(MARK)
    page.keyboard.press("Enter")
    expect(page.locator(".mark-block")).to_have_value("greeting")
    state(page, SAVED)
    page.reload()
    expect(page.locator(".mark-block")).to_have_value("greeting")
    publish(installation, workspace)

    page = sign_in("ivan")
    page.goto("/scripts")
    page.get_by_role("button", name="Написать следующий черновик").press("Enter")
    page.wait_for_url("**/edit")
    ready(page)
    mark = page.locator("#block-greeting .script-marks")
    expect(mark).to_contain_text(MARK)
    expect(mark).to_contain_text("Алло, слушаю")  # what was said at that time
    play = mark.locator("[data-audio]")
    play.press("Enter")
    expect(play).to_have_attribute("aria-pressed", "true")
    play.press("Enter")
    expect(play).to_have_attribute("aria-pressed", "false")


def publish(installation: Installation, workspace: str) -> None:
    """Kira's review as it stands; that it is to be complete is another test's matter."""
    app = create_app(Settings(data_dir=installation.data_dir))
    with app.app_context(), app.extensions["qcapp_database"].transaction() as session:
        review = session.get_one(Review, int(workspace.rpartition("/")[2]))
        service.make_public(session, review, by=review.reviewer)
    app.extensions["qcapp_database"].engine.dispose()
