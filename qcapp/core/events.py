"""Events carry news upwards: a feature emits what happened, ``pipeline.py`` alone says who acts on it.

Handlers run at once, in the emitter's transaction: all that follows from an event is saved, or nothing.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

Handler = Callable[[Session, Any], None]
_handlers: dict[type, list[Handler]] = defaultdict(list)


def subscribe(event: type, handler: Handler) -> None:
    """Let ``handler(session, event)`` act on every such event; subscribing twice is the same as once."""
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def emit(session: Session, event: object) -> None:
    """Tell everybody who subscribed, inside the caller's transaction."""
    for handler in _handlers[type(event)]:
        handler(session, event)
