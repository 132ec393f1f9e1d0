"""A whole installation for the browser tests: real processes on a data folder of their own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from qcapp import create_app
from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import load_card
from qcapp.core.audit import AuditKeeper
from qcapp.core.db import Database
from qcapp.ops import migrating
from qcapp.people import service, teams
from qcapp.settings import Settings
from qcapp.terms import Role
from tests.waiting import until

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PASSWORD = "правильная лошадь"
START_S = 120.0  # a loaded machine takes long to import everything
PATIENCE_MS = 30_000
ROOT = Path(__file__).parents[2]
# login, name, role, team, extensions
CAST: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("lidia", "Лидия Орлова", "qc_lead", "", ()),
    ("kira", "Кира Белова", "qc", "", ()),
    ("pavel", "Павел Громов", "qc", "", ()),
    ("nina", "Нина Ветрова", "qc", "", ()),
    ("roman", "Роман Титов", "head", "Север", ()),
    ("max", "Максим Крылов", "manager", "Север", ("201",)),
    ("oleg", "Олег Дронов", "head", "Юг", ()),
    ("sveta", "Светлана Юдина", "manager", "Юг", ("202",)),
    ("ivan", "Иван Разин", "manager", "Запад", ()),
    ("olga", "Ольга Соболева", "owner", "", ()),
    ("hanna", "Анна Мороз", "hr", "", ()),
    ("tanya", "Татьяна Лис", "coach", "Север", ()),
)


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine; without one the tests are skipped, in CI they fail."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        reason = "no Chromium or Chrome is installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        microphone = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *microphone])
        yield chromium
        chromium.close()


@dataclass
class Installation:
    """A data folder and the address its pages are served on."""

    data_dir: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("QCAPP_")}
        return own | {"QCAPP_DATA_DIR": str(self.data_dir), "QCAPP_LOCALE": "ru", "QCAPP_WORKERS": "1"}

    def database(self) -> Database:
        database = Database(f"sqlite:///{self.data_dir / 'qcapp.sqlite3'}")
        database.provide(audit=AuditKeeper(self.data_dir))
        return database

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command of the product in the background; its log lies in the data folder."""
        with (self.data_dir / f"{arguments[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "qcapp", *arguments],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(timeout=30)

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/login", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:  # refused, or a loaded machine takes its time
            return False


@pytest.fixture(scope="module")
def installation(
    browser: Browser, furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Database, people and checklists in place, the pages served. Nothing works in the background."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data_dir = tmp_path_factory.mktemp("installation")
    made = Installation(shutil.copytree(furnished, data_dir, dirs_exist_ok=True), port)
    with made.running("serve", "--bind", f"127.0.0.1:{port}", "--processes", "1"):
        until(made.answers, timeout_s=START_S)
        yield made


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that every installation begins with a copy of: tables, people and checklists, by services."""
    folder = tmp_path_factory.mktemp("furnished")
    app = create_app(Settings(data_dir=folder))
    database = app.extensions["qcapp_database"]
    migrating.upgrade(database.engine)
    with app.app_context(), database.transaction() as session:
        grouped = {name: teams.add_team(session, by=None, name=name) for name in ("Север", "Юг", "Запад")}
        for login, name, role, team, extensions in CAST:
            person, _made = service.add_user(
                session,
                by=None,
                login=login,
                name=name,
                role=Role(role),
                password=PASSWORD,
                team=grouped.get(team),
                extensions=extensions,
            )
            if person.team and person.role is Role.HEAD:
                teams.choose_head(session, person.team, person, by=None)
        for file in sorted((ROOT / "checklists").glob("*.yaml")):
            load_card(session, read_card(file), by=None)
    database.engine.dispose()
    return folder


@pytest.fixture
def sign_in(browser: Browser, installation: Installation) -> Iterator[Callable[[str], Page]]:
    """``sign_in("kira")``: a page in a browser window of her own, on the start page."""
    contexts: list[BrowserContext] = []

    def sign_in(login: str) -> Page:
        context = browser.new_context(
            base_url=installation.url, locale="ru-RU", viewport={"width": 1440, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)  # some roles start on a page of their own
        return page

    yield sign_in
    for context in contexts:
        context.close()
