"""A real web server in a process of its own, and people who use it over the network."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from werkzeug.test import encode_multipart

from qcapp.core.db import Database
from qcapp.settings import Settings
from tests.factories.people import PASSWORD
from tests.waiting import until

ROOT = Path(__file__).parents[1]
START_S = 120.0  # a loaded machine takes long to import everything
ANSWER_S = 60.0
PRODUCT = "python:qcapp.web_server"


class WebServer:
    """Where it is served, and its log."""

    def __init__(
        self, database: Database, settings: Settings, folder: Path, config: str = PRODUCT, **env: str
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = folder / "server.log"
        self.env = environment(database, settings) | env
        self.command = [sys.executable, "-m", "gunicorn", "--config", config]
        self.command += ["--bind", f"127.0.0.1:{self.port}", "--workers", "1"]

    @contextmanager
    def running(self) -> Iterator["WebServer"]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(self.command, env=self.env, cwd=ROOT, stdout=log, stderr=log)
            try:
                until(self.answers, START_S)
                yield self
            finally:
                process.terminate()
                process.wait()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), ANSWER_S)

    def answers(self) -> bool:
        try:
            return Visitor(self).get("/login").status == 200
        except OSError:
            return False


def environment(database: Database, settings: Settings) -> dict[str, str]:
    """What makes a process one of the installation that the test looks into."""
    return os.environ | {
        "QCAPP_DATA_DIR": str(settings.data_dir),
        "QCAPP_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "QCAPP_AUDIT_KEY": settings.audit_key.get_secret_value(),
        "QCAPP_LOCALE": "en",
    }


class Answer:
    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()


class Visitor:
    """A browser: keeps cookies and sends the token of the forms; a connection for each request."""

    def __init__(self, server: WebServer) -> None:
        self._server = server
        self._cookies: dict[str, str] = {}
        self._form_token = ""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, data: Mapping[str, Any], **headers: str) -> Answer:
        """Send a form; files are werkzeug's ``FileStorage``."""
        boundary, body = encode_multipart({"csrf_token": self._form_token, **data})
        headers["Content-Type"] = f'multipart/form-data; boundary="{boundary}"'
        return self._ask("POST", path, body, headers)

    def post_json(self, path: str, text: str) -> Answer:
        return self._ask("POST", path, text.encode(), {"Content-Type": "application/json"})

    def sign_in(self, login: str) -> Answer:
        self.get("/login")
        answer = self.post("/login", {"login": login, "password": PASSWORD})
        self.get("/")  # its forms hold the token of the new session
        return answer

    def _ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=ANSWER_S)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            own = {"Cookie": cookies, "X-CSRFToken": self._form_token}
            connection.request(method, path, body or None, {**own, **headers})
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies.update((name, each.value) for name, each in SimpleCookie(line).items())
        if token := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text):
            self._form_token = token[1]
        return answer
