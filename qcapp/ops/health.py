"""Whether this host can do its work: each part is asked, none is described to strangers."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_log = logging.getLogger(__name__)
KEPT_S = 5.0  # the address is public: however often it is asked, the parts are asked this seldom


@dataclass
class Health:
    """Answers of the parts, kept for a few seconds. A part is fine when its check returns without raising."""

    parts: Mapping[str, Callable[[], object]]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _answers: dict[str, bool] = field(default_factory=dict)
    _asked_at: float | None = None

    def answers(self) -> dict[str, bool]:
        """Whether each part works, by its name."""
        with self._lock:
            if self._asked_at is None or time.monotonic() - self._asked_at > KEPT_S:
                self._answers = {name: _works(name, check) for name, check in self.parts.items()}
                self._asked_at = time.monotonic()
            return dict(self._answers)


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 (whatever a driver raises means "no"; the log says why)
        _log.exception("health: %s does not work", name)
        return False
    return True
