"""The player and the transcript in a real browser: hot keys, following, seeking, finding, correcting."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from qcapp import create_app
from qcapp.calls.prepare import prepare
from qcapp.core.storage import derived_key, original_key
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.e2e.conftest import ROOT, Installation
from tests.e2e.waiting import eventually, ready
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript

RECORDING = next((ROOT / "audio" / "demo").glob("out-74970140231-201-*.wav"))
SignIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def call_id(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A two-channel call whose transcript is what was really said."""
    app = create_app(Settings(data_dir=installation.data_dir))
    prepared = prepare(RECORDING, RECORDING.name, tmp_path_factory.mktemp("prepared"))
    truth = json.loads(RECORDING.with_suffix(".json").read_text(encoding="utf-8"))
    with app.app_context(), app.extensions["qcapp_database"].transaction() as session:
        call = make_call(
            session, session.scalars(select(User).where(User.login == "max")).one(), transcribed=False
        )
        recording = call.recording
        recording.duration_s, recording.sha256 = prepared.duration_s, prepared.sha256
        recording.storage_key = original_key(prepared.sha256)
        recording.playback_key = derived_key(prepared.sha256, "playback-1.mp3")
        recording.peaks_key = derived_key(prepared.sha256, "peaks-1.json")
        files: dict[str, Path | None] = {
            recording.storage_key: prepared.path,
            recording.peaks_key: prepared.peaks,
        }
        for key, path in (files | {recording.playback_key: prepared.playback}).items():
            app.extensions["qcapp_storage"].put(key, path)
        said = [
            (int(turn["speaker"] != "manager"), turn["start"], turn["end"], turn["text"])
            for turn in truth["turns"]
        ]
        make_transcript(session, call, *said)
        return call.id


@pytest.fixture
def page(sign_in: SignIn, call_id: int) -> Page:
    page = sign_in("kira")
    faults: list[str] = []
    page.on(
        "console",
        lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/calls/{call_id}")
    ready(page)
    eventually(page, "document.querySelector('audio').readyState >= 1")
    yield page
    assert faults == []  # a violated content security policy would be told here


def now(page: Page) -> float:
    return float(page.evaluate("document.querySelector('audio').currentTime"))


def playing(page: Page) -> bool:
    return not page.evaluate("document.querySelector('audio').paused")


def test_space_plays_and_the_words_are_followed(page):
    page.keyboard.press("Space")
    expect(page.locator(".w.now")).to_be_visible()
    eventually(page, "document.querySelector('audio').currentTime > 1")
    page.keyboard.press("Space")
    assert not playing(page)


def test_arrows_go_five_seconds_and_brackets_change_the_speed(page):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert now(page) == pytest.approx(5, abs=0.3)
    page.keyboard.press("]")
    page.keyboard.press("]")
    expect(page.locator("[data-part=speed]")).to_have_text("1,5×")
    page.reload()
    expect(page.locator("[data-part=speed]")).to_have_text("1,5×")
    for _n in range(6):
        page.keyboard.press("[")
    expect(page.locator("[data-part=speed]")).to_have_text("0,5×")


def test_a_click_on_a_word_or_on_the_waveform_goes_there(page):
    word = page.locator(".w", has_text="полезно").first
    word.click()
    assert now(page) == pytest.approx(float(word.get_attribute("data-s")), abs=0.1)
    box = page.locator(".wave").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    assert now(page) == pytest.approx(80.6, abs=1)


def test_both_lanes_are_drawn_in_their_colours(page):
    painted = eventually(
        page,
        """() => {
          const drawn = document.querySelector('.wave canvas');
          const copy = Object.assign(document.createElement('canvas'), {width: drawn.width, height: drawn.height});
          const canvas = copy.getContext('2d', {willReadFrequently: true});  // read again and again, until it is drawn
          canvas.drawImage(drawn, 0, 0);
          const data = canvas.getImageData(0, 0, drawn.width, drawn.height).data;
          const middle = data.length / 2;
          const colours = [[0, middle], [middle, data.length]].map(([from, to]) => {
            for (let i = from; i < to; i += 4) if (data[i + 3] === 255) return data.slice(i, i + 3).join();
            return null;
          });
          return colours[0] && colours[1] ? colours : null;
        }""",
    )
    assert painted[0] != painted[1]


def test_keys_typed_into_a_field_do_nothing_else(page):
    page.locator("#find").fill("")
    page.keyboard.type("[ ] jk ?")
    assert not playing(page)
    expect(page.locator("[data-part=speed]")).to_have_text("1×")
    expect(page.locator("#player-keys")).to_be_hidden()
    expect(page.locator("#find")).to_have_value("[ ] jk ?")


def test_the_question_mark_lists_the_keys(page):
    page.keyboard.press("?")
    expect(page.locator("#player-keys")).to_contain_text("Слушать, пауза")
    page.keyboard.press("Escape")
    expect(page.locator("#player-keys")).to_be_hidden()


def test_words_are_found_in_all_their_forms_one_after_the_other(page):
    page.keyboard.press("/")
    page.keyboard.type("сайты")
    expect(page.locator("[data-part=count]")).to_have_text(re.compile(r"1 / \d"))
    assert "сайт" in page.locator(".hit-current").first.inner_text().lower()
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=count]")).to_have_text(re.compile(r"2 / \d"))
    page.keyboard.press("Shift+Enter")
    expect(page.locator("[data-part=count]")).to_have_text(re.compile(r"1 / \d"))


def test_a_piece_is_corrected_by_keyboard_while_it_plays(page):
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("e")
    text = page.locator("textarea")
    expect(text).to_be_focused()
    eventually(page, "!document.querySelector('audio').paused")
    end = float(page.locator(".segment-editor").get_attribute("data-end"))
    text.press("End")
    page.keyboard.type(" и ещё [ ?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.locator(".segment", has_text="и ещё [ ?")).to_be_visible()
    expect(page.locator(":focus")).to_have_class(re.compile("segment-time"))
    eventually(
        page,
        f"document.querySelector('audio').paused || document.querySelector('audio').currentTime > {end + 2}",
    )
    assert now(page) == pytest.approx(end, abs=1)  # the piece has stopped at its end by itself
    page.get_by_role("button", name="исправлено").first.click()
    expect(page.locator("#history")).to_be_visible()
    expect(page.locator("#history")).to_contain_text("распознавание")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("textarea")).to_have_count(0)
    page.keyboard.press("e")
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.type("не то")
    page.keyboard.press("Escape")
    expect(page.locator("textarea")).to_have_value(re.compile("не то"))
    expect(page.get_by_role("button", name="Сохранить")).to_be_focused()
    page.get_by_role("button", name="Отменить").click()
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.locator(".transcript")).not_to_contain_text("не то")


def test_the_page_fits_a_telephone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    eventually(page, "document.querySelector('.wave canvas').width <= 390 * window.devicePixelRatio")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_address_can_name_a_moment(page, call_id):
    page.goto(f"/calls/{call_id}?t=30")
    eventually(page, "document.querySelector('audio').currentTime >= 29.9")
