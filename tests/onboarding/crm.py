"""A CRM on this machine: a real HTTP server that keeps what it is sent and answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Received(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes
    status: int = 200

    @property
    def told(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


class Crm(ThreadingHTTPServer):
    """``answers``: the status of the next requests, 200 when there are none left."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.received: list[Received] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/leads"

    @property
    def taken(self) -> list[str]:
        return [each.told["event"] for each in self.received]


class _Handler(BaseHTTPRequestHandler):
    server: Crm

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.received.append(Received(self.path, dict(self.headers), body, status))
        self.send_response(status)
        if status in (301, 302, 303, 307, 308):
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.received.append(Received(self.path, {}, b""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """The server is silent."""


@contextmanager
def serving() -> Iterator[Crm]:
    with Crm() as crm:
        thread = threading.Thread(target=crm.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield crm
        crm.shutdown()
        thread.join()
