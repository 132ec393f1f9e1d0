"""The queue of transcriptions. The row is the truth: state, token and lease say who may work on a call.

``lease_until`` means for a running row: its worker's until then; for a queued one: not to be tried before.
Every comparison with it is made by the database's clock, so that hosts need not agree on the time.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Update, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import audit, clock
from qcapp.core.db_clock import db_now
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.jobs import wake
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.settings import Settings
from qcapp.transcripts.audited import TranscriptAction
from qcapp.transcripts.models import Transcription, TranscriptionState

WAKE = "transcripts.wake"
FIRST_DELAY_S = 15.0  # before the second attempt; four times as long before each further one
LONGEST_S = 86_400.0  # of leases and delays
State = TranscriptionState


class LeaseLostError(Exception):
    """Somebody else holds the call now: whatever was made of it must not be saved."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one call, as long as the token in its row is this one."""

    id: int
    call_id: int
    token: str
    again: bool
    """Whether an attempt has failed before."""


def request_transcription(session: Session, call_id: int, by: User | None = None) -> Transcription:
    """Queue a call; asking twice is the same as once. ``by`` is None for the product itself."""
    if by is not None:
        demand(by, Permission.TRANSCRIBE, session=session, manager_id=_call(session, call_id).manager_id)
    row = session.scalar(select(Transcription).where(Transcription.call_id == call_id))
    if row is None:
        row = Transcription(call_id=call_id, state=State.QUEUED, queued_at=clock.now())
        session.add(row)
        session.flush()
        wake(session, WAKE, row.id)
    return row


def retry(session: Session, call: Call, *, by: User | None = None) -> Transcription:
    """Try a failed call again from the start, with all its attempts. ``by`` is None on the command line."""
    if by is not None:
        demand(by, Permission.TRANSCRIBE, session=session, manager_id=call.manager_id)
    row = session.scalar(select(Transcription).where(Transcription.call_id == call.id).with_for_update())
    if row is None or row.state is not State.FAILED:
        raise Refused(_("Only a call whose transcription failed can be tried again."))
    before, row.state = row.error, State.QUEUED
    row.attempts, row.error, row.lease_until, row.queued_at = 0, None, None, clock.now()
    by_id = by.id if by else None
    audit.record(
        session,
        TranscriptAction.TRANSCRIPTION_RETRIED,
        f"call:{call.id}",
        by_id=by_id,
        error=audit.change(before, None),
    )
    session.flush()
    wake(session, WAKE, row.id)
    return row


def claim(
    session: Session, settings: Settings, *, only: Collection[int] | None = None, first_time: bool = False
) -> Claim | None:
    """Take a waiting call (of the calls ``only``); nobody else gets it while the lease is kept.

    Calls that have failed before come first, unless asked for one that is tried for the ``first_time``.
    """
    attempts = Transcription.attempts
    which = attempts == 0 if first_time else attempts < settings.max_attempts
    waiting = select(Transcription.id).where(_claimable(), which)
    if only is not None:
        waiting = waiting.where(Transcription.call_id.in_(only))
    # In a CTE, because PostgreSQL may run a plain subquery more than once and lock more than one row.
    first = waiting.order_by(attempts == 0, Transcription.id).limit(1)
    picked = first.with_for_update(skip_locked=True).cte("picked")
    token = uuid.uuid4().hex
    taken = session.execute(
        update(Transcription)
        .where(Transcription.id.in_(select(picked.c.id)))
        .values(
            state=State.RUNNING,
            token=token,
            lease_until=db_now(settings.lease_s),
            attempts=attempts + 1,
            progress=0.0,
            error=None,
            started_at=clock.now(),
        )
        .returning(Transcription.id, Transcription.call_id, attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Claim(taken.id, taken.call_id, token, taken.attempts > 1) if taken else None


def _claimable() -> ColumnElement[bool]:
    until = Transcription.lease_until
    other_clock = until > db_now(LONGEST_S)  # it has been set back since
    free = or_(until.is_(None), until <= db_now(), other_clock)
    return Transcription.state.in_((State.QUEUED, State.RUNNING)) & free


def renew(session: Session, claim: Claim, settings: Settings, progress: float) -> bool:
    """Keep the call for another lease and show how far it is; False: it is no longer ours."""
    return _change(session, _held(claim).values(lease_until=db_now(settings.lease_s), progress=progress)) == 1


def release(session: Session, claim: Claim) -> None:
    """Give a call back untouched, as a worker does that was told to stop; it costs no attempt."""
    back = {"state": State.QUEUED, "token": None, "lease_until": None, "progress": 0.0}
    _change(session, _held(claim).values(attempts=Transcription.attempts - 1, **back))


def postpone(session: Session, claim: Claim, delay_s: float, reason: str) -> None:
    """Give a call back that cannot be worked on at the moment, and say why; it costs no attempt."""
    later = _held(claim).values(
        state=State.QUEUED,
        token=None,
        progress=0.0,
        attempts=Transcription.attempts - 1,
        lease_until=db_now(delay_s),
        error=reason,
    )
    _change(session, later)


def mark_done(session: Session, claim: Claim) -> Transcription:
    """Turn a held call into a done one and give its row, to be filled in the same commit."""
    done = _held(claim).values(
        state=State.DONE, token=None, lease_until=None, progress=1.0, error=None, finished_at=clock.now()
    )
    if _change(session, done) != 1:
        raise LeaseLostError(claim)
    return session.get_one(Transcription, claim.id, populate_existing=True)


def fail(
    session: Session, claim: Claim, settings: Settings, reason: str = "", *, final: bool = False
) -> None:
    """Note a failed attempt, with a sentence for people where there is one.

    ``final``: the recording itself is at fault, there is no further attempt. Else the fault may pass, and the
    call is tried again after a while, ``max_attempts`` times in all.
    """
    held = (Transcription.id == claim.id, Transcription.token == claim.token)
    attempts = session.scalar(select(Transcription.attempts).where(*held).with_for_update())
    if attempts is None:
        raise LeaseLostError(claim)
    reason = reason or _("Transcribing failed; the worker's log says where.")
    if final or attempts >= settings.max_attempts:
        after = _held(claim).values(state=State.FAILED, lease_until=None, finished_at=clock.now())
    else:
        delay_s = min(FIRST_DELAY_S * 4 ** (attempts - 1), LONGEST_S)
        after = _held(claim).values(state=State.QUEUED, lease_until=db_now(delay_s))
    _change(session, after.values(token=None, progress=0.0, error=reason))


def give_up(session: Session, settings: Settings) -> int:
    """Fail the calls whose worker died at every attempt; how many there were."""
    dead = (_claimable(), Transcription.attempts >= settings.max_attempts)
    return _change(
        session,
        update(Transcription)
        .where(*dead)
        .values(
            state=State.FAILED,
            token=None,
            lease_until=None,
            finished_at=clock.now(),
            error=_("The worker died each time it worked on this call. Check its memory, then try again."),
        ),
    )


def hold(session: Session, reason: str | None) -> None:
    """Say beside every call not yet tried why none is taken; None: they are taken again."""
    fresh = update(Transcription).where(Transcription.state == State.QUEUED, Transcription.attempts == 0)
    _change(session, fresh.where(Transcription.error.is_distinct_from(reason)).values(error=reason))


def is_waiting(session: Session, only: Collection[int] | None = None) -> bool:
    """Whether a call could be claimed now; asks without taking a lock."""
    rows = select(Transcription.id).where(_claimable())
    if only is not None:
        rows = rows.where(Transcription.call_id.in_(only))
    return session.scalar(rows.limit(1)) is not None


def _held(claim: Claim) -> Update:
    return update(Transcription).where(
        Transcription.id == claim.id, Transcription.token == claim.token, Transcription.state == State.RUNNING
    )


def _change(session: Session, statement: Update) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount


def _call(session: Session, call_id: int) -> Call:
    return session.get_one(Call, call_id)
