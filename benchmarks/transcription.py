"""Speed, memory and errors of the recogniser beside whisper-ctranslate2: same model, same machine, one run.

    python benchmarks/transcription.py [--quick] [--recordings audio/demo] [--processes N]

Prints Markdown. whisper-ctranslate2 gets each channel as a recording of its own and all cores as threads; the
product gets the calls as the exchange left them and one process with one thread per core.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from qcapp.calls.audio import open_audio
from qcapp.core.supervision import usable_cores
from qcapp.transcripts.engine.model_files import find_model
from qcapp.transcripts.engine.processes import EngineProcesses
from qcapp.transcripts.engine.stopwatch import Phase
from qcapp.transcripts.engine.types import Job, Speaker, Transcript
from qcapp.transcripts.engine.whisper import Decoding
from qcapp.transcripts.evaluation.measures import Errors, text_of_turns, word_errors
from qcapp.transcripts.evaluation.report import score
from qcapp.transcripts.evaluation.truth import KnownCall, read_known_calls

ROOT = Path(__file__).resolve().parent.parent
RATE = 16_000
QUICK_S = 300  # seconds of recordings with --quick
LONG_CALL_S = 3 * 3600
MINUTE_S = 60
EVERY_S = 300  # in the long call, a minute of talk in each five


@dataclass
class Run:
    """One system's way through all recordings."""

    name: str
    wall_s: float
    cpu_s: float
    errors: Errors
    stages: dict[Phase, float] = field(default_factory=dict)
    speech_s: float = 0.0
    misplaced: Errors = field(default_factory=Errors)


@dataclass(frozen=True)
class Channel:
    """One channel of a call, written as a recording of its own."""

    call: KnownCall
    number: int
    of: int
    path: Path

    @property
    def speaker(self) -> Speaker:
        if self.of == 1 or self.call.manager_channel is None:
            return Speaker.UNKNOWN
        return Speaker.MANAGER if self.number == self.call.manager_channel else Speaker.CLIENT


def main() -> None:
    options = parsed()
    calls = read_known_calls(options.recordings)
    lengths = {call.id: sum(block.shape[1] for block in sound_of(call.path)) / RATE for call in calls}
    if options.quick:
        calls = first_seconds(calls, lengths)
    total_s = sum(lengths[call.id] for call in calls)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        model = find_model("", folder)
        channels = [channel for call in calls for channel in write_channels(call, folder)]
        runs = [
            reference_run("whisper-ctranslate2, defaults", channels, model, folder / "plain", []),
            reference_run(
                "whisper-ctranslate2 --batched True",
                channels,
                model,
                folder / "batched",
                ["--batched", "True"],
            ),
            own_run(calls, folder, options),
        ]
        report(runs, len(calls), total_s)
        if not options.quick and not options.no_memory:
            report_memory(calls, folder)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--recordings", type=Path, default=ROOT / "audio" / "demo", help="with truth JSON beside each"
    )
    parser.add_argument("--quick", action="store_true", help=f"about {QUICK_S} s of recordings, no memory")
    parser.add_argument("--no-memory", action="store_true", help="leave out the three-hour call")
    parser.add_argument("--processes", type=int, default=usable_cores())
    parser.add_argument("--beam", type=int, default=Decoding().beam)
    parser.add_argument("--batch", type=float, default=Decoding().batch_s, help="seconds of windows")
    parser.add_argument("--window", type=float, default=Decoding().window_s, help="seconds of speech")
    return parser.parse_args()


def first_seconds(calls: list[KnownCall], lengths: dict[str, float]) -> list[KnownCall]:
    chosen: list[KnownCall] = []
    for call in calls:
        if sum(lengths[other.id] for other in chosen) < QUICK_S:
            chosen.append(call)
    return chosen


def sound_of(path: Path) -> list[np.ndarray]:
    with open_audio(path) as audio:
        return list(audio.blocks(rate=RATE))


def write_channels(call: KnownCall, folder: Path) -> list[Channel]:
    sound = np.concatenate(sound_of(call.path), axis=1)
    channels = []
    for number, samples in enumerate(sound):
        path = folder / f"{call.id}-{number}.wav"
        write_wav(path, samples[None, :])
        channels.append(Channel(call, number, len(sound), path))
    return channels


def write_wav(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound.T * 32767).astype("<i2").tobytes())


def reference_run(name: str, channels: list[Channel], model: Path, output: Path, extra: list[str]) -> Run:
    command = [
        str(Path(sys.executable).with_name("whisper-ctranslate2")),
        *(str(channel.path) for channel in channels),
        *("--model_directory", str(model), "--compute_type", "int8", "--language", "ru", "--device", "cpu"),
        *("--word_timestamps", "True", "--output_format", "json", "--output_dir", str(output)),
        *("--verbose", "False", *extra),
    ]
    print(f"… {name}", file=sys.stderr, flush=True)
    wall, cpu = time.monotonic(), children_cpu()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, cpu = time.monotonic() - wall, children_cpu() - cpu
    errors = Errors()
    for channel in channels:
        said = json.loads((output / f"{channel.path.stem}.json").read_text(encoding="utf-8"))["text"]
        errors += word_errors(text_of_turns(channel.call.turns, channel.speaker), said)
    return Run(name, wall, cpu, errors)


def own_run(calls: list[KnownCall], folder: Path, options: argparse.Namespace) -> Run:
    print("… this product", file=sys.stderr, flush=True)
    decoding = Decoding(options.beam, options.batch, options.window)
    wall, cpu = time.monotonic(), children_cpu()
    engine = EngineProcesses("", folder, options.processes, decoding=decoding)
    known = {call.id: call for call in calls}
    outcomes = list(engine.transcribe(Job(call.path, call.manager_channel, key=call.id) for call in calls))
    wall, cpu = time.monotonic() - wall, children_cpu() - cpu
    run = Run(f"qcapp, {options.processes} processes × 1 thread", wall, cpu, Errors(), dict(engine.spent))
    for outcome in outcomes:
        assert isinstance(outcome.result, Transcript), outcome.result
        found = score(known[outcome.job.key], outcome.result)
        run.errors += sum(found.words.values(), Errors())
        run.misplaced += found.misplaced
        run.speech_s += sum(span.length for spans in outcome.result.spans.values() for span in spans)
    return run


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(runs: list[Run], calls: int, total_s: float) -> None:
    own = runs[-1]
    print(f"\n{calls} calls, {total_s / 60:.1f} min; {machine()}; model base, int8, word times on\n")
    print("| | wall s | CPU s | × real time | speed-up by qcapp | WER |\n|---|---:|---:|---:|---:|---:|")
    for run in runs:
        faster = "" if run is own else f"{run.wall_s / own.wall_s:.2f} × (CPU {run.cpu_s / own.cpu_s:.2f} ×)"
        rate = 100 * (run.errors.rate or 0.0)
        times = f"{run.wall_s:.0f} | {run.cpu_s:.0f} | {total_s / run.wall_s:.1f}"
        print(f"| {run.name} | {times} | {faster} | {rate:.1f} % |")
    print("\n| stage of qcapp | CPU s | share |\n|---|---:|---:|")
    parts = {stage.value: own.stages.get(stage, 0.0) for stage in Phase}
    parts["start of the processes, loading, the rest"] = own.cpu_s - sum(parts.values())
    for name, seconds in parts.items():
        print(f"| {name} | {seconds:.1f} | {seconds / own.cpu_s:.1%} |")
    print(f"\nWork for an hour of speech: {own.cpu_s / own.speech_s * 3600:.0f} CPU s.")
    if own.misplaced.total:
        print(f"Words at the right speaker: {1 - (own.misplaced.rate or 0.0):.2%}.")


def report_memory(calls: list[KnownCall], folder: Path) -> None:
    stereo = next(call for call in calls if call.manager_channel is not None)
    talk = np.concatenate(sound_of(stereo.path), axis=1)[:, : MINUTE_S * RATE]
    short, long = folder / "minute.wav", folder / "three hours.wav"
    write_wav(short, talk)
    silence = np.zeros((2, EVERY_S * RATE - talk.shape[1]), dtype=np.float32)
    with wave.open(str(long), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        piece = (np.concatenate((talk, silence), axis=1).T * 32767).astype("<i2").tobytes()
        for _number in range(LONG_CALL_S // EVERY_S):
            file.writeframes(piece)
    peaks = {path: peak_memory(path, folder) for path in (short, long)}
    print("\n| one process, peak resident memory | MB |\n|---|---:|")
    print(f"| call of one minute | {peaks[short]:.0f} |")
    print(f"| call of three hours, a minute of talk in every five | {peaks[long]:.0f} |")
    print(f"| difference | {peaks[long] - peaks[short]:.0f} |")


def peak_memory(path: Path, folder: Path) -> float:
    """MB that a fresh process needed at most."""
    print(f"… memory: {path.stem}", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE, str(path), str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout) / 1024


MEMORY_PROBE = """
import re, sys
from pathlib import Path
from qcapp.transcripts.engine.transcribe import WhisperEngine
from qcapp.transcripts.engine.types import Job, Transcript
(outcome,) = WhisperEngine("", Path(sys.argv[2])).transcribe([Job(Path(sys.argv[1]), 0)])
assert isinstance(outcome.result, Transcript) and outcome.result.segments
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    return f"{os.cpu_count()} cores of {model}, {time.strftime('%Y-%m-%d')}"


if __name__ == "__main__":
    main()
