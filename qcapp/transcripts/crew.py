"""The transcription processes of one machine: several with one thread each beat one with several threads."""

import sys
from collections.abc import Iterable

from qcapp.core.supervision import Child, Processes, usable_cores
from qcapp.settings import Settings


def transcribers(settings: Settings, count: int = 0, only: Iterable[int] | None = None) -> Processes:
    """So many processes (0: as the settings say), for all waiting calls or for some only; not started yet."""
    cores = usable_cores()
    count = count or settings.workers or cores
    threads = max(1, cores // count)
    command = [sys.executable, "-m", "qcapp.transcriber", "--threads", str(threads)]
    if only is not None:
        command += ["--only", ",".join(str(call_id) for call_id in sorted(only))]
    # Libraries beside the model (NumPy, ONNX) must not start a thread for every core in each process.
    env = {"OMP_NUM_THREADS": str(threads)}
    return Processes([Child(f"transcriber {number}", command, env) for number in range(1, count + 1)])
