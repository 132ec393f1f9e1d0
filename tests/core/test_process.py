"""Temporary copies lie in the data folder, are nobody else's business, and go with their process. Real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.factories import odd_audio
from tests.waiting import until

LENT_BY_ALL = 0o022  # what most systems set: everybody may read what is made
WAITING = """
import sys, tempfile
from pathlib import Path
from qcapp.core import process
process.keep_temporary_files_in(Path(sys.argv[1]))
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "recording").write_bytes(b"secret")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a process that works on a copy of a recording until its input ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", WAITING, str(tmp_path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in started:
        process.communicate()


def test_what_a_killed_process_left_goes_at_the_next_start_and_a_living_ones_stays(
    tmp_path: Path, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    living = start()
    (kept,) = tmp_path.rglob("recording")
    killed = start()
    killed.kill()
    killed.wait()
    assert len(list(tmp_path.rglob("recording"))) == 2
    last = start()
    assert kept.exists()
    assert len(list(tmp_path.rglob("recording"))) == 2
    for process in (living, last):
        process.communicate()
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_folder_that_cannot_be_removed_keeps_nobody_from_starting(
    tmp_path: Path, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """A folder in the place of the lock stands for a lock that is another user's."""
    (tmp_path / "left" / ".lock").mkdir(parents=True)
    start()
    assert (tmp_path / "left").exists()


def test_a_killed_import_leaves_its_copies_in_the_data_folder_and_nothing_is_open_to_others(
    tmp_path: Path,
) -> None:
    monitor, data, backup = tmp_path / "monitor", tmp_path / "data", tmp_path / "backup"
    monitor.mkdir()
    for number in range(20):
        (monitor / f"{number}.wav").write_bytes(odd_audio.wav(60.0, 2, seed=number))
    env = {**os.environ, "QCAPP_DATA_DIR": str(data), "QCAPP_LOCALE": "en"}

    def qcapp(*arguments: str | Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "qcapp", *map(str, arguments)]
        return subprocess.Popen(command, env=env, umask=LENT_BY_ALL, stderr=subprocess.DEVNULL)

    importing = qcapp("import", monitor)
    (copy,) = until(lambda: list(data.glob("tmp/*/qcapp-import-*")), 120)
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    assert copy.exists()
    assert qcapp("import", monitor).wait() == 0
    assert not copy.exists()
    assert qcapp("backup", backup).wait() == 0
    made = [data, backup, *data.rglob("*"), *backup.rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in made} == {"0o600", "0o700"}
    assert {path for path in made if path.is_file() and path.stat().st_mode & 0o100} == set()
