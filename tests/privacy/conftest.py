"""An installation with two clients, on a database of its own: what is committed is looked for in its files."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from qcapp import create_app
from qcapp.core.db import Database
from qcapp.settings import Settings
from tests.conftest import FreshContext
from tests.privacy.filled import fill


@pytest.fixture
def installed(settings: Settings, committed: Database) -> Flask:
    app = create_app(settings, committed)
    app.test_client_class = FreshContext
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def filled(installed: Flask, committed: Database, tmp_path: Path) -> Iterator[SimpleNamespace]:
    with installed.app_context():
        yield fill(installed, committed, tmp_path / "exchange")
