"""Recordings of every kind open; what cannot be a call is refused in words."""

import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest

from qcapp.calls import audio_limits
from qcapp.calls.audio import Audio, open_audio
from qcapp.calls.audio_limits import Limits
from qcapp.core.errors import Refused
from tests.factories import odd_audio

BROKEN = odd_audio.broken()
ODD = odd_audio.odd()


def decoded(path: Path, name: str = "", rate: int = 16_000) -> tuple[np.ndarray, Audio]:
    with open_audio(path, name=name) as audio:
        return np.concatenate(list(audio.blocks(rate, 0.7)), axis=1), audio


@pytest.mark.parametrize("name", BROKEN)
def test_it_refuses_a_broken_file_in_a_sentence(tmp_path: Path, name: str) -> None:
    path = odd_audio.write(tmp_path, name, BROKEN[name])
    with pytest.raises(Refused) as refusal:
        decoded(path)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert str(tmp_path) not in sentence
    assert "Error" not in sentence
    assert "avcodec" not in sentence


@pytest.mark.parametrize("name", ODD)
def test_it_decodes_what_is_there_of_an_odd_file(tmp_path: Path, name: str) -> None:
    content, seconds = ODD[name]
    sound, audio = decoded(odd_audio.write(tmp_path, name, content))
    assert audio.decoded_s == pytest.approx(seconds, abs=0.2)
    assert sound.shape == (1, pytest.approx(seconds * 16_000, abs=4000))
    assert 0.05 < np.abs(sound).max() <= 1.0


@pytest.mark.parametrize(
    ("codec", "container", "rate"),
    [
        ("pcm_u8", "wav", 8000),
        ("pcm_s16le", "wav", 8000),
        ("pcm_s24le", "wav", 8000),
        ("pcm_s32le", "wav", 8000),
        ("pcm_f32le", "wav", 8000),
        ("pcm_alaw", "wav", 8000),
        ("pcm_mulaw", "wav", 8000),
        ("adpcm_ms", "wav", 8000),
        ("adpcm_ima_wav", "wav", 8000),
        ("libmp3lame", "mp3", 8000),
        ("libopus", "ogg", 16000),
        ("libopus", "webm", 48000),
        ("flac", "flac", 8000),
        ("aac", "ipod", 16000),
        ("aac", "adts", 16000),
        ("pcm_s16be", "aiff", 8000),
        ("pcm_mulaw", "au", 8000),
    ],
)
def test_it_decodes_the_formats_of_exchanges(tmp_path: Path, codec: str, container: str, rate: int) -> None:
    content = odd_audio.coded(codec, container, odd_audio.tones(2.0, rate=rate), rate)
    sound, audio = decoded(odd_audio.write(tmp_path, f"call.{container}", content))
    assert audio.rate in (rate, 48_000)
    assert audio.decoded_s == pytest.approx(2.0, abs=0.2)
    assert np.abs(sound).max() > 0.1
    assert audio.lost_s == 0.0


def test_it_knows_headerless_g722_by_its_name_alone(tmp_path: Path) -> None:
    content = odd_audio.coded("g722", "g722", odd_audio.tones(2.0, rate=16_000), 16_000)
    path = odd_audio.write(tmp_path, "stored-without-a-name", content)
    sound, audio = decoded(path, name="call.g722")
    assert audio.codec == "adpcm_g722"
    assert audio.decoded_s == pytest.approx(2.0, abs=0.01)
    assert np.abs(sound).max() > 0.3


def test_a_wav_called_gsm_is_still_a_wav(tmp_path: Path) -> None:
    _sound, audio = decoded(odd_audio.write(tmp_path, "call.gsm", odd_audio.wav()))
    assert audio.codec == "pcm_s16le"


def test_raw_mu_law_is_read_at_eight_kilohertz(tmp_path: Path) -> None:
    _sound, audio = decoded(odd_audio.write(tmp_path, "call.ulaw", odd_audio.noise(16_000)))
    assert (audio.rate, audio.decoded_s) == (8000, pytest.approx(2.0))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.wav", "ffconcat version 1.0\nfile {}\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n"),
        ("list.mp3", "#EXTM3U\n#EXTINF:5,\nfile:///etc/passwd\n{}\n"),
    ],
)
def test_a_playlist_never_opens_its_neighbour(tmp_path: Path, name: str, content: str) -> None:
    odd_audio.write(tmp_path, "neighbour.wav", odd_audio.wav())
    path = odd_audio.write(tmp_path, name, content.format("neighbour.wav").encode())
    with pytest.raises(Refused, match="playlist"):
        decoded(path)


def test_a_broken_middle_costs_only_itself(tmp_path: Path) -> None:
    mp3 = odd_audio.coded("libmp3lame", "mp3", odd_audio.tones(12.0))
    third = len(mp3) // 3
    content = mp3[:third] + odd_audio.noise(third) + mp3[2 * third :]
    _sound, audio = decoded(odd_audio.write(tmp_path, "call.mp3", content))
    assert audio.decoded_s == pytest.approx(8.0, abs=0.6)
    assert audio.lost_s == pytest.approx(4.0, abs=0.6)


def test_channels_stay_apart(tmp_path: Path) -> None:
    sound = np.stack([odd_audio.tones(1.0)[0], np.zeros(8000, np.float32)])
    out, audio = decoded(odd_audio.write(tmp_path, "call.wav", odd_audio.wav_of(sound)))
    assert audio.channels == 2
    assert np.abs(out[0]).max() > 0.3
    assert np.abs(out[1]).max() == 0.0


def test_antiphase_channels_are_not_lost(tmp_path: Path) -> None:
    tone = odd_audio.tones(1.0)[0]
    out, _audio = decoded(odd_audio.write(tmp_path, "call.wav", odd_audio.wav_of(np.stack([tone, -tone]))))
    assert np.abs(out).max(axis=1) == pytest.approx([0.36, 0.36], abs=0.05)


def test_more_than_two_channels_become_one(tmp_path: Path) -> None:
    sound = np.zeros((6, 8000), np.float32)
    sound[2] = odd_audio.tones(1.0)[0]
    out, audio = decoded(odd_audio.write(tmp_path, "call.wav", odd_audio.wav_of(sound)))
    assert (audio.channels, audio.source_channels) == (1, 6)
    assert np.abs(out).max() > 0.3


def test_a_recording_of_a_whole_day_is_refused(tmp_path: Path) -> None:
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav(3.0))
    with open_audio(path, limits=Limits(seconds=1.0)) as audio, pytest.raises(Refused, match="longer"):
        list(audio.blocks(seconds=0.5))


def test_a_file_may_not_keep_us_busy_for_ever(tmp_path: Path) -> None:
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav(3.0))
    with pytest.raises(Refused, match="to decode"), open_audio(path, limits=Limits(work_s=0.0)) as audio:
        list(audio.blocks())


def test_the_time_of_the_caller_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(audio_limits.time, "monotonic", lambda: now)
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav(3.0))
    with open_audio(path, limits=Limits(work_s=1.0)) as audio:
        for _block in audio.blocks(seconds=0.5):
            now += 3600
    assert audio.decoded_s == pytest.approx(3.0)


def test_tags_tell_which_number_is_on_which_side(tmp_path: Path) -> None:
    path = tmp_path / "call.webm"
    with av.open(str(path), "w", format="webm") as output:
        output.metadata["CALL_LEFT_NUM"] = "201"
        stream = output.add_stream("libopus", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 96_000), np.float32), format="flt", layout="stereo")
        frame.sample_rate = 48_000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with open_audio(path) as audio:
        assert audio.tags["CALL_LEFT_NUM"] == "201"


def test_a_long_recording_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = odd_audio.write(tmp_path, "call.wav", odd_audio.wav_bytes(bytes(8000 * 2 * 240)))
    tracemalloc.start()
    with open_audio(path) as audio:
        seconds = sum(block.shape[1] for block in audio.blocks(seconds=10.0)) / 16_000
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds == pytest.approx(240)
    assert peak < 5_000_000
