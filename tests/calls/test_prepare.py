"""The playback copy and the peaks are made in one pass and tell the truth."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from qcapp.calls.audio import open_audio
from qcapp.calls.prepare import prepare
from tests.factories import odd_audio


def clicks(at: tuple[float, ...], seconds: float = 6.0) -> np.ndarray:
    """Short bursts at given moments on the left, silence on the right."""
    sound = np.zeros((2, int(seconds * 8000)), np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 700 * np.arange(400) / 8000)
    for moment in at:
        start = int(moment * 8000)
        sound[0, start : start + 400] = burst
    return sound


def test_times_and_sides_of_the_playback_copy_are_those_of_the_original(tmp_path: Path) -> None:
    at = (0.5, 2.0, 5.0)
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav_of(clicks(at)))
    made = prepare(path, "call.wav", tmp_path)
    assert made.playback is not None
    with open_audio(made.playback) as audio:
        assert (audio.codec, audio.channels, audio.rate) == ("mp3", 2, 16_000)
        copy = np.concatenate(list(audio.blocks()), axis=1)
        assert audio.decoded_s == pytest.approx(6.0, abs=0.05)
    loud = np.flatnonzero(np.abs(copy[0]) > 0.3) / 16_000
    for moment in at:
        first = loud[np.searchsorted(loud, moment - 0.1)]
        assert first == pytest.approx(moment, abs=0.01)
    assert np.abs(copy[1]).max() < 0.01


def test_the_copy_is_small_and_says_how_long_it_is(tmp_path: Path) -> None:
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav(30.0, channels=2))
    made = prepare(path, "call.wav", tmp_path)
    assert made.playback is not None
    assert made.playback.stat().st_size < 30 * 8100
    with av.open(str(made.playback)) as container:
        assert container.duration / av.time_base == pytest.approx(30.0, abs=0.1)
        container.seek(int(20 * av.time_base))
        frame = next(container.decode(audio=0))
        assert frame.time == pytest.approx(20.0, abs=0.1)


def test_peaks_are_the_loudest_samples_of_each_twentieth_of_a_second(tmp_path: Path) -> None:
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav_of(clicks((0.5, 2.0), seconds=12.34)))
    made = prepare(path, "call.wav", tmp_path, with_playback=False)
    drawn = json.loads(made.peaks.read_text())
    assert (drawn["version"], drawn["per_second"]) == (1, 20)
    assert drawn["duration"] == pytest.approx(12.34, abs=0.01)
    left, right = drawn["channels"]
    assert len(left) == len(right) == 247
    assert [place for place, value in enumerate(left) if value > 150] == [10, 40]
    assert max(right) == 0
    assert made.playback is None


def test_a_broken_recording_says_how_much_of_it_is_lost(tmp_path: Path) -> None:
    mp3 = odd_audio.coded("libmp3lame", "mp3", odd_audio.tones(12.0))
    third = len(mp3) // 3
    path = odd_audio.write(tmp_path, "call.mp3", mp3[:third] + odd_audio.noise(third) + mp3[2 * third :])
    made = prepare(path, "call.mp3", tmp_path)
    assert made.duration_s + made.lost_s == pytest.approx(12.0, abs=0.3)
