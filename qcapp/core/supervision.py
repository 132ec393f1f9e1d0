"""Processes that belong together: started, revived when they die, stopped cleanly, never left alone.

A child reads a pipe from its parent on standard input: a line is a wake-up, its end says the parent has died.
"""

import logging
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)
UNDER_PARENT = "QCAPP_UNDER_PARENT"  # set for a child that has to call stop_with_parent
LONGEST_DELAY_S = 30.0
HEALTHY_AFTER_S = 30.0  # a child that lived as long starts anew with the shortest delay


class StopSignal:
    """Set by SIGTERM and SIGINT. A pipe, because a handler may not take the lock of a threading.Event."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def set(self) -> None:
        with _pipe_full_or_gone():
            os.write(self._write, b"x")

    def is_set(self) -> bool:
        return self.wait(0)

    def wait(self, timeout_s: float) -> bool:
        """Whether it is set, after so many seconds at most."""
        return bool(select.select([self._read], [], [], timeout_s)[0])

    def fileno(self) -> int:
        return self._read

    def close(self) -> None:
        os.close(self._read)
        os.close(self._write)


@contextmanager
def stop_signals() -> Iterator[StopSignal]:
    """Turn SIGTERM and Ctrl+C into a StopSignal while the block runs."""
    stop = StopSignal()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        stop.close()


def stop_with_parent() -> None:
    """End as by SIGTERM when the parent, which holds the other end of standard input, is gone."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


@dataclass
class Child:
    """One process and how to start it again."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay_s: float = 1.0
    revive_at: float | None = None

    def start(self) -> None:
        if self.process and self.process.stdin:
            self.process.stdin.close()
        self.process = subprocess.Popen(  # noqa: S603 (commands are the product's own)
            self.command, stdin=subprocess.PIPE, env={**os.environ, **self.env}
        )
        self.started, self.revive_at = time.monotonic(), None

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Processes:
    """Children under one parent. Call ``revive`` often: it starts the dead anew, later each time."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children

    def start(self) -> None:
        for child in self.children:
            child.start()

    def revive(self) -> None:
        for child in self.children:
            if child.is_alive():
                continue
            now = time.monotonic()
            if child.revive_at is None:
                status = child.process.returncode if child.process else None
                if now - child.started >= HEALTHY_AFTER_S:
                    child.delay_s = 1.0
                child.revive_at = now + child.delay_s
                log.error(
                    "%s ended with status %s; starting it again in %d s", child.name, status, child.delay_s
                )
                child.delay_s = min(2 * child.delay_s, LONGEST_DELAY_S)
            elif now >= child.revive_at:
                child.start()

    def poke(self) -> None:
        """Wake every child that waits for work."""
        for child in self.children:
            if child.is_alive() and child.process and child.process.stdin:
                with _pipe_full_or_gone():
                    os.set_blocking(child.process.stdin.fileno(), False)
                    os.write(child.process.stdin.fileno(), b"\n")

    def alive(self) -> int:
        return sum(child.is_alive() for child in self.children)

    def stop(self, grace_s: float) -> None:
        """Ask all to end, wait, and kill who has not."""
        living = [child.process for child in self.children if child.process and child.is_alive()]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + grace_s
        for process in living:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process %d did not end within %d s and is killed", process.pid, grace_s)
                process.kill()
                process.wait()
        for child in self.children:
            if child.process and child.process.stdin:
                child.process.stdin.close()


@contextmanager
def _pipe_full_or_gone() -> Iterator[None]:
    """A full pipe has its wake-ups already; a closed one has nobody to wake."""
    try:
        yield
    except (BlockingIOError, BrokenPipeError):
        return


def usable_cores() -> int:
    """Cores this process may use: its affinity, less where a container's quota is smaller."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = Path("/sys/fs/cgroup/cpu.max")
    if quota.is_file():
        allowed, period = quota.read_text().split()
        if allowed != "max":
            cores = min(cores, max(1, int(allowed) // int(period)))
    return cores
