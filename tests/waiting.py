"""Waiting for a condition instead of for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def until(condition: Callable[[], Found], timeout_s: float = 30.0, every_s: float = 0.02) -> Found:
    """What the condition gives once it is true; an AssertionError if it never is."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {timeout_s} s in vain"
        time.sleep(every_s)
    return found
