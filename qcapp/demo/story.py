"""Things that happened, told in any order and made in the order of time."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from qcapp.core import clock


class Story:
    """What happens may lead to more. What is still to come never happens."""

    def __init__(self) -> None:
        self._now = clock.now()
        self._coming: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = count()

    def at(self, moment: datetime, action: Callable[[], object]) -> None:
        """Let something happen then."""
        if moment <= self._now:
            heappush(self._coming, (moment, next(self._order), action))

    def happen(self) -> None:
        """Everything, each thing as if it were its moment."""
        while self._coming:
            moment, _order, action = heappop(self._coming)
            with clock.at(moment):
                action()
