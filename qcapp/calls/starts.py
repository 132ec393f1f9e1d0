"""When a call began, once that is known or known better."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.calls.search import forget_call
from qcapp.core import clock
from qcapp.core.formats import local_datetime
from qcapp.core.i18n import _

SLACK = timedelta(minutes=5)  # clocks of exchanges


def start_problem(call: Call, moment: datetime) -> str | None:
    """Why the call cannot have begun at this moment, in a sentence; None: it can."""
    if moment > clock.now() + SLACK:
        return _("This moment is still to come. Check when the call began.")
    if moment > min(call.created_at, call.scored_at or call.created_at) + SLACK:
        return _(
            "The call came in on %(when)s: it cannot have begun after that.",
            when=local_datetime(call.created_at),
        )
    return None


def set_start(session: Session, call: Call, moment: datetime | None) -> None:
    """Let the call stand at this moment; None: it is not known, and the call stands by when it
    came in.

    What follows from the moment follows from the event ``CallNoted``, which is for the caller to emit.
    """
    if call.transcribed_at is not None:
        forget_call(session, call)  # it is found by the old moment
    call.started_at, call.start_known = moment or call.created_at, moment is not None
    call.sorted_at = clock.now()
