"""A place where real transcription processes work on real recordings: a database, files, and the model."""

import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qcapp.core.db import Database
from qcapp.core.storage import Storage
from qcapp.settings import Settings
from qcapp.transcripts.engine.model_files import find_model
from qcapp.transcripts.models import Segment, SpeechMetrics, Transcription, TranscriptionState
from qcapp.transcripts.queue import request_transcription
from tests.transcripts.queue.calls import created, store_call

DEMO = Path(__file__).parents[3] / "audio" / "demo"
SPOKEN = DEMO / "out-74970140231-201-20261006-101204-1791270724.126.wav"


class Place:
    """Processes started here have short leases, so that a dead one is soon replaced."""

    def __init__(self, database: Database, url: str, settings: Settings, folder: Path) -> None:
        self.database = database
        self.settings = settings
        self.storage = Storage(settings.storage_location)
        self.log = folder / "worker.log"
        self.env = {
            **os.environ,
            "QCAPP_DATABASE_URL": url,
            "QCAPP_DATA_DIR": str(settings.data_dir),
            "QCAPP_WHISPER_MODEL": settings.whisper_model,
            "QCAPP_LEASE_S": "2",
            "QCAPP_MAX_ATTEMPTS": "50",
            "QCAPP_LOCALE": "en",
            "OMP_NUM_THREADS": "1",
        }
        self._folder = folder
        self._started = ExitStack()

    def add_calls(self, count: int, seconds: int = 6) -> None:
        """Queue so many pieces of a real conversation, none like the other."""
        with self.database.transaction() as session:
            for number in range(count):
                path = self._folder / f"{number}.wav"
                cut(SPOKEN, path, start_s=number * seconds, seconds=seconds)
                request_transcription(session, store_call(session, self.storage, path).id)

    def start(self, *options: str, **env: str) -> subprocess.Popen[bytes]:
        """One transcription process."""
        command = [sys.executable, "-m", "qcapp.transcriber", *options]
        log = self._started.enter_context(self.log.open("ab"))
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log, env={**self.env, **env})
        self._started.callback(_end, process)
        return process

    def close(self) -> None:
        self._started.close()

    def rows(self) -> list[Transcription]:
        with self.database.reading() as session:
            return list(session.scalars(select(Transcription).order_by(Transcription.id)))

    def row(self, row: Transcription) -> Transcription:
        """The row as it is now."""
        with self.database.reading() as session:
            return session.get_one(Transcription, row.id)

    def in_state(self, state: TranscriptionState) -> list[Transcription]:
        return [row for row in self.rows() if row.state is state]

    def segments_of(self, row: Transcription) -> list[Segment]:
        with self.database.reading() as session:
            return list(session.scalars(select(Segment).where(Segment.transcription_id == row.id)))

    def count_metrics(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(SpeechMetrics)) or 0


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdin is not None
    process.stdin.close()


def cut(source: Path, target: Path, *, start_s: int, seconds: int) -> None:
    """Write a piece of a recording to a file of its own."""
    with wave.open(str(source)) as whole, wave.open(str(target), "wb") as piece:
        piece.setparams(whole.getparams())
        whole.setpos(start_s * whole.getframerate())
        piece.writeframes(whole.readframes(seconds * whole.getframerate()))


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model, joined and verified once."""
    return find_model("", tmp_path_factory.mktemp("model"))


@pytest.fixture
def place(database_url: str, settings: Settings, model_folder: Path, tmp_path: Path) -> Iterator[Place]:
    settings.whisper_model = str(model_folder)
    with created(database_url) as database:
        place = Place(database, database_url, settings, tmp_path)
        yield place
        place.close()
