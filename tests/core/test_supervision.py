"""Children are revived, woken, stopped, and never outlive their parent. Real processes, no model."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qcapp.core.supervision import Child, Processes, StopSignal, stop_signals, usable_cores
from tests.waiting import until

# Writes its number, then a line for each wake-up; SIGTERM ends it unless it is told to be deaf.
CHILD = """
import os, signal, sys
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(sys.argv[1], "a", buffering=1) as notes:
    print("started", os.getpid(), file=notes)
    while line := sys.stdin.readline():
        print("woken", file=notes)
    print("alone", file=notes)
"""
# A parent that starts one child and waits.
PARENT = """
import signal, sys
from qcapp.core.supervision import Child, Processes
Processes([Child("child", [sys.executable, "-S", *sys.argv[1:]])]).start()
signal.pause()
"""


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def child(notes: Path, tmp_path: Path) -> Child:
    (tmp_path / "child.py").write_text(CHILD)
    return Child("child", [sys.executable, "-S", str(tmp_path / "child.py"), str(notes), "hearing"])


@pytest.fixture
def processes(child: Child) -> Iterator[Processes]:
    processes = Processes([child])
    processes.start()
    yield processes
    processes.stop(10)


def lines(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


def test_a_child_that_was_killed_is_started_again(
    processes: Processes, child: Child, notes: Path, caplog: pytest.LogCaptureFixture
) -> None:
    until(lambda: len(lines(notes)) == 1)
    assert child.process is not None
    first = child.process.pid
    child.process.kill()
    until(lambda: processes.revive() or len(lines(notes)) == 2)
    assert processes.alive() == 1
    assert child.process.pid != first
    assert "child ended with status -9; starting it again in 1 s" in caplog.text


def test_a_child_that_keeps_dying_is_started_ever_later(child: Child) -> None:
    child.command = [sys.executable, "-S", "-c", "pass"]
    processes = Processes([child])
    processes.start()
    delays = []
    for _death in range(3):
        until(lambda: not child.is_alive())
        delays.append(child.delay_s)
        processes.revive()
        child.revive_at = 0  # as if that time had passed
        processes.revive()
    assert delays == [1.0, 2.0, 4.0]
    processes.stop(10)


def test_a_poke_wakes_a_child(processes: Processes, notes: Path) -> None:
    until(lambda: len(lines(notes)) == 1)
    processes.poke()
    until(lambda: lines(notes)[1:] == ["woken"])


def test_a_poke_for_the_dead_is_no_fault(processes: Processes, child: Child) -> None:
    assert child.process is not None
    child.process.kill()
    processes.poke()
    until(lambda: not child.is_alive())
    processes.poke()


def test_stopping_ends_the_children(processes: Processes, child: Child, notes: Path) -> None:
    until(lambda: len(lines(notes)) == 1)
    processes.stop(10)
    assert processes.alive() == 0
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


def test_a_deaf_child_is_killed(child: Child, notes: Path) -> None:
    child.command = [*child.command[:-1], "deaf"]
    processes = Processes([child])
    processes.start()
    until(lambda: len(lines(notes)) == 1)
    processes.stop(0.2)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_notices_that_its_parent_was_killed(child: Child, notes: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, *child.command[2:]]) as parent:
        until(lambda: len(lines(notes)) == 1)
        parent.kill()
    until(lambda: lines(notes)[-1] == "alone")


def test_sigterm_sets_the_stop_signal_and_the_old_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(10)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_stop_signal_can_be_set_any_number_of_times() -> None:
    stop = StopSignal()
    for _time in range(100_000):  # more than a pipe holds
        stop.set()
    assert stop.is_set()
    stop.close()


def test_there_is_at_least_one_core() -> None:
    assert usable_cores() >= 1
