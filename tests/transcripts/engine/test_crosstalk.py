"""The faint copy of the other side is dropped; a quiet person speaking at the same time is not."""

import numpy as np

from qcapp.transcripts.engine.crosstalk import leaked, same_sound
from qcapp.transcripts.engine.levels import Levels

rng = np.random.default_rng(7)


def voice(frames: int, level: float) -> Levels:
    """Levels that swell and fade as speech does."""
    syllables = np.repeat(rng.uniform(-14, 0, frames // 4 + 1), 4)[:frames]
    return (level + syllables).astype(np.float32)


def test_a_faint_copy_of_the_other_side_is_a_leak() -> None:
    other = voice(300, -18)
    own = np.concatenate((voice(300, -20), other - 35)).astype(np.float32)
    other = np.concatenate((np.full(300, -70), other)).astype(np.float32)
    found = leaked(own, other)
    assert found[310:].mean() > 0.95
    assert not found[:295].any()


def test_a_delayed_echo_is_a_leak_even_where_this_side_never_speaks() -> None:
    other = voice(400, -18)
    echo = np.concatenate((np.full(6, -80), other[:-6] - 30)).astype(np.float32)
    assert leaked(echo, other)[10:].mean() > 0.9


def test_a_quiet_client_who_speaks_at_the_same_time_is_kept() -> None:
    assert leaked(voice(400, -42), voice(400, -16)).mean() < 0.1


def test_one_sound_in_two_channels_is_recognised_even_upside_down() -> None:
    sound = rng.standard_normal(16_000).astype(np.float32)
    assert same_sound(sound, sound * np.float32(0.5))
    assert same_sound(sound, -sound)
    assert not same_sound(sound, rng.standard_normal(16_000).astype(np.float32))


def test_silence_is_no_common_sound() -> None:
    silence = np.zeros(16_000, dtype=np.float32)
    assert not same_sound(silence, silence)


def test_a_recording_shorter_than_an_echo_is_judged_too() -> None:
    assert not leaked(voice(3, -20), voice(3, -70)).any()
