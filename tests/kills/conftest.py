"""An installation on each kind of database, whose processes are killed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from qcapp import create_app
from qcapp.core.db import Database
from qcapp.settings import Settings
from tests.factories.people import make_cast
from tests.kills.fate import FATE, Fate
from tests.serving import ROOT, Answer, WebServer, environment


@pytest.fixture
def app(settings: Settings, committed: Database) -> Iterator[Flask]:
    """The installation as the test sees it; its processes have the same database and files."""
    app = create_app(settings, committed)
    with app.app_context():
        yield app


@pytest.fixture
def cast(app: Flask, committed: Database) -> SimpleNamespace:
    with committed.transaction() as session:
        return make_cast(session)


@pytest.fixture
def fate(tmp_path: Path) -> Fate:
    return Fate(tmp_path / "fate")


@pytest.fixture
def server(
    committed: Database, settings: Settings, cast: SimpleNamespace, fate: Fate, tmp_path: Path
) -> Iterator[WebServer]:
    """A web server whose worker dies when the fate says so, and is started again by its master."""
    config, env = "python:tests.kills.server", {FATE: str(fate.file)}
    with WebServer(committed, settings, tmp_path, config, **env).running() as server:
        yield server


@pytest.fixture
def run(
    committed: Database, settings: Settings, cast: SimpleNamespace, fate: Fate
) -> Iterator[Callable[..., bool]]:
    """``run(name, later_s=0)`` has a worker do a job of that name; whether it has lived."""
    env = environment(committed, settings) | {
        FATE: str(fate.file),
        "QCAPP_WEBHOOK_URL": settings.webhook_url,
        "QCAPP_WEBHOOK_SECRET": settings.webhook_secret.get_secret_value(),
    }
    command = [sys.executable, "-m", "tests.kills.jobs"]
    with subprocess.Popen(
        command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None

        def run(name: str, later_s: int = 0) -> bool:
            print(name, later_s, file=worker.stdin, flush=True)
            return {"done\n": True, "killed\n": False}[worker.stdout.readline()]

        yield run
        worker.stdin.close()


def sent(request: Callable[[], Answer], *also_good: int) -> bool:
    """Send the request; whether the server has lived to answer it."""
    try:
        answer = request()
    except ConnectionError:
        return False
    assert answer.status in (200, 303, *also_good), answer.text
    assert not answer.headers.get("Location", "").startswith("/login")
    return True
