"""The columns of call detail records: their names, orders and values."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.importers.filenames import parties
from qcapp.calls.phones import is_extension
from qcapp.core.dates import of_our_time, read_moment
from qcapp.core.i18n import _
from qcapp.terms import Direction, Disposition

# fmt: off
CDR_CSV = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata",
    "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
)
CDR_CUSTOM = (
    "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata",
    "start", "answer", "end", "duration", "billsec", "disposition", "amaflags", "accountcode",
)
# What loguniqueid, loguserfield and newcdrcolumns put behind the sixteen, by the number of columns in all.
_NEW = ("peeraccount", "linkedid", "sequence")
TRAILERS: dict[int, tuple[str, ...]] = {
    16: (), 17: ("uniqueid",), 18: ("uniqueid", "userfield"),
    19: _NEW, 20: ("uniqueid", *_NEW), 21: ("uniqueid", "userfield", *_NEW),
}
# Names other exchanges give these columns; compared in lower case, letters and digits alone.
_OTHER_NAMES = {
    "start": "calldate starttime startedat calldatetime datetime",
    "end": "endtime finishtime hangup",
    "answer": "answertime answeredat",
    "src": "srcnum source caller callerid callingnumber from",
    "dst": "dstnum destination callee callednumber to",
    "channel": "srcchan srcchannel",
    "dstchannel": "dstchan destinationchannel",
    "duration": "totalduration",
    "billsec": "talktime billseconds talkduration",
    "disposition": "status callstatus",
    "uniqueid": "uid callid",
    "linkedid": "linkid",
    "recordingfile": "recording recordfile filename",
}
# fmt: on
ALIASES = {other: name for name, others in _OTHER_NAMES.items() for other in others.split()}
NEEDED = {"start", "src", "dst"}
LONGEST_S = 10**7

ID = re.compile(r"(?:[\w.]+-)?\d{9,10}\.\d+(?:_\w+)?")
_NOT_A_NAME = re.compile(r"[^a-z0-9]")
_CHANNEL = re.compile(r"^(?:PJSIP|SIP|IAX2|Local|SCCP|DAHDI)/(\d+)(?:[-@/]|$)", re.IGNORECASE)
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M")
_DISPOSITIONS = {
    "answered": Disposition.ANSWERED,
    "answer": Disposition.ANSWERED,
    "noanswer": Disposition.NO_ANSWER,
    "cancel": Disposition.NO_ANSWER,
    "cancelled": Disposition.NO_ANSWER,
    "busy": Disposition.BUSY,
    "failed": Disposition.FAILED,
    "congestion": Disposition.FAILED,
    "chanunavail": Disposition.FAILED,
}


class BadRowError(ValueError):
    """A row that cannot be used; the text says why and is shown behind the row's number."""


def canonical_names(cells: Sequence[str]) -> tuple[str, ...] | None:
    """The names of a header's columns as used here, or None where the row is no header of calls."""
    bare = [_NOT_A_NAME.sub("", cell.strip().lower()) for cell in cells]
    names: list[str] = []
    for name in (ALIASES.get(name, name) for name in bare):
        names.append(name if name not in names else f"{name}_{len(names)}")
    return tuple(names) if set(names) >= NEEDED else None


def facts_of_row(cells: Mapping[str, str], row: Sequence[str], number: int) -> ImportedFacts:
    """The facts of one row whose columns are known. Raises BadRowError."""
    start = parse_time(cells.get("start", ""))
    if start is None:
        raise BadRowError(
            _(
                "“%(value)s” is not a time such as 2026-10-06 10:12:04. Correct the row.",
                value=cells.get("start", "")[:40],
            )
        )
    direction, extension, client = _parties(cells)
    return ImportedFacts(
        external_id=cells.get("uniqueid") or None,
        direction=direction,
        extension=extension,
        client_number=client,
        local_start=start,
        duration_s=_seconds(cells, "duration"),
        talk_s=_seconds(cells, "billsec"),
        disposition=_DISPOSITIONS.get(_plain(cells.get("disposition", "")), Disposition.UNKNOWN),
        recording=_recording(cells),
        linked_id=cells.get("linkedid") or None,
        manager_channel=_manager_channel(cells, extension),
        raw={**cells, **{f"column_{n + 1}": cell for n, cell in enumerate(row) if n >= len(cells)}},
        row=number,
    )


def parse_time(text: str) -> datetime | None:
    """A time as exchanges write it; aware only where it brings its own offset."""
    for pattern in _TIMES:
        try:
            moment = datetime.strptime(text, pattern)  # noqa: DTZ007 (zone is asked for)
            return of_our_time(moment).replace(microsecond=0)
        except ValueError:
            continue
    try:
        return read_moment(text).replace(microsecond=0) if "T" in text or "+" in text else None
    except ValueError:
        return None


def is_time(text: str) -> bool:
    return parse_time(text) is not None


def known_disposition(text: str) -> bool:
    return _plain(text) in _DISPOSITIONS


def _plain(text: str) -> str:
    return _NOT_A_NAME.sub("", text.lower())


def _seconds(cells: Mapping[str, str], column: str) -> int | None:
    text = cells.get(column, "")
    if not text:
        return None
    try:
        seconds = int(float(text))
    except (ValueError, OverflowError):
        seconds = -1
    if not 0 <= seconds < LONGEST_S:
        raise BadRowError(
            _(
                "%(column)s is “%(value)s”, not a number of seconds. Correct the row.",
                column=column,
                value=text[:40],
            )
        )
    return seconds


def _parties(cells: Mapping[str, str]) -> tuple[Direction, str | None, str | None]:
    """Who called whom. Channels tell the extension where numbers do not (queues, masked caller ids)."""
    source, destination = cells.get("src", ""), cells.get("dst", "")
    calling, called = _extension_of(cells.get("channel", "")), _extension_of(cells.get("dstchannel", ""))
    direction, extension, client = parties(source, destination)
    if calling and not is_extension(destination) and not called:
        return Direction.OUT, calling, destination or None
    if called and not calling and not is_extension(source):
        return Direction.IN, called, source or None
    if direction is Direction.UNKNOWN and not calling and _from_outside(cells):
        return Direction.IN, None, source or None
    return direction, extension, client


def _from_outside(cells: Mapping[str, str]) -> bool:
    return cells.get("dcontext", "").startswith(
        ("from-trunk", "from-did", "from-pstn", "ext-queues", "ext-group")
    )


def _extension_of(channel: str) -> str | None:
    found = _CHANNEL.match(channel)
    return found[1] if found and is_extension(found[1]) else None


def _recording(cells: Mapping[str, str]) -> str | None:
    if named := cells.get("recordingfile"):
        return named
    userfield = cells.get("userfield", "")
    return userfield.removeprefix("audio:") if userfield.startswith("audio:") else None


def _manager_channel(cells: Mapping[str, str], extension: str | None) -> int | None:
    """MikoPBX's rec_src_channel: 0 means that the caller is on the left, 1 that he is on the right."""
    side = cells.get("recsrcchannel", "")
    if side not in {"0", "1"} or extension is None:
        return None
    caller = int(side)
    if extension == cells.get("src"):
        return caller
    return 1 - caller if extension == cells.get("dst") else None
