"""Puts the stretches of speech of one channel into windows for the recogniser, and maps times back. Pure.

The encoder is paid by the length of a window, silence included, so windows hold speech and nothing else.
Everything is counted in frames of the speech detector, so no sample is lost or heard twice.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames start ≤ n < end of one channel."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches one after the other, as the recogniser hears them."""

    stretches: tuple[Stretch, ...]

    @property
    def length(self) -> int:
        return sum(stretch.length for stretch in self.stretches)

    def locate(self, frame: float) -> int:
        """Which stretch is heard at this place in the window. At a joint: the later one."""
        joints = list(accumulate(stretch.length for stretch in self.stretches))
        return min(bisect_right(joints, frame), len(self.stretches) - 1)

    def middle(self) -> int | None:
        """The joint of two stretches that is nearest the middle; None if there is only one stretch."""
        joints = list(accumulate(stretch.length for stretch in self.stretches))[:-1]
        return min(joints, key=lambda joint: abs(joint - self.length / 2), default=None)

    def part(self, start: int, end: int) -> "Window":
        """What is heard from one place to another."""
        cut = []
        before = 0
        for stretch in self.stretches:
            first, last = max(start - before, 0), min(end - before, stretch.length)
            if first < last:
                cut.append(Stretch(stretch.start + first, stretch.start + last))
            before += stretch.length
        return Window(tuple(cut))

    def source(self, frame: float, index: int) -> float:
        """The place in the recording of a place in the window, taken to lie in the given stretch."""
        stretch = self.stretches[index]
        before = sum(earlier.length for earlier in self.stretches[:index])
        return min(max(stretch.start + frame - before, stretch.start), stretch.end)


def pack(stretches: Sequence[Stretch], loudness: Sequence[float], wanted: int, longest: int) -> list[Window]:
    """Windows of about `wanted` and at most `longest` frames holding every stretch once, in order.

    A stretch is cut only if it is longer than `longest`, and then where `loudness`, one value a frame, is lowest:
    words are lost at a cut. Windows are filled evenly: three of 10 s are recognised better than 14, 14 and 2 s.
    """
    pieces = [piece for stretch in stretches for piece in _cut(stretch, loudness, longest)]
    total = sum(piece.length for piece in pieces)
    if not total:
        return []
    even = total / -(-total // wanted)
    windows: list[Window] = []
    current: list[Stretch] = []
    filled = 0
    for piece in pieces:
        # With half of the piece beyond the even share it belongs to the next window.
        if current and (filled + piece.length > longest or filled + piece.length / 2 > even):
            windows.append(Window(tuple(current)))
            current, filled = [], 0
        current.append(piece)
        filled += piece.length
    windows.append(Window(tuple(current)))
    return windows


def _cut(stretch: Stretch, loudness: Sequence[float], longest: int) -> list[Stretch]:
    if stretch.length <= longest:
        return [stretch]
    earliest = stretch.start + longest // 2
    latest = min(stretch.start + longest, stretch.end - 1)
    place = min(range(earliest, latest + 1), key=lambda frame: (_around(loudness, frame), -frame))
    return [Stretch(stretch.start, place), *_cut(Stretch(place, stretch.end), loudness, longest)]


def _around(values: Sequence[float], frame: int) -> float:
    near = values[max(0, frame - 1) : frame + 2]
    return sum(near) / len(near) if len(near) else 0.0
