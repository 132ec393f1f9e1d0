"""Says on which channel of a recording the manager is. What follows from it is pipeline.py's affair."""

from sqlalchemy.orm import Session

from qcapp.calls.audited import CallAction
from qcapp.calls.events import SidesSwapped
from qcapp.calls.models import Call
from qcapp.core import audit, row_locks
from qcapp.core.errors import Refused
from qcapp.core.events import emit
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


def place_manager(session: Session, call: Call, channel: int, *, by: User) -> None:
    """Put the manager on channel 0 or 1; the client is on the other one. Saying it twice changes nothing."""
    demand(by, Permission.CORRECT_TRANSCRIPT, session=session, manager_id=call.manager_id)
    recording = call.recording
    if recording is None or recording.channels != 2:
        raise Refused(_("Only a recording with one channel for each side has sides to swap."))
    if channel not in (0, 1):
        raise Refused(_("A recording has the channels 0 and 1."))
    row_locks.lock(
        session, recording, _("The recording of this call was erased, so nobody can hear what was said.")
    )
    before = recording.manager_channel
    if before == channel:
        return
    recording.manager_channel = channel
    audit.record(
        session,
        CallAction.PLACE_MANAGER,
        f"call:{call.id}",
        by_id=by.id,
        manager_channel=audit.change(before, channel),
    )
    session.flush()
    emit(session, SidesSwapped(call.id))


def swap_sides(session: Session, call: Call, *, by: User) -> None:
    """The manager is the client and the other way round; an unknown side becomes channel 0."""
    recording = call.recording
    channel = 0 if recording is None or recording.manager_channel is None else 1 - recording.manager_channel
    place_manager(session, call, channel, by=by)
