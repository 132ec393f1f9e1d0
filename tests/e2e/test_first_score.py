"""The main job: recordings go in, become text, are scored by keyboard, and the manager reads why."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, Installation
from tests.e2e.keyboard import Keyboard

DEMO = ROOT / "audio" / "demo"
NORTH, SOUTH = "1791270724.126", "1793283764.248"  # of extensions 201 (2:41) and 202 (1:17)
TRANSCRIBED_MS = 240_000
BAD = {"recording_notice": "Не предупредил о записи", "summary": "Не повторил, что и когда"}
SignIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def worker(installation: Installation) -> Iterator[None]:
    with installation.running("worker"):
        yield


def recording(unique: str) -> Path:
    return next(file for file in DEMO.iterdir() if unique in file.name and file.suffix.lower() == ".wav")


def cdr_of(*uniques: str, folder: Path) -> Path:
    """The lines of the exchange's CDR about these calls."""
    rows = (DEMO / "Master.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    file = folder / "Master.csv"
    file.write_text("".join(row for row in rows if any(each in row for each in uniques)), encoding="utf-8")
    return file


def upload(page: Page, folder: Path) -> None:
    page.goto("/imports/new")
    page.set_input_files("[name=files]", [recording(NORTH), recording(SOUTH)])
    page.set_input_files("[name=cdr]", cdr_of(NORTH, SOUTH, folder=folder))
    page.select_option("[name=timezone]", "Europe/Moscow")
    page.select_option("[name=manager_channel]", "0")
    page.locator("form[data-module=upload] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))


def open_call(page: Page, started: str) -> None:
    """The page of the call that began at this local time, once it holds the transcript."""
    page.goto("/calls/")
    page.get_by_role("link", name=started, exact=True).click()
    expect(page.locator(".segment").first).to_be_visible(timeout=TRANSCRIBED_MS)


def current(page: Page) -> str:
    return page.locator(".item[aria-current]").get_attribute("data-item") or ""


def best_key(page: Page) -> str:
    """The key of the best answer to the current item that is not "not applicable"."""
    good = page.locator(".item[aria-current] .choice-good input[data-key]")
    return good.last.get_attribute("data-key") if good.count() > 1 else good.first.get_attribute("data-key")


def score(page: Page, keyboard: Keyboard) -> None:
    """Answer every item of the card: badly what BAD names, everything else as well as can be."""
    while item := current(page):
        if item in BAD:
            keyboard.press("n")
            if page.locator(".item[aria-current] .reasons:visible").count():
                keyboard.press("1")
            keyboard.write(BAD[item])
            keyboard.press("Enter")
        else:
            keyboard.press(best_key(page))
        expect(page.locator(f'.item[data-item="{item}"]')).not_to_have_attribute("aria-current", "true")


def test_from_recordings_to_a_review_the_manager_has_read(
    sign_in: SignIn, worker: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = sign_in("lidia")
    upload(lead, tmp_path)
    open_call(lead, "29.10.2026 17:22")

    kira = sign_in("kira")
    open_call(kira, "06.10.2026 10:12")
    kira.get_by_role("button", name="Оценить").click()
    expect(kira.locator(".item[aria-current]")).to_be_focused()
    began = time.monotonic()
    keyboard = Keyboard(kira)

    keyboard.press("Space")
    expect(kira.locator("[data-part=toggle]")).to_have_attribute("data-playing", "true")
    expect(kira.locator("[data-part=now]")).not_to_have_text("0:00", timeout=15_000)
    keyboard.press("m")
    keyboard.write("Хорошее начало")
    keyboard.press("Enter")
    keyboard.press("Space")
    expect(kira.locator("[data-part=toggle]")).to_have_attribute("data-playing", "false")

    keyboard.press("Enter", ctrl=True)  # too early: the first item is named and stays
    expect(kira.locator(".result-missing[open]")).to_contain_text("нет ответа")
    score(kira, keyboard)
    expect(kira.locator("[data-part=state]")).to_contain_text("Сохранено в")
    expect(kira.locator(".result-missing")).to_have_count(0)
    keyboard.press("Enter")
    keyboard.write("Предупреждайте о записи и подводите итог.")
    keyboard.press("Enter", ctrl=True)
    expect(kira.locator(".flashes")).to_contain_text("Оценка опубликована")
    with capsys.disabled():
        print(  # noqa: T201
            f"\nA call of 2:41 was scored with {keyboard.keys} key presses and {keyboard.characters} typed "
            f"characters in {time.monotonic() - began:.0f} s."
        )
    assert keyboard.keys <= 35  # 21 answers, five of them about the CRM
    review = kira.url

    lead.get_by_role("button", name="Оценить").click()
    expect(lead.locator(".item[aria-current]")).to_be_focused()
    second = Keyboard(lead)
    score(lead, second)
    second.press("Enter", ctrl=True)
    expect(lead.locator(".flashes")).to_contain_text("Оценка опубликована")
    of_south = lead.url

    the_manager_reads(sign_in("max"), review)
    only_the_own_head_reads(sign_in, review, of_south)


def the_manager_reads(max_: Page, review: str) -> None:
    to_read = max_.locator("section", has=max_.locator("h2", has_text="Прочитать")).locator("tbody th a")
    expect(to_read).to_have_count(1)
    to_read.click()
    max_.wait_for_url(review)
    expect(max_.locator(".improve")).to_contain_text("Предупреждайте о записи и подводите итог.")
    expect(max_.locator(".answered.bad")).to_contain_text(list(BAD.values()))
    mark = max_.locator(".piece", has_text="Хорошее начало").locator("button")
    start = float(mark.get_attribute("data-start") or "nan")
    max_.keyboard.press("j")
    expect(max_.locator("[data-part=toggle]")).to_have_attribute("data-playing", "true")
    assert max_.evaluate("document.querySelector('audio').currentTime") >= start
    max_.get_by_role("button", name="Ознакомлен").first.click()
    expect(max_.get_by_role("button", name="Ознакомлен")).to_have_count(0)
    expect(max_.locator("main")).to_contain_text("ознакомлен")


def only_the_own_head_reads(sign_in: SignIn, of_north: str, of_south: str) -> None:
    roman, oleg = sign_in("roman"), sign_in("oleg")
    expect(roman.locator("tbody")).to_contain_text("Максим Крылов")
    expect(roman.locator("body")).not_to_contain_text("Светлана Юдина")
    for head, own, other in ((roman, of_north, of_south), (oleg, of_south, of_north)):
        allowed, refused = head.goto(own), head.goto(other)
        assert allowed is not None
        assert refused is not None
        assert (allowed.status, refused.status) == (200, 403)
