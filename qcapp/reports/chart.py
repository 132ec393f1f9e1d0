"""Where the points and lines of a chart stand: plain geometry in the units of its SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from qcapp.core.periods import Days
from qcapp.reports.rules import Average, unbroken

WIDTH, HEIGHT = 640, 170
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 18, 38  # room for the scale, the values and the dates
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Point:
    """One step of time; ``y`` is None where there are too few values for one."""

    days: Days
    x: float
    y: float | None
    average: Average


@dataclass(frozen=True, slots=True)
class Chart:
    """``lines`` are the points of polylines, ``scale`` the heights of marks in per cent."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    scale: tuple[tuple[int, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM

    @property
    def shows_something(self) -> bool:
        return any(point.y is not None for point in self.points)


def draw(steps: Sequence[Days], averages: Sequence[Average]) -> Chart:
    """The averages of these steps, from 0 to 100 per cent; what lies above (bonus items) stretches the scale."""
    top = max([FULL, *(point.value for point in averages if point.value is not None)])
    places = [_x(number, len(steps)) for number in range(len(steps))]
    return Chart(
        points=tuple(
            Point(step, place, None if each.value is None else _y(each.value, top), each)
            for step, place, each in zip(steps, places, averages, strict=True)
        ),
        lines=tuple(
            " ".join(f"{places[step]},{_y(value, top)}" for step, value in stretch)
            for stretch in unbroken(averages)
            if len(stretch) > 1
        ),
        scale=tuple((mark, _y(mark, top)) for mark in (0, 50, 100)),
    )


def _x(number: int, count: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return round(LEFT + room * (number + 0.5) / count, 1)


def _y(value: float, top: float) -> float:
    room = HEIGHT - TOP - BOTTOM
    return round(TOP + room * (1 - max(value, 0.0) / top), 1)
