"""Waveform peaks: per channel the loudest sample of each 1/20 s, as JSON to draw without the sound.

`{"version": 1, "per_second": 20, "duration": 12.3, "channels": [[0, 17, 255], [3, 2, 1]]}`, 255 full scale.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VERSION = 1
PER_SECOND = 20
NAME = f"peaks-{VERSION}.json"


class Peaks:
    """Takes the sound block by block; every block but the last must last a whole number of points."""

    def __init__(self, channels: int, rate: int) -> None:
        self._step = rate // PER_SECOND
        self._rate = rate
        self._samples = 0
        self._channels: list[list[int]] = [[] for _channel in range(channels)]

    def add(self, block: NDArray[np.float32]) -> None:
        """Add a block of float32 (channels, samples)."""
        self._samples += block.shape[1]
        starts = np.arange(0, block.shape[1], self._step)
        loudest = np.maximum.reduceat(np.abs(block), starts, axis=1)
        for points, values in zip(self._channels, np.round(loudest * 255).astype(int).tolist(), strict=True):
            points.extend(values)

    def write(self, path: Path) -> None:
        content = {
            "version": VERSION,
            "per_second": PER_SECOND,
            "duration": round(self._samples / self._rate, 3),
            "channels": self._channels,
        }
        path.write_text(json.dumps(content, separators=(",", ":")))
