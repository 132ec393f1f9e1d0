"""Clients that are slow or send nothing, at a real server: they hold up nobody but themselves."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from qcapp.core.db import Base
from qcapp.core.web import CHANGES_AT_ONCE
from qcapp.settings import Settings
from qcapp.web_server import threads
from tests.databases import fresh_url, open_database
from tests.factories.people import make_cast
from tests.serving import Visitor, WebServer

IMPATIENT = """
from qcapp import web_server
web_server.SILENCE_S = 2
from qcapp.web_server import *
"""
HEAD = b"\r\n".join(
    (
        b"POST /login HTTP/1.1",
        b"Host: qc",
        b"Expect: 100-continue",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: 30",
        b"\r\n",
    )
)


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[WebServer]:
    """It waits for a silent client two seconds only."""
    config = tmp_path / "impatient.py"
    config.write_text(IMPATIENT)
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        Base.metadata.create_all(database.engine)
        with database.transaction() as session:
            make_cast(session)
        database.engine.dispose()
        with WebServer(database, settings, tmp_path, str(config)).running() as server:
            yield server


def silent(server: WebServer, stack: ExitStack) -> socket.socket:
    """A connection whose request has been begun to be worked on, and whose body never comes."""
    connection = stack.enter_context(server.connect())
    connection.sendall(HEAD)
    assert connection.recv(1000).startswith(b"HTTP/1.1 100")
    return connection


def test_whoever_sends_nothing_keeps_nobody_from_writing_or_reading(server: WebServer) -> None:
    with ExitStack() as stack:
        for _connection in range(CHANGES_AT_ONCE):
            silent(server, stack)
        assert Visitor(server).sign_in("kira").status == 303
    with ExitStack() as stack:
        all_threads = [silent(server, stack) for _thread in range(threads)]
        assert Visitor(server).get("/login").status == 200
        assert all_threads[0].recv(1000).startswith(b"HTTP/1.1 408")
    with server.connect() as unfinished:
        unfinished.sendall(HEAD[:40])
        assert unfinished.recv(1000) == b""
