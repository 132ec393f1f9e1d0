"""How loud each frame of a channel is, and which frames are worth listening to. Pure numpy."""

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
FRAME = 512  # samples; what the speech detector judges at a time
FRAMES_PER_S = RATE / FRAME
SILENCE_DB = -100.0

Sound = NDArray[np.float32]
Levels = NDArray[np.float32]
Mask = NDArray[np.bool_]


def frame_levels(sound: Sound) -> Levels:
    """dBFS of each frame; the last, incomplete one counts as if followed by silence."""
    frames = padded_frames(sound)
    power = np.einsum("ij,ij->i", frames, frames) / FRAME
    return np.asarray(10 * np.log10(power + 10 ** (SILENCE_DB / 10)), dtype=np.float32)


def padded_frames(sound: Sound) -> Sound:
    missing = -len(sound) % FRAME
    return np.pad(sound, (0, missing)).reshape(-1, FRAME)


def active_level(levels: Levels) -> float:
    """How loud the channel is when there is something in it."""
    return float(np.percentile(levels, 95)) if len(levels) else SILENCE_DB


def noise_floor(levels: Levels) -> float:
    return float(np.percentile(levels, 10)) if len(levels) else SILENCE_DB


def spread(mask: Mask, frames: int) -> Mask:
    """True wherever the mask is true within that many frames before or after."""
    reach = np.cumsum(np.concatenate(([0], mask)))
    places = np.arange(len(mask))
    upper = np.minimum(places + frames + 1, len(mask))
    lower = np.maximum(places - frames, 0)
    return np.asarray(reach[upper] > reach[lower])


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
