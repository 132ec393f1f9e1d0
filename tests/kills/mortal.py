"""Has its process die, as by kill -9, at a moment that a test names: just before or just after one of its commits.

Imported by the processes that are to die, never by the tests themselves.
"""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.kills.fate import FATE

_WRITES = ("INSERT", "UPDATE", "DELETE")
_told: tuple[str, int] | None = None
_commits = 0
_here = threading.local()


def _pass(when: str) -> None:
    """Commits count from the moment at which the file was written."""
    global _told, _commits  # noqa: PLW0603
    fate = Path(os.environ[FATE])
    try:
        told = fate.read_text(), fate.stat().st_mtime_ns
    except FileNotFoundError:
        return
    if told != _told:
        _told, _commits = told, 0
    _commits += when == "before"
    if told[0] == f"{when} {_commits}":
        os.kill(os.getpid(), signal.SIGKILL)


@event.listens_for(Engine, "before_cursor_execute")
def _note_writing(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if statement.lstrip().startswith(_WRITES):
        connection.info["has_written"] = True


@event.listens_for(Engine, "commit")
def _before_commit(connection: Any) -> None:
    _here.commits_writing = connection.info.pop("has_written", False)
    if _here.commits_writing:
        _pass("before")


def _after_commit(_session: Session) -> None:
    if getattr(_here, "commits_writing", False):
        _here.commits_writing = False
        _pass("after")


event.listen(
    Session, "after_commit", _after_commit, insert=True
)  # first, so that no wake-up is on its way yet
