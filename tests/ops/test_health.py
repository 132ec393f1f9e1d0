"""``/health``: what a load balancer and a waiting start script ask."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text

from qcapp import create_app
from qcapp.core.web import CHANGES_AT_ONCE
from qcapp.ops import migrating
from qcapp.ops.health import Health
from qcapp.settings import Settings
from qcapp.transcripts.engine import model_files
from tests.waiting import until


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """With a model, so that every part of this installation works."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.bin").write_bytes(b"weights")
    return Settings(
        data_dir=tmp_path / "var",
        database_url=database_url,
        locale="en",
        secret_key="for tests only",
        whisper_model=str(model),
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    engine: Engine = app.extensions["qcapp_database"].engine
    migrating.upgrade(engine)
    yield app
    engine.dispose()


def test_it_answers_200_while_every_part_works(client: FlaskClient) -> None:
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json == {
        "status": "ok",
        "checks": {"database": True, "storage": True, "queue": True, "model": True},
    }


def test_it_does_not_wait_for_somebody_who_writes(client: FlaskClient, app: Flask) -> None:
    with app.extensions["qcapp_database"].writing() as session:
        session.execute(text("UPDATE source SET name = name"))
        assert client.get("/health").json["checks"]["database"] is True


def test_it_answers_503_before_the_database_is_at_this_version(client: FlaskClient, app: Flask) -> None:
    engine: Engine = app.extensions["qcapp_database"].engine
    migrating.run_alembic(engine, lambda settings: command.downgrade(settings, "base"))
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json["checks"]["database"] is False


def test_it_needs_no_login_and_is_not_kept_by_anybody(client: FlaskClient) -> None:
    assert client.get("/health").headers["Cache-Control"] == "no-store"


def test_it_answers_503_when_the_model_is_missing(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "model" / "model.bin").unlink()
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json["status"] == "failing"
    assert response.json["checks"]["model"] is False


def test_it_answers_503_when_files_cannot_be_written(client: FlaskClient, settings: Settings) -> None:
    folder = settings.data_dir / "files"
    folder.rmdir()
    folder.write_text("in the way")
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json["checks"] == {"database": True, "storage": False, "queue": True, "model": True}


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/qcapp.sqlite3", "postgresql+psycopg://nobody@127.0.0.1:9/qcapp"]
)
def test_it_answers_503_without_details_when_the_database_is_gone(settings: Settings, url: str) -> None:
    app = create_app(settings.model_copy(update={"database_url": url}))
    response = app.test_client().get("/health")
    assert response.status_code == 503
    assert response.json["checks"]["database"] is False
    assert "nowhere" not in response.text
    assert "127.0.0.1" not in response.text
    engine: Engine = app.extensions["qcapp_database"].engine
    engine.dispose()


def test_it_answers_503_when_the_queue_is_gone(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"queue_url": "redis://127.0.0.1:9/0"}))
    assert app.test_client().get("/health").json["checks"]["queue"] is False
    app.extensions["qcapp_database"].engine.dispose()


def test_parts_are_not_asked_at_every_request() -> None:
    asked: list[int] = []
    health = Health({"storage": lambda: asked.append(1)})
    assert health.answers() == health.answers() == {"storage": True}
    assert asked == [1]


def test_parts_are_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    seconds = itertools.count(step=4)
    clock = SimpleNamespace(monotonic=lambda: next(seconds))
    monkeypatch.setattr("qcapp.ops.health.time", clock)
    health = Health({"storage": lambda: asked.append(1)})
    for _time in range(3):
        health.answers()
    assert len(asked) == 2


def test_the_embedded_model_counts_once_it_is_installed_or_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_files, "PARTS", ("qcapp-no-such-package",))
    assert not model_files.is_installed("", tmp_path)
    joined = tmp_path / "models" / model_files.EMBEDDED
    joined.mkdir(parents=True)
    (joined / "model.bin").write_bytes(b"weights")
    assert model_files.is_installed("", tmp_path)


def test_a_part_that_hangs_is_not_waited_for_and_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qcapp.ops.health.PATIENCE_S", 0.05)
    monkeypatch.setattr("qcapp.ops.health.KEPT_S", -1)
    back, asked = threading.Event(), []

    def hang() -> None:
        asked.append(1)
        back.wait()

    health = Health({"storage": hang, "model": lambda: None})
    assert health.answers() == health.answers() == {"storage": False, "model": True}
    assert asked == [1]
    back.set()
    until(lambda: health.answers()["storage"])


def test_it_answers_while_all_who_write_wait_for_a_locked_database(app: Flask) -> None:
    """As many as may write wait for the lock; the next one is told to come again, who reads is not held up."""
    app.config["WTF_CSRF_ENABLED"] = False
    other = create_engine(app.extensions["qcapp_database"].engine.url)
    on_sqlite = other.dialect.name == "sqlite"
    lock = "BEGIN IMMEDIATE" if on_sqlite else "LOCK TABLE token_bucket IN ACCESS EXCLUSIVE MODE"

    def status_of_post(**data: str) -> int:
        return app.test_client().post("/login", data=data).status_code

    def sign_in(number: int) -> int:
        return until(lambda: (status := status_of_post(login=f"x{number}", password="y")) != 503 and status)

    with other.connect() as connection, ThreadPoolExecutor(CHANGES_AT_ONCE) as pool:
        connection.exec_driver_sql(lock)
        waiting = [pool.submit(sign_in, number) for number in range(CHANGES_AT_ONCE)]
        until(lambda: status_of_post() == 503)
        assert app.test_client().get("/health").json["checks"]["database"] is True
        assert app.test_client().get("/login").status_code == 200
        assert not any(each.done() for each in waiting)
        connection.rollback()
        assert {each.result() for each in waiting} == {422}
    other.dispose()
