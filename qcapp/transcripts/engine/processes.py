"""Several engines at work on one list of recordings, a process each: on a CPU that beats threads."""

import multiprocessing
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.transcripts.engine.model_files import find_model
from qcapp.transcripts.engine.stopwatch import Phase
from qcapp.transcripts.engine.transcribe import WhisperEngine
from qcapp.transcripts.engine.types import Failure, Job, JobResult, Progress
from qcapp.transcripts.engine.whisper import Decoding

LOOK_EVERY_S = 1.0  # for processes that died


@dataclass(frozen=True, slots=True)
class _Share:
    job: Job
    share: float


@dataclass(frozen=True, slots=True)
class _Spent:
    seconds: dict[Phase, float]


_Message = JobResult | _Share | _Spent | Failure


class EngineProcesses:
    """An `Engine` that spreads its jobs; every process takes the next one when it has room for it.

    `spent` holds the CPU seconds of all processes by stage once a run is through.
    """

    def __init__(
        self, model: str, data_dir: Path, count: int, threads: int = 1, decoding: Decoding | None = None
    ) -> None:
        self.name = f"faster-whisper in {count} processes"
        self.spent: Counter[Phase] = Counter()
        self._count = count
        # Found and verified once, here; a folder given by name is taken as it is.
        self._arguments = (str(find_model(model, data_dir)), data_dir, threads, decoding)

    def transcribe(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[JobResult]:
        context = multiprocessing.get_context("spawn")
        todo: Queue[Job | None] = context.Queue()
        told: Queue[_Message] = context.Queue()
        waiting = list(jobs)
        for job in [*waiting, *[None] * self._count]:
            todo.put(job)
        arguments = (self._arguments, todo, told)
        processes = [
            context.Process(target=_work, args=arguments, daemon=True) for _number in range(self._count)
        ]
        try:
            for process in processes:
                process.start()
            for message in _messages(told, processes):
                match message:
                    case JobResult():
                        waiting.remove(message.job)
                        yield message
                    case _Share() if progress:
                        progress(message.job, message.share)
                    case _Spent():
                        self.spent.update(message.seconds)
                    case Failure():
                        raise Refused(message.reason)
            yield from (JobResult(job, Failure(_killed())) for job in waiting)
        finally:
            for process in processes:
                process.terminate()
                process.join()


def _messages(told: "Queue[_Message]", processes: Sequence[BaseProcess]) -> Iterator[_Message]:
    """What the processes report, until each has said its last word or died without it."""
    reports = 0
    while reports < len(processes):
        try:
            message = told.get(timeout=LOOK_EVERY_S)
        except Empty:
            if not any(process.is_alive() for process in processes):
                return
            continue
        reports += isinstance(message, _Spent)
        yield message


def _killed() -> str:
    return _(
        "The process that worked on the recording was ended from outside, most likely for lack of memory."
    )


def _work(
    arguments: tuple[str, Path, int, Decoding | None], todo: "Queue[Job | None]", told: "Queue[_Message]"
) -> None:
    try:
        engine = WhisperEngine(*arguments)
        jobs = iter(todo.get, None)
        for outcome in engine.transcribe(jobs, lambda job, share: told.put(_Share(job, share))):
            told.put(outcome)
        told.put(_Spent(dict(engine.stopwatch.spent)))
    except Refused as refusal:
        told.put(Failure(str(refusal)))
