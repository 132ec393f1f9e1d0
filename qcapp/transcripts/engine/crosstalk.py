"""The other side's voice leaking into a channel: far fainter, and swelling and fading with it. Pure numpy."""

import numpy as np

from qcapp.transcripts.engine.levels import FRAMES_PER_S, Levels, Mask, Sound, active_level, runs

FAINTER_DB = 20.0  # measured leaks lie 25–40 dB below; two people on one line hardly differ by more than 15
LONGEST_ECHO_S = 0.3
SMOOTHING = 5  # frames
AUDIBLE_DB = -55.0
SAME_SHAPE = 0.5  # correlation of levels in a run that is taken for a leak
SHORT_RUN = 10  # frames; too few for a correlation to mean anything
SAME_SOUND = 0.98  # correlation of samples at which two channels are one


def leaked(own: Levels, other: Levels) -> Mask:
    """Frames of the channel `own` that hold nothing but a faint copy of the channel `other`.

    Far fainter than the other side is not enough where both may speak: the frame must also be far fainter
    than this side's own voice, or swell and fade with the other side's.
    """
    delays = range(int(LONGEST_ECHO_S * FRAMES_PER_S) + 1)
    smooth_own, smooth_other = _smooth(own), _smooth(other)
    loudest = np.max([_delayed(smooth_other, delay) for delay in delays], axis=0)
    fainter = (loudest - smooth_own > FAINTER_DB) & (loudest > AUDIBLE_DB)
    below_own_voice = smooth_own < active_level(own) - FAINTER_DB
    for start, end in runs(fainter & ~below_own_voice):
        if end - start < SHORT_RUN or not _alike(own, other, start, end, delays):
            fainter[start:end] = False
    return np.asarray(fainter)


def _alike(own: Levels, other: Levels, start: int, end: int, delays: range) -> bool:
    mine = own[start:end]
    return max(_correlation(mine, _delayed(other, delay)[start:end]) for delay in delays) > SAME_SHAPE


def same_sound(first: Sound, second: Sound) -> bool:
    """Both channels carry one sound, maybe turned upside down: a mono recording saved as stereo."""
    return abs(_correlation(first, second)) > SAME_SOUND


def _correlation(first: Levels, second: Levels) -> float:
    first = first - first.mean()
    second = second - second.mean()
    scale = float(np.sqrt(np.dot(first, first) * np.dot(second, second)))
    return float(np.dot(first, second)) / scale if scale > 0 else 0.0


def _smooth(levels: Levels) -> Levels:
    power = np.convolve(10.0 ** (levels / 10.0), np.ones(SMOOTHING) / SMOOTHING, mode="same")
    return np.asarray(10.0 * np.log10(power + 1e-10), dtype=np.float32)


def _delayed(levels: Levels, frames: int) -> Levels:
    before = np.full(frames, levels.min(), dtype=np.float32)
    return np.concatenate((before, levels))[: len(levels)]
