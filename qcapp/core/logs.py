"""Logs as JSON lines on standard error, each with the id of its request or job.

No line holds what somebody looked for or a telephone number: query strings are cut off, numbers in traces masked.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

from qcapp.core.numbers import without_numbers

_QUERY = re.compile(r"(/[^\s?]*\?)[^\s\"']+")
work_id: ContextVar[str | None] = ContextVar("work_id", default=None)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _QUERY.sub(r"\1…", record.getMessage()),
        }
        if work := work_id.get():
            line["work"] = work
        if record.exc_info:
            line["trace"] = _QUERY.sub(r"\1…", without_numbers(self.formatException(record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


def configure(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("huey").setLevel(logging.WARNING)  # it tells of every periodic job, every minute
