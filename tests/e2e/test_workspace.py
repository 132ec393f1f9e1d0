"""The review workspace by keyboard alone: sections that do not apply, the talk beside the card, giving a call up."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.reviews.models import Review
from qcapp.reviews.queue import assignments, claims
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import AssignmentState
from qcapp.settings import Settings
from tests.e2e.conftest import Installation
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript

SignIn = Callable[[str], Page]
SAID = (
    (0, 0.0, 4.0, "Добрый день, компания Маяк"),
    (1, 4.0, 8.0, "Мне нужен новый сайт"),
    (0, 8.0, 14.0, "Сайты мы делаем за две недели"),
)


@pytest.fixture
def session(installation: Installation) -> Iterator[Session]:
    app = create_app(Settings(data_dir=installation.data_dir))
    database = app.extensions["qcapp_database"]
    with app.app_context(), database.writing() as session:
        yield session
    database.engine.dispose()


@pytest.fixture
def taken(session: Session) -> Callable[..., Assignment]:
    """``taken()``: a call that Kira has taken out of the queue, with what was said in it."""

    def taken(*, channels: int = 2) -> Assignment:
        ivan, kira, lidia = (
            session.scalars(select(User).where(User.login == login)).one()
            for login in ("ivan", "kira", "lidia")
        )
        call = make_call(session, ivan, transcribed=False)
        assert call.recording is not None
        call.recording.channels, call.recording.manager_channel = channels, 0 if channels == 2 else None
        make_transcript(session, call, *((min(channel, channels - 1), *rest) for channel, *rest in SAID))
        due_at = clock.now() + timedelta(days=1)
        (place,) = assignments.assign(session, [call], reviewer=kira, due_at=due_at, by=lidia)
        place.state, place.reviewer = AssignmentState.TAKEN, kira
        claims.begin(session, place, by=kira)
        session.commit()
        return place

    return taken


def at_work(sign_in: SignIn, place: Assignment) -> Page:
    page = sign_in("kira")
    page.goto(f"/calls/{place.call_id}/review")
    expect(page.locator(".item[aria-current]")).to_be_focused()
    return page


def section(page: Page, number: int) -> Locator:
    return page.locator(".sheet-section").nth(number)


def test_the_article_of_an_item_opens_beside_what_is_being_written(
    sign_in: SignIn, taken: Callable[..., Assignment]
) -> None:
    page = at_work(sign_in, taken())
    page.keyboard.press("c")
    page.keyboard.type("Не назвал компанию")
    page.keyboard.press("Escape")
    with page.context.expect_page() as opened:
        page.keyboard.press("a")
    expect(opened.value).to_have_url(re.compile(r"/knowledge/"))
    opened.value.close()
    expect(page.locator(".item[aria-current] textarea")).to_have_value("Не назвал компанию")


def test_one_key_makes_a_section_not_applicable_and_takes_it_back(
    sign_in: SignIn, taken: Callable[..., Assignment]
) -> None:
    page = at_work(sign_in, taken())
    first = section(page, 0)
    inapplicable = first.locator("input[value=na]")
    page.keyboard.press("j")
    page.keyboard.press("y")
    page.keyboard.press("z")
    answered = first.locator("input[value=yes]:checked")
    expect(answered).to_have_count(1)  # what has an answer keeps it
    number = inapplicable.count()
    assert number > 1
    expect(first.locator("input[value=na]:checked")).to_have_count(number - 1)
    expect(section(page, 1).locator(".item[aria-current]")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("z")
    expect(first.locator("input[value=na]:checked")).to_have_count(0)
    expect(answered).to_have_count(1)
    first.locator("[data-skip]").click()
    expect(first.locator("input[value=na]:checked")).to_have_count(number - 1)
    expect(page.locator("[data-part=state]")).to_contain_text("Сохранено в")
    page.reload()
    expect(first.locator("input[value=na]:checked")).to_have_count(number - 1)


def test_the_talk_is_walked_searched_and_corrected_without_leaving_the_card(
    sign_in: SignIn, taken: Callable[..., Assignment]
) -> None:
    page = at_work(sign_in, taken())
    turns = page.locator(".segment")
    item = page.locator(".item[aria-current]")
    page.keyboard.press(",")
    expect(turns.nth(0).locator(".segment-time")).to_be_focused()
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press(",")
    expect(turns.nth(1).locator(".segment-time")).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator(".segment-editor textarea")).to_be_focused()  # now its keys are listened to
    page.keyboard.press("End")
    page.keyboard.type(" zx")
    page.keyboard.press("Control+Enter")
    expect(turns.nth(1)).to_contain_text("сайт zx")
    expect(page.locator(".segment-editor")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("сайт")
    expect(page.locator("[data-part=count]")).to_have_text("1 / 2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=count]")).to_have_text("2 / 2")
    page.keyboard.press("Escape")
    expect(item).to_be_focused()
    expect(page.locator("#find")).to_have_value("сайт")
    for _turn in SAID:
        page.keyboard.press(",")
    page.keyboard.press("j")  # the list that has the focus is walked
    expect(turns.nth(1).locator(".segment-time")).to_be_focused()
    expect(turns.nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("k")
    expect(turns.nth(0)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(item).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".item").nth(1)).to_be_focused()
    expect(page.locator("input[data-key]:checked")).to_have_count(
        1
    )  # the outcome's “not said”: nothing was answered


def test_a_half_typed_correction_is_not_lost(
    sign_in: SignIn, taken: Callable[..., Assignment], session: Session
) -> None:
    place = taken()
    page = at_work(sign_in, place)
    text = page.locator(".segment-editor textarea")
    asked: list[str] = []
    refused = {"confirm", "beforeunload"}

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if dialog.type in refused:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    page.keyboard.press(".")
    page.keyboard.press("e")
    expect(text).to_be_focused()
    text.press("End")
    page.keyboard.type(" zx")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".item[aria-current]")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(text).to_be_focused()
    refused.remove("confirm")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(text).to_have_value(re.compile(" zx$"))
    assert asked == ["confirm", "confirm", "beforeunload"]
    text.press("Control+Enter")
    expect(page.locator(".segment", has_text=" zx")).to_be_visible()
    page.goto(f"/calls/{place.call_id}")
    assert len(asked) == 3
    session.refresh(place)
    assert place.state is AssignmentState.TAKEN


def test_who_speaks_in_a_mixed_recording_is_said_by_key(
    sign_in: SignIn, taken: Callable[..., Assignment]
) -> None:
    page = at_work(sign_in, taken(channels=1))
    turn = page.locator(".segment").first
    page.keyboard.press(",")
    for side in ("manager", "client", "manager"):
        page.keyboard.press("w")
        expect(turn).to_have_class(re.compile(f"segment-{side}"))
        expect(turn.locator(".segment-time")).to_be_focused()


def test_a_call_is_given_back_with_what_was_written_on_it(
    sign_in: SignIn, taken: Callable[..., Assignment], session: Session
) -> None:
    place = taken()
    page = at_work(sign_in, place)
    page.keyboard.press("1")
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.wait_for_url("**/queue")
    assert "будет удалено" in asked[0]
    session.refresh(place)
    assert (place.state, place.reviewer) == (AssignmentState.WAITING, None)
    assert session.scalars(select(Review).where(Review.call_id == place.call_id)).all() == []


def test_a_call_that_cannot_be_scored_leaves_the_queue_by_keyboard(
    sign_in: SignIn, taken: Callable[..., Assignment], session: Session
) -> None:
    place = taken()
    page = at_work(sign_in, place)
    page.keyboard.press("u")
    expect(page.locator("#unusable-reason")).to_be_focused()
    page.keyboard.type("Автоответчик")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue")
    session.refresh(place)
    assert (place.state, place.why) == (AssignmentState.REMOVED, "Автоответчик")


def test_the_question_mark_lists_every_key(sign_in: SignIn, taken: Callable[..., Assignment]) -> None:
    page = at_work(sign_in, taken(channels=1))
    page.keyboard.press("?")
    listed = page.locator("#player-keys kbd").all_inner_texts()
    assert {*"JKYNXZCMREWGU", *"[],./?", "Esc", "Enter"} <= set(listed)
