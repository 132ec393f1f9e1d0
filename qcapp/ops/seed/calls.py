"""Rows of clients, calls and recordings from the figures."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client, Recording, Source
from qcapp.calls.states import RecordingState
from qcapp.core import clock
from qcapp.core.storage import original_key
from qcapp.ops.seed.bulk import Bulk
from qcapp.ops.seed.figures import DIRECTIONS, DISPOSITIONS, LEAD_SOURCES, SeedFigures, Whole
from qcapp.ops.seed.staff import Staff
from qcapp.ops.seed.words import company_name
from qcapp.terms import Stage

RATE = 8000
_CALL = [
    "id",
    "source_id",
    "external_id",
    "direction",
    "started_at",
    "duration_s",
    "talk_s",
    "disposition",
    "manager_id",
    "manager_extension",
    "client_id",
    "client_number",
    "stage",
    "role_play",
    "lead_source",
    "contact_no",
    "cdr",
    "created_at",
    "transcribed_at",
    "scored_at",
]
_RECORDING = [
    "id",
    "call_id",
    "sha256",
    "filename",
    "storage_key",
    "size",
    "codec",
    "channels",
    "rate",
    "duration_s",
    "lost_s",
    "manager_channel",
    "state",
]


def source(session: Session) -> int:
    row = Source(name="seed", timezone="Europe/Moscow", manager_channel=0)
    session.add(row)
    session.flush()
    return row.id


def write(bulk: Bulk, figures: SeedFigures, people: Staff, source_id: int, scored_at: Whole) -> None:
    """``scored_at``: seconds of the epoch for each call, 0 where nobody scored it."""
    last = int(figures.client.max())
    bulk.insert(Client, ["id", "phone", "name", "company", "category"], _clients(last + 1))
    bulk.insert(Call, _CALL, _calls(figures, people, source_id, scored_at))
    bulk.insert(Recording, _RECORDING, _recordings(figures))


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def phone(client: int) -> str:
    return f"+79{(client * 7_919_317) % 1_000_000_000:09d}"


def sha256(call_id: int) -> str:
    return hashlib.sha256(f"seed {call_id}".encode()).hexdigest()


def _clients(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(count):
        company = company_name(number) if number % 3 else None
        yield number + 1, phone(number), None, company, ("A", "B", "C", None)[number % 4]


def _calls(
    figures: SeedFigures, people: Staff, source_id: int, scored_at: Whole
) -> Iterator[tuple[Any, ...]]:
    columns = zip(
        figures.started.tolist(),
        figures.manager.tolist(),
        figures.client.tolist(),
        figures.contact_no.tolist(),
        figures.direction.tolist(),
        figures.disposition.tolist(),
        figures.lead_source.tolist(),
        figures.ring_s.tolist(),
        figures.talk_s.tolist(),
        figures.transcribed.tolist(),
        scored_at.tolist(),
        strict=True,
    )
    hour, now = timedelta(hours=1), clock.now()
    for number, row in enumerate(columns, 1):
        started_s, manager, client, contact_no, way, end, lead, ring_s, talk_s, transcribed, scored = row
        started = moment(started_s)
        number_dialled = phone(client)
        yield (
            number,
            source_id,
            f"{started_s}.{number}",
            DIRECTIONS[way][0],
            started,
            ring_s + talk_s,
            talk_s,
            DISPOSITIONS[end][0],
            people.managers[manager] if manager >= 0 else None,
            people.extensions[manager] if manager >= 0 else None,
            client + 1,
            number_dialled,
            Stage.STAFF if manager >= 0 else None,
            False,
            LEAD_SOURCES[lead][0],
            contact_no,
            {
                "src": "1000",
                "dst": number_dialled,
                "uniqueid": f"{started_s}.{number}",
                "billsec": str(talk_s),
            },
            min(started + hour, now),
            min(started + 2 * hour, now) if transcribed else None,
            moment(scored) if scored else None,
        )


def _recordings(figures: SeedFigures) -> Iterator[tuple[Any, ...]]:
    """The originals themselves do not exist: there is nothing to hear in a generated call."""
    recorded = np.flatnonzero(figures.recorded).tolist()
    talk_s = figures.talk_s.tolist()
    for number, call in enumerate(recorded, 1):
        digest = sha256(call + 1)
        seconds = talk_s[call]
        yield (
            number,
            call + 1,
            digest,
            f"seed-{call + 1}.wav",
            original_key(digest),
            seconds * RATE * 4,
            "pcm_s16le",
            2,
            RATE,
            float(seconds),
            0.0,
            0,
            RecordingState.READY,
        )
