"""Fixtures shared by all tests. Every test of a service or page runs on SQLite and on PostgreSQL."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule

from qcapp import create_app
from qcapp.core.db import Base, Database, make_engine, reading_sessions
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.databases import KINDS, fresh_url, open_database
from tests.factories import calls
from tests.factories import people as cast

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no reason to fail
hypothesis.settings.load_profile("unhurried")


class CompiledOnce(Rule):
    """The tests make thousands of applications with the same addresses: what writes an address is compiled once."""

    _compiled: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.subdomain, self.rule, repr(self.defaults), append_unknown)
        if key not in self._compiled:
            self._compiled[key] = super()._compile_builder(append_unknown)
        return self._compiled[key]


Flask.url_rule_class = CompiledOnce


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("model") is None)


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage took a tenth of every test."""
    gc.collect()
    gc.freeze()


class OneConnection(Database):
    """A database whose every session lives in one outer transaction, rolled back after the test."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.engine = database.engine
        self.connection = connection
        mode = "create_savepoint"
        self.writing = sessionmaker(connection, expire_on_commit=False, join_transaction_mode=mode)
        self.reading = reading_sessions(connection, join_transaction_mode=mode)


@pytest.fixture(scope="session", params=KINDS)
def _created(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with fresh_url(request.param, tmp_path_factory.mktemp("db")) as url:
        database = open_database(url)
        Base.metadata.create_all(database.engine)
        yield database
        database.engine.dispose()


@pytest.fixture(autouse=True)
def _calls_of_today() -> None:
    """Calls that a test makes lie within days of each other."""
    calls.begin_anew()


@pytest.fixture
def database(_created: Database) -> Iterator[Database]:
    """Tables without rows, on each kind of database; whatever the test commits is gone after it."""
    with _created.engine.connect() as connection:
        outer = connection.begin()
        yield OneConnection(_created, connection)
        outer.rollback()


@pytest.fixture
def session(database: Database, app: Flask) -> Iterator[Session]:
    """A session inside an application context, so that messages can be translated."""
    with app.app_context(), database.writing() as session:
        yield session


@pytest.fixture(scope="session", params=KINDS)
def _with_tables(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Kind and URL of a database with tables, which nobody is connected to."""
    with fresh_url(request.param, tmp_path_factory.mktemp("tables")) as url:
        database = open_database(url)
        Base.metadata.create_all(database.engine)
        database.engine.dispose()
        yield request.param, url


@pytest.fixture
def committed(_with_tables: tuple[str, str], tmp_path: Path) -> Iterator[Database]:
    """A database of its own for tests of real commits by several at once: tables without rows."""
    kind, original = _with_tables
    with fresh_url(kind, tmp_path, like=original) as url:
        database = open_database(url)
        yield database
        database.engine.dispose()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own for tests that start processes or make tables themselves."""
    with fresh_url(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database of its own for tests of migrations."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", locale="en", secret_key="for tests only")


class FreshContext(FlaskClient):
    """Every request has a ``g`` of its own, although the test's session keeps an application context open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Every test makes an application of its own; the templates are compiled once for all of them."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, database: Database, compiled_templates: FileSystemBytecodeCache) -> Flask:
    app = create_app(settings, database)
    app.jinja_env.bytecode_cache = compiled_templates
    app.test_client_class = FreshContext
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def people(session: Session) -> SimpleNamespace:
    """The cast by first name: olga (owner), lidia (qc_lead), kira (qc), roman (head of North), tanya (coach, North),
    hanna (hr), max (manager, North, 201), anna (admin); oleg (head of South) and sveta (manager, South, 301)."""
    people = cast.make_cast(session)
    session.commit()
    return people


@pytest.fixture
def login(client: FlaskClient):
    """``login(user)`` signs the person in through the login page and returns the client."""

    def login(user: User) -> FlaskClient:
        client.post("/logout")
        response = client.post("/login", data={"login": user.login, "password": cast.PASSWORD})
        assert response.status_code == 303, response.text
        return client

    return login
