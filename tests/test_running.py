"""``qcapp up`` with all its processes: what dies comes back, and nothing stays behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from qcapp.settings import Settings
from tests.waiting import until

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
PATIENCE_S = 120.0
HALF_SENT = (
    b"POST /login HTTP/1.1\r\nHost: qc\r\nExpect: 100-continue\r\nContent-Length: 12\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)
WEB, WORKER, TRANSCRIBER = "gunicorn", "qcapp worker", "qcapp.transcriber"


class Installation:
    """A running ``qcapp up`` without a model: its transcribers wait."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        env = {
            **os.environ,
            "QCAPP_DATA_DIR": str(settings.data_dir),
            "QCAPP_WHISPER_MODEL": str(folder),
            "QCAPP_WORKERS": "1",
        }
        command = [sys.executable, "-m", "qcapp", "up", "--bind", self.address]
        self.log = folder / "up.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def answers(self) -> bool:
        return login_page_of(self.address)

    def processes(self) -> dict[int, str]:
        """All descendants with their command lines."""
        found: dict[int, str] = {}
        parents = [self.process.pid]
        while parents:
            for child in children_of(parents.pop()):
                found[child] = command_of(child)
                parents.append(child)
        return found

    def process_named(self, name: str) -> int | None:
        """The topmost process with this in its command line."""
        return next((pid for pid, command in self.processes().items() if name in command), None)

    def masters(self) -> set[int]:
        """The web server's own process; none before it runs, or once it is killed."""
        return {pid for pid in children_of(self.process.pid) if WEB in command_of(pid)}

    def is_up(self) -> bool:
        return self.answers() and self.process_named(TRANSCRIBER) is not None


def login_page_of(address: str) -> bool:
    """Whether it is served there."""
    try:
        with urllib.request.urlopen(f"http://{address}/login", timeout=10) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.fixture
def installation(settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(settings, tmp_path)
    until(installation.is_up, PATIENCE_S)
    yield installation
    remaining = installation.processes()
    installation.process.kill()
    installation.process.wait()
    for pid in remaining:
        if command_of(pid):
            os.kill(pid, signal.SIGKILL)


def test_what_is_killed_comes_back(installation: Installation) -> None:
    for name in (TRANSCRIBER, WORKER, WEB):
        pid = installation.process_named(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lambda name=name, pid=pid: installation.process_named(name) not in (None, pid), PATIENCE_S)
    until(installation.is_up, PATIENCE_S)


def test_whoever_lost_its_master_leaves_the_address_at_once_and_finishes_what_it_has_begun(
    installation: Installation,
) -> None:
    """Otherwise no new master could begin for as long as somebody sends a large file or hears a call."""
    (master,) = installation.masters()
    host, port = installation.address.split(":")
    with socket.create_connection((host, int(port)), PATIENCE_S) as begun:
        begun.sendall(HALF_SENT)
        assert begun.recv(1000).startswith(b"HTTP/1.1 100")
        os.kill(master, signal.SIGKILL)
        until(lambda: installation.masters() - {master}, PATIENCE_S)
        until(installation.is_up, PATIENCE_S)
        begun.sendall(b"login=nobody")
        assert begun.recv(1000).startswith(b"HTTP/1.1 400")
    assert "Connection in use" not in installation.log.read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_stays_behind(installation: Installation, how: signal.Signals) -> None:
    before = installation.processes()
    assert any(WEB in command for command in before.values())
    installation.process.send_signal(how)
    status = installation.process.wait(PATIENCE_S)
    assert status == (-signal.SIGKILL if how is signal.SIGKILL else 0)
    until(lambda: not [pid for pid in before if command_of(pid)], PATIENCE_S)


def test_the_pages_are_served_by_the_process_that_was_started_and_has_imported_the_program(
    settings: Settings, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    env = os.environ | {"QCAPP_DATA_DIR": str(settings.data_dir), "PYTHONPROFILEIMPORTTIME": "1"}
    command = [sys.executable, "-m", "qcapp", "serve", "--bind", address, "--processes", "1"]
    imports = tmp_path / "serve.log"
    with imports.open("wb") as log, subprocess.Popen(command, env=env, stderr=log) as process:
        until(lambda: login_page_of(address), PATIENCE_S)
        [child] = children_of(process.pid)
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    assert not command_of(child)
    assert len(re.findall(r"\| +qcapp\.settings$", imports.read_text(), re.MULTILINE)) == 1
