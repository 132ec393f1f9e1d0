"""The copy that browsers play: MP3 at a constant bit rate, 16 kHz, one channel a side.

Why MP3 stands in docs/decisions/playback.md.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

VERSION = 1
RATE = 16_000
BITS_PER_CHANNEL = 32_000
NAME = f"playback-{VERSION}.mp3"
MIMETYPE = "audio/mpeg"


class PlaybackWriter:
    """Encodes block by block. The file is complete when the `with` block has ended without an error."""

    def __init__(self, path: Path, channels: int) -> None:
        self._layout = "stereo" if channels == 2 else "mono"
        self._container = av.open(str(path), "w", format="mp3")
        self._stream = self._container.add_stream("libmp3lame", rate=RATE)
        self._stream.codec_context.layout = self._layout
        self._stream.codec_context.format = "fltp"
        self._stream.codec_context.bit_rate = BITS_PER_CHANNEL * channels
        # Joint stereo would let one side leak into the other; 7 of 9 is twice as fast as the default.
        self._stream.codec_context.options = {"joint_stereo": "0", "compression_level": "7"}
        self._written = 0

    def __enter__(self) -> Self:
        return self

    def add(self, block: NDArray[np.float32]) -> None:
        """Encode a block of float32 (channels, samples) at 16 kHz."""
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(block), format="fltp", layout=self._layout)
        frame.sample_rate = RATE
        frame.pts = self._written
        self._written += block.shape[1]
        self._container.mux(self._stream.encode(frame))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
