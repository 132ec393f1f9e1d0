"""Logs as JSON lines on standard error, each with the id of its request or job.

No line holds what somebody looked for or a telephone number: query strings are cut off, and numbers masked in the
message, in what is put into it and in traces. What is logged as a number and not as text, such as an id, stays.
"""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from qcapp.core.numbers import without_numbers

_QUERY = re.compile(r"(/[^\s?]*\?)[^\s\"']+")
_PAGE = re.compile(r"((?<!\S)(?:/[a-z_-]+|/\d{1,9}(?![^\s/]))+/?(?!\S))")  # an address of words and ids
work_id: ContextVar[str | None] = ContextVar("work_id", default=None)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _QUERY.sub(r"\1…", _message(record)),
        }
        if work := work_id.get():
            line["work"] = work
        if record.exc_info:
            line["trace"] = _QUERY.sub(r"\1…", without_numbers(self.formatException(record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    text, given = _masked(record.msg), record.args
    return text % (_Named(given) if isinstance(given, Mapping) else _put_in(given)) if given else text


class _Named:
    """The values that a message takes by their names, each masked when it is taken."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return _put_in(self._values[name])


def _put_in(value: object) -> Any:
    """What stands in a message instead of a value: figures as they are, all else as masked text."""
    if isinstance(value, tuple):
        return tuple(map(_put_in, value))
    return value if isinstance(value, int | float) else _masked(value)


def _masked(value: object) -> str:
    """The text of something; ids in addresses of pages stay."""
    parts = _PAGE.split(str(value))
    return "".join(part if at % 2 else without_numbers(part) for at, part in enumerate(parts))


def configure(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("huey").setLevel(logging.WARNING)  # it tells of every periodic job, every minute
