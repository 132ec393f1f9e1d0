"""Where somebody speaks in a channel: Silero VAD, checked against plain energy.

At its usual threshold of 0.5 Silero loses narrow-band speech; at 0.25 it keeps it and still ignores tones.
"""

from collections.abc import Sequence

import numpy as np
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from qcapp.transcripts.engine.levels import (
    FRAMES_PER_S,
    Levels,
    Mask,
    Sound,
    active_level,
    noise_floor,
    padded_frames,
    runs,
    spread,
)
from qcapp.transcripts.engine.packing import Stretch

Probabilities = NDArray[np.float32]

THRESHOLD = 0.25
END_THRESHOLD = 0.10  # speech goes on until the detector is this sure that it does not
SECOND_THRESHOLD = 0.10  # for a channel that is loud and yet holds no speech at the first
END_SILENCE_S = 0.3
SHORTEST_S = 0.1
PADDING_S = 0.2  # so that soft beginnings and ends of words are in
GOOD_LEVEL_DB = -20.0  # the detector hears level: a faint channel is raised to this before it judges
FAINT_DB = -35.0
MOST_GAIN_DB = 40.0
LISTEN_ABOVE_FLOOR_DB = 6.0
LISTEN_BELOW_ACTIVE_DB = 20.0
LISTEN_AROUND = 13  # frames, 0.4 s
LEAST_SHARE = 0.2  # of the loud frames that must be speech before the first threshold is believed
AUDIBLE_DB = -60.0
CONTEXT = 64  # samples before each frame that the detector is given with it
FRAMES_AT_ONCE = 1000  # faster-whisper's own loop takes 10 000, which needs 200 MB


def worth_listening(levels: Levels) -> Mask:
    """Frames that are not plain line noise. The detector costs as much for silence as for speech."""
    limit = min(noise_floor(levels) + LISTEN_ABOVE_FLOOR_DB, active_level(levels) - LISTEN_BELOW_ACTIVE_DB)
    return spread(levels > max(limit, -90.0), LISTEN_AROUND)


def speech_probabilities(sound: Sound, levels: Levels, listen: Mask) -> Probabilities:
    """The detector's answer for each frame; 0 where `listen` says that there is nothing to hear."""
    answers = np.zeros(len(levels), dtype=np.float32)
    places = np.flatnonzero(listen)
    frames = padded_frames(sound)
    gain = _gain(levels)
    detector = get_vad_model().session
    state = {name: np.zeros((1, 1, 128), dtype=np.float32) for name in ("h", "c")}
    context = np.zeros((1, CONTEXT), dtype=np.float32)
    for begin in range(0, len(places), FRAMES_AT_ONCE):
        chosen = places[begin : begin + FRAMES_AT_ONCE]
        heard = frames[chosen] * gain
        contexts = np.concatenate((context, heard[:-1, -CONTEXT:]))
        context = heard[-1:, -CONTEXT:]
        found, state["h"], state["c"] = detector.run(None, {"input": np.hstack((contexts, heard)), **state})
        answers[chosen] = found.reshape(-1)
    return answers


def _gain(levels: Levels) -> np.float32:
    active = active_level(levels)
    if active > FAINT_DB:
        return np.float32(1.0)
    return np.float32(10 ** (min(GOOD_LEVEL_DB - active, MOST_GAIN_DB) / 20))


def choose_threshold(probabilities: Probabilities, levels: Levels) -> float:
    """The lower threshold where a loud channel holds next to no speech at the usual one."""
    loud = (levels > noise_floor(levels) + 15.0) & (levels > AUDIBLE_DB)
    if loud.sum() < FRAMES_PER_S:
        return THRESHOLD
    return THRESHOLD if (probabilities[loud] >= THRESHOLD).mean() >= LEAST_SHARE else SECOND_THRESHOLD


def speech(probabilities: Probabilities, threshold: float = THRESHOLD) -> list[Stretch]:
    """Stretches in which somebody speaks, without pauses of END_SILENCE_S or more."""
    end_threshold = min(END_THRESHOLD, threshold / 2)
    going_on = joined(runs(probabilities >= end_threshold), int(END_SILENCE_S * FRAMES_PER_S))
    found = (_from_first(probabilities, run, threshold) for run in going_on)
    return [stretch for stretch in found if stretch.length >= SHORTEST_S * FRAMES_PER_S]


def joined(parts: Sequence[tuple[int, int]], patience: int) -> list[tuple[int, int]]:
    """Join runs whose gap is shorter than `patience` frames."""
    whole: list[tuple[int, int]] = []
    for start, end in parts:
        if whole and start - whole[-1][1] < patience:
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return whole


def _from_first(probabilities: Probabilities, run: tuple[int, int], threshold: float) -> Stretch:
    start, end = run
    sure = np.flatnonzero(probabilities[start:end] >= threshold)
    return Stretch(start + int(sure[0]), end) if len(sure) else Stretch(end, end)


def padded(found: Sequence[Stretch], length: int) -> list[Stretch]:
    """The stretches with a little room around each; they never overlap."""
    room = round(PADDING_S * FRAMES_PER_S)
    stretches = []
    for index, (start, end) in enumerate((part.start, part.end) for part in found):
        earliest = (found[index - 1].end + start + 1) // 2 if index else 0
        latest = (end + found[index + 1].start + 1) // 2 if index + 1 < len(found) else length
        stretches.append(Stretch(max(start - room, earliest), min(end + room, latest)))
    return stretches
