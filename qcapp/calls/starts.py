"""When a call began, once that is known or known better."""

from datetime import datetime

from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.calls.search import forget_call
from qcapp.core import clock


def set_start(session: Session, call: Call, moment: datetime | None) -> None:
    """Let the call stand at this moment; None: it is not known, and the call stands by when it
    came in.

    What follows from the moment follows from the event ``CallNoted``, which is for the caller to emit.
    """
    if call.transcribed_at is not None:
        forget_call(session, call)  # it is found by the old moment
    call.started_at, call.start_known = moment or call.created_at, moment is not None
    call.sorted_at = clock.now()
