"""Finds the CDR row of a recording, and which of several rows of one call stands for it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath

from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.importers.filenames import unique_id
from qcapp.terms import Direction, Disposition

CLOCK_SLACK = timedelta(seconds=2)  # the name is made a moment before or after the row's start


class CdrIndex:
    """The calls of one or more CDR files: one row each, and fast ways to find it."""

    def __init__(self, rows: Iterable[ImportedFacts]) -> None:
        self.calls = _one_per_call(rows)
        self._by_recording: dict[str, ImportedFacts] = {}
        self._by_id: dict[str, ImportedFacts] = {}
        self._by_time: dict[object, list[ImportedFacts]] = defaultdict(list)
        for row in self.calls:
            if row.recording:
                self._by_recording.setdefault(stem(row.recording), row)
            for key in (row.external_id, unique_id(row.external_id), unique_id(row.linked_id)):
                if key:
                    self._by_id.setdefault(key, row)
            if row.local_start is not None:
                self._by_time[row.local_start.replace(tzinfo=None)].append(row)

    def row_of(self, name: str, facts: ImportedFacts | None) -> ImportedFacts | None:
        """The row that belongs to a recording: named in the row, same id, or same second and same numbers."""
        if row := self._by_recording.get(stem(name)):
            return row
        if facts is None:
            return None
        for key in (facts.external_id, unique_id(facts.external_id)):
            if key and (row := self._by_id.get(key)):
                return row
        return self._at_the_same_time(facts)

    def _at_the_same_time(self, facts: ImportedFacts) -> ImportedFacts | None:
        """For the sixteen-column Master.csv, which has no ids."""
        if facts.local_start is None:
            return None
        numbers = {facts.extension, facts.client_number} - {None}
        seconds = range(-int(CLOCK_SLACK.total_seconds()), int(CLOCK_SLACK.total_seconds()) + 1)
        near = [
            row for s in seconds for row in self._by_time.get(facts.local_start + timedelta(seconds=s), ())
        ]
        fitting = [r for r in near if not r.external_id and numbers & {r.extension, r.client_number}]
        return fitting[0] if len(fitting) == 1 else None


def stem(name: str) -> str:
    """A name without folders and extension: exchanges convert wav to mp3 after writing the CDR."""
    return PurePath(name.replace("\\", "/")).stem.lower()


def merge(row: ImportedFacts | None, name: ImportedFacts | None) -> ImportedFacts:
    """The row's facts, completed by the name's."""
    if row is None or name is None:
        return row or name or ImportedFacts()
    return replace(
        row,
        external_id=row.external_id or name.external_id,
        direction=name.direction if row.direction is Direction.UNKNOWN else row.direction,
        extension=row.extension or name.extension,
        client_number=row.client_number or name.client_number,
        local_start=row.local_start or name.local_start,
        recording=row.recording or name.recording,
    )


def _one_per_call(rows: Iterable[ImportedFacts]) -> list[ImportedFacts]:
    """Queues and transfers write rows with one id: the answered one that lasted longest stands for all."""
    calls: dict[str, ImportedFacts] = {}
    alone: list[ImportedFacts] = []
    for row in rows:
        if not row.external_id:
            alone.append(row)
        elif (other := calls.get(row.external_id)) is None:
            calls[row.external_id] = row
        else:
            best, rest = (row, other) if _weight(row) > _weight(other) else (other, row)
            legs = [*other.raw.get("legs", []), *row.raw.get("legs", [])]
            legs.append({key: value for key, value in rest.raw.items() if key != "legs"})
            recording = best.recording or rest.recording
            calls[row.external_id] = replace(best, raw={**best.raw, "legs": legs}, recording=recording)
    return [*calls.values(), *alone]


def _weight(row: ImportedFacts) -> tuple[bool, bool, int]:
    return row.disposition is Disposition.ANSWERED, row.extension is not None, row.talk_s or 0
