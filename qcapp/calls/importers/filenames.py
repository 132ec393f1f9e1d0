"""What the names of recordings tell: FreePBX, Issabel, QueueMetrics and MikoPBX.

`<type>-<dest>-<from>-<YYYYMMDD>-<HHMMSS>-<uniqueid>.<ext>` (FreePBX, Issabel; QueueMetrics puts the extension
first in incoming calls), `<YYYYMMDD>-<HHMMSS>-<uniqueid>` (Issabel's call centre), `mikopbx-<uniqueid>` with
the prefixes `pickup_` and `transfer_<src>_<dst>_` (MikoPBX). Times are local; nobody says of which zone.
"""

import re
from datetime import datetime
from pathlib import PurePath

from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.phones import is_extension
from qcapp.terms import Direction

_UID = r"(?P<uid>(?:[A-Za-z][\w.-]*-)?\d{9,10}\.\d+)"
_FREEPBX = re.compile(
    rf"^(?P<type>[a-z_]+)-(?P<dest>.+)-(?P<src>[^-]+)-(?P<day>\d{{8}})-(?P<time>\d{{6}})-{_UID}$",
    re.IGNORECASE,
)
_CALL_CENTRE = re.compile(rf"^(?P<day>\d{{8}})-(?P<time>\d{{6}})-{_UID}$")
_MIKOPBX = re.compile(
    r"^(?:pickup_|transfer_(?P<src>[^_]+)_(?P<dst>[^_]+)_)?(?P<uid>mikopbx-\d{9,10}\.\d+(?:_\w+?)?)(?:_in|_out)?$"
)
_UNIQUE_ID = re.compile(r"\d{9,10}\.\d+")


def facts_of_name(name: str) -> ImportedFacts | None:
    """The facts in a recording's name, or None where it follows no known pattern. Never raises."""
    stem = PurePath(name.replace("\\", "/")).stem
    if found := _FREEPBX.match(stem):
        return _freepbx(found, name)
    if found := _CALL_CENTRE.match(stem):
        start = _local(found["day"], found["time"])
        return ImportedFacts(external_id=found["uid"], local_start=start, recording=name) if start else None
    if found := _MIKOPBX.match(stem):
        direction, extension, client = parties(found["src"] or "", found["dst"] or "")
        return ImportedFacts(
            external_id=found["uid"],
            direction=direction,
            extension=extension,
            client_number=client,
            recording=name,
        )
    return None


def unique_id(text: str | None) -> str | None:
    """The bare `<epoch>.<n>` in an id that may carry a system's name before and a channel's after it."""
    found = _UNIQUE_ID.search(text or "")
    return found[0] if found else None


def parties(source: str, destination: str) -> tuple[Direction, str | None, str | None]:
    """Direction, extension and the client's number, told by which of the two numbers is an extension."""
    source, destination = _known(source), _known(destination)
    match (is_extension(source), is_extension(destination)):
        case (True, True):
            return Direction.INTERNAL, source, None
        case (True, False):
            return Direction.OUT if destination else Direction.UNKNOWN, source, destination or None
        case (False, True):
            return Direction.IN, destination, source or None
    return Direction.UNKNOWN, None, None


def _known(number: str) -> str:
    return "" if number.lower() in {"unknown", "anonymous", "s", "h", "restricted", "unavailable"} else number


def _freepbx(found: re.Match[str], name: str) -> ImportedFacts | None:
    start = _local(found["day"], found["time"])
    if start is None:
        return None
    kind, destination, source = found["type"].lower(), _known(found["dest"]), _known(found["src"])
    direction, extension, client = parties(source, destination)
    if kind == "out":
        direction, extension, client = Direction.OUT, source or None, destination or None
    elif kind in {"in", "external"}:
        # FreePBX's `in` goes to a number of our own, nobody's; QueueMetrics names the manager here.
        direction, client = Direction.IN, source or None
        extension = destination if is_extension(destination) else None
    elif kind in {"q", "rg", "conf", "parked"}:
        # The destination is a queue or a group, short as an extension is, but nobody's.
        direction, extension = (Direction.INTERNAL, source) if is_extension(source) else (Direction.IN, None)
        client = None if direction is Direction.INTERNAL else source or None
    return ImportedFacts(
        external_id=found["uid"],
        direction=direction,
        extension=extension,
        client_number=client,
        local_start=start,
        recording=name,
    )


def _local(day: str, time: str) -> datetime | None:
    try:
        return datetime.strptime(day + time, "%Y%m%d%H%M%S")  # noqa: DTZ007 (the zone is asked for)
    except ValueError:
        return None
