"""How long one file may keep us busy, how much memory it may take, and the file as FFmpeg gets to see it."""

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from qcapp.core.errors import Refused
from qcapp.core.i18n import _

LARGEST_BLOCK = 64 << 20
"""Bytes that FFmpeg may ask for at once. The index of a six-hour recording takes some twenty millions; a file of five
kilobytes can claim gigabytes, for an index or for a header that is packed."""
MOST_TRACKS = 8  # each with an index of its own; the recording of a call has one, with a picture two


def bound_memory() -> None:
    """Hold for this process, whatever is decoded in it. Where the library is not found, nothing is bounded."""
    loaded = Path("/proc/self/maps")
    for line in loaded.read_text().splitlines() if loaded.exists() else ():
        library = line.rpartition(" ")[2]
        if "libavutil" in library:
            ctypes.CDLL(library).av_max_alloc(ctypes.c_size_t(LARGEST_BLOCK))
            return


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one file is looked at: decoded length, and seconds of our own work on it."""

    seconds: float = 6 * 3600
    work_s: float = 300


class DecodingClock:
    """Time spent decoding, without what the caller does between blocks."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.spent = 0.0
        self._since: float | None = None

    def __enter__(self) -> Self:
        self._since = time.monotonic()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._since is not None:
            self.spent += time.monotonic() - self._since
        self._since = None
        self.check()

    def check(self) -> None:
        running = time.monotonic() - self._since if self._since is not None else 0.0
        if self.spent + running > self.limit_s:
            raise Refused(
                _(
                    "The file takes longer than %(seconds)d s to decode: it is broken, "
                    "or not a recording of a call.",
                    seconds=int(self.limit_s),
                )
            )


class TimedFile:
    """A file without a name, whose extension tells FFmpeg nothing; the clock is looked at on every read."""

    def __init__(self, file: BinaryIO, stopwatch: DecodingClock) -> None:
        self._file = file
        self._stopwatch = stopwatch

    def read(self, size: int = -1) -> bytes:
        self._stopwatch.check()
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._stopwatch.check()
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1  # a broken header sends FFmpeg before the start or beyond all numbers

    def tell(self) -> int:
        return self._file.tell()
