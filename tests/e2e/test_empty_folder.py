"""From an empty folder to the first published score as docs/operations.md and the start page say, each step counted."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.conftest import ROOT, START_S, Installation
from tests.e2e.keyboard import Keyboard
from tests.e2e.test_first_score import score
from tests.waiting import until

COMMANDS, IN_THE_BROWSER = 5, 13
"""How many steps docs/operations.md promises; more are not to be needed."""
NAME = "out-79460184409-201-20261029-172244-1793283764.248.wav"
"""As an exchange names a call of extension 201."""
OWN_PASSWORD = "зелёный чайник на крыше"
TRANSCRIBED_MS = 240_000


class Steps:
    """A person who puts the product up, with every command, every page opened and every button pressed on record."""

    def __init__(self, browser: Browser, installation: Installation) -> None:
        self.browser, self.installation = browser, installation
        self.commands: list[str] = []
        self.taken: list[str] = []
        self.contexts: list[BrowserContext] = []

    def command(self, *words: str) -> str:
        self.commands.append(" ".join(words))
        line = [sys.executable, "-m", "qcapp", *words]
        done = subprocess.run(
            line,
            env=self.installation.environment,
            cwd=ROOT,
            capture_output=True,
            check=True,
            timeout=START_S,
        )
        return done.stdout.decode()

    def person(self, login: str, name: str, role: str) -> str:
        """Added on the server; the password printed there."""
        printed = self.command("user", "add", login, "--name", name, "--role", role)
        found = re.search(r"\S+$", printed)
        assert found
        return found[0]

    def open(self, page: Page, address: str) -> None:
        self.taken.append(f"open {address}")
        page.goto(address)

    def press(self, button: Locator) -> None:
        self.taken.append(f"press {button.inner_text().strip()} on {button.page.url}")
        button.click()

    def sign_in(self, login: str, password: str) -> Page:
        """For the first time: with the password that somebody else has made, which is changed at once."""
        self.contexts.append(self.browser.new_context(base_url=self.installation.url, locale="ru-RU"))
        page = self.contexts[-1].new_page()
        self.open(page, "/")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        self.press(page.locator("main form button[type=submit]"))
        page.fill("[name=old]", password)
        page.fill("[name=new]", OWN_PASSWORD)
        self.press(page.locator("main form button[type=submit]"))
        expect(page.locator(".first-steps")).to_be_visible()
        return page


@pytest.fixture
def steps(browser: Browser, tmp_path: Path) -> Iterator[Steps]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "empty"
    folder.mkdir()
    taken = Steps(browser, Installation(folder, port))
    yield taken
    for context in taken.contexts:
        context.close()


def test_from_an_empty_folder_to_the_first_published_score(steps: Steps, tmp_path: Path) -> None:
    anna = steps.person("anna", "Анна Админова", "admin")
    steps.person("olga", "Ольга Собственникова", "owner")
    lidia = steps.person("lidia", "Лидия Контролёва", "qc_lead")
    steps.command("checklists", "load", str(ROOT / "checklists"))
    steps.commands.append("up")
    with steps.installation.running("up", "--bind", f"127.0.0.1:{steps.installation.port}"):
        until(steps.installation.answers, timeout_s=START_S)
        admin = steps.sign_in("anna", anna)
        steps.press(admin.locator("[aria-current=step] a"))
        admin.fill("[name=login]", "max")
        admin.fill("[name=name]", "Максим Крылов")
        admin.fill("[name=extensions]", "201")
        steps.press(admin.locator("main form button[type=submit]"))

        lead = steps.sign_in("lidia", lidia)
        steps.press(lead.locator("[aria-current=step] a"))
        recording = shutil.copy(ROOT / "tests" / "recordings" / "two_voices.wav", tmp_path / NAME)
        lead.set_input_files("[name=files]", recording)
        steps.press(lead.locator("form[data-module=upload] button[type=submit]"))
        lead.wait_for_url(re.compile(r"/imports/\d+$"))
        steps.press(lead.locator("tbody a").first)
        expect(lead.locator(".segment").first).to_be_visible(timeout=TRANSCRIBED_MS)
        steps.press(lead.get_by_role("button", name="Оценить"))
        expect(lead.locator(".item[aria-current]")).to_be_focused()
        score(lead, Keyboard(lead))
        steps.press(lead.locator("[data-part=publish]"))
        expect(lead.locator(".flashes")).to_contain_text("Оценка опубликована")
        lead.goto("/")
        expect(lead.locator(".first-steps")).to_have_count(0)
    assert len(steps.commands) <= COMMANDS, steps.commands
    assert len(steps.taken) <= IN_THE_BROWSER, steps.taken
    for guide in ("README.md", "docs/operations.md"):
        assert f"{IN_THE_BROWSER} steps" in (ROOT / guide).read_text(encoding="utf-8")
