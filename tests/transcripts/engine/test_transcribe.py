"""The real model on real and synthetic recordings: right words, right side, nothing where nobody speaks."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qcapp.transcripts.engine.levels import Sound
from qcapp.transcripts.engine.transcribe import POOL, WhisperEngine
from qcapp.transcripts.engine.types import AUTO, Failure, Job, JobResult, Speaker, Transcript
from qcapp.transcripts.evaluation.measures import Errors
from qcapp.transcripts.evaluation.report import score
from qcapp.transcripts.evaluation.truth import KnownCall, read_known_calls

pytestmark = pytest.mark.model

RATE = 8000
SENTENCE_S = 3.8  # of read_sentence.wav
RECORDINGS = Path(__file__).parents[2] / "recordings"
DEMO = Path(__file__).parents[3] / "audio" / "demo"
SHORT_CALL = "open-12"  # 23 s, begins with ring-back
MIXED_CALL = "open-13"  # both sides in one channel, GSM, ends with a busy tone


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> WhisperEngine:
    return WhisperEngine("", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def demo_calls() -> dict[str, KnownCall]:
    return {call.id: call for call in read_known_calls(DEMO)}


def transcribed(engine: WhisperEngine, job: Job) -> Transcript:
    (outcome,) = engine.transcribe([job])
    assert isinstance(outcome.result, Transcript)
    return outcome.result


def write(path: Path, *channels: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.stack(channels, axis=1).clip(-1, 1) * 32767).astype("<i2").tobytes())
    return path


def tone(hertz: float, seconds: float, on: float = 1.0, off: float = 0.0) -> Sound:
    """A tone, or with `off` a cadence such as ring-back (1 s on, 4 s off)."""
    time = np.arange(int(seconds * RATE)) / RATE
    sounding = (time % (on + off)) < on
    return (0.2 * np.sin(2 * np.pi * hertz * time) * sounding).astype(np.float32)


def test_two_real_voices_stand_with_the_right_speaker(engine: WhisperEngine) -> None:
    (call,) = read_known_calls(RECORDINGS)
    transcript = transcribed(engine, Job(call.path, manager_channel=0))
    found = score(call, transcript)
    assert sum(found.words.values(), Errors()).rate == pytest.approx(0, abs=0.25)
    assert found.misplaced.wrong == 0
    assert found.phantoms == 0
    starts = [(segment.start, segment.speaker) for segment in transcript.segments]
    assert starts == sorted(starts)
    assert {speaker for _start, speaker in starts} == {Speaker.MANAGER, Speaker.CLIENT}


def test_words_have_times_within_their_segment_and_in_order(engine: WhisperEngine) -> None:
    for segment in transcribed(engine, Job(RECORDINGS / "two_voices.wav")).segments:
        times = [at for word in segment.words for at in (word.start, word.end)]
        assert times == sorted(times)
        assert (segment.start, segment.end) == (times[0], times[-1])
        assert all(0 <= word.probability <= 1 for word in segment.words)


def test_the_side_of_the_manager_only_names_the_channels(engine: WhisperEngine) -> None:
    path = RECORDINGS / "two_voices.wav"
    left, right, unknown = (transcribed(engine, Job(path, side)) for side in (0, 1, None))
    assert [part.text for part in left.segments] == [part.text for part in right.segments]
    assert {part.channel: part.speaker for part in left.segments} == {0: Speaker.MANAGER, 1: Speaker.CLIENT}
    assert {part.channel: part.speaker for part in right.segments} == {1: Speaker.MANAGER, 0: Speaker.CLIENT}
    assert {part.speaker for part in unknown.segments} == {Speaker.UNKNOWN}


def test_a_mono_recording_has_one_speaker_whatever_the_side(engine: WhisperEngine) -> None:
    transcript = transcribed(engine, Job(RECORDINGS / "read_sentence.wav", manager_channel=1))
    assert {segment.speaker for segment in transcript.segments} == {Speaker.UNKNOWN}
    assert list(transcript.spans) == [0]


def test_the_language_can_be_detected(engine: WhisperEngine) -> None:
    assert transcribed(engine, Job(RECORDINGS / "read_sentence.wav", language=AUTO)).language == "ru"


def test_ring_back_before_a_call_gives_no_text(
    engine: WhisperEngine, demo_calls: dict[str, KnownCall]
) -> None:
    call = demo_calls[SHORT_CALL]
    transcript = transcribed(engine, Job(call.path, call.manager_channel))
    found = score(call, transcript)
    assert found.phantoms == 0
    assert sum(found.words.values(), Errors()).rate == pytest.approx(0, abs=0.3)
    assert min(span.start for spans in transcript.spans.values() for span in spans) > 8.5


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(20 * RATE, dtype=np.float32),
        tone(425, 20, on=1, off=4),
        tone(425, 20, on=0.4, off=0.4),
        np.random.default_rng(1).normal(0, 0.03, 20 * RATE).astype(np.float32),
        tone(440, 20) + tone(554, 20, on=0.5, off=0.5) + tone(659, 20, on=0.25, off=0.25),
        tone(1400, 10, on=0.5, off=5),
    ],
    ids=["silence", "ring-back", "busy", "noise", "music", "voicemail beep"],
)
def test_where_nobody_speaks_nothing_is_written(engine: WhisperEngine, sound: Sound, tmp_path: Path) -> None:
    transcript = transcribed(engine, Job(write(tmp_path / "call.wav", sound, np.zeros_like(sound)), 0))
    assert transcript.segments == ()
    assert transcript.duration == pytest.approx(len(sound) / RATE, abs=0.1)


def test_one_sound_in_two_channels_is_heard_once(engine: WhisperEngine, tmp_path: Path) -> None:
    with wave.open(str(RECORDINGS / "read_sentence.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32)[::2] / 32768
    transcript = transcribed(engine, Job(write(tmp_path / "call.wav", sound, -sound), 0))
    assert {(segment.channel, segment.speaker) for segment in transcript.segments} == {(0, Speaker.UNKNOWN)}


def test_several_calls_share_the_work_and_broken_ones_say_why(
    engine: WhisperEngine, demo_calls: dict[str, KnownCall], tmp_path: Path
) -> None:
    (tmp_path / "empty.wav").touch()
    jobs = [
        Job(demo_calls[SHORT_CALL].path, 0, key="short"),
        Job(tmp_path / "empty.wav", key="empty"),
        Job(demo_calls[MIXED_CALL].path, key="mixed"),
    ]
    told: list[tuple[str, float]] = []
    outcomes = {
        outcome.job.key: outcome.result
        for outcome in engine.transcribe(iter(jobs), lambda job, share: told.append((job.key, share)))
    }
    assert isinstance(outcomes["empty"], Failure)
    assert "empty" in outcomes["empty"].reason
    mixed = outcomes["mixed"]
    assert isinstance(mixed, Transcript)
    assert score(demo_calls[MIXED_CALL], mixed).phantoms == 0
    assert {key for key, _share in told} == {"short", "mixed"}
    assert all(0 <= share < 1 for _key, share in told)


def test_recordings_are_read_only_as_the_work_goes_on(engine: WhisperEngine) -> None:
    taken: list[int] = []

    def queue() -> Iterator[Job]:
        for number in range(200):
            taken.append(number)
            yield Job(RECORDINGS / "read_sentence.wav", key=str(number))

    first: JobResult = next(engine.transcribe(queue()))
    assert isinstance(first.result, Transcript)
    assert len(taken) * SENTENCE_S <= (POOL + 1) * engine.decoding.batch_s
