"""Whether this host can do its work: each part is asked, none is described to strangers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)
PATIENCE_S = 1.5  # a part that takes longer does not work, as far as whoever asks is concerned
KEPT_S = 5.0  # the address is public: however often it is asked, the parts are asked this seldom


@dataclass
class Health:
    """Answers of the parts, kept for a few seconds. A part is fine when its check returns soon and without raising.

    The checks run in threads: what hangs holds up nobody, and is not asked a second time until it has answered.
    """

    parts: Mapping[str, Callable[[], object]]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: dict[str, Future[bool]] = field(default_factory=dict)
    _answers: dict[str, bool] = field(default_factory=dict)
    _asked_at: float | None = None

    def answers(self) -> dict[str, bool]:
        """Whether each part works, by its name."""
        with self._lock:
            if self._asked_at is None or time.monotonic() - self._asked_at > KEPT_S:
                asked = {name: self._ask(name) for name in self.parts}
                answered = wait(asked.values(), PATIENCE_S).done
                self._answers = {name: each in answered and each.result() for name, each in asked.items()}
                self._asked_at = time.monotonic()
            return dict(self._answers)

    def _ask(self, name: str) -> Future[bool]:
        before = self._asked.get(name)
        if before is not None and not before.done():
            _log.error("health: %s has not answered yet", name)
            return before
        answer = self._asked[name] = Future()

        def ask() -> None:
            answer.set_result(_works(name, self.parts[name]))

        threading.Thread(target=ask, name=f"health {name}", daemon=True).start()
        return answer


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 (whatever a driver raises means "no"; the log says why)
        _log.exception("health: %s does not work", name)
        return False
    return True
