"""For whom a trainee waits, and since which day. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding.board.rules import BoardPlace, asked_by
from qcapp.onboarding.countdown import Countdown
from qcapp.onboarding.history import Record
from qcapp.onboarding.program.plan import OF_CALLS, Program
from qcapp.onboarding.rules import State, counting_calls, lacking_calls
from qcapp.onboarding.states import WorkState
from qcapp.terms import ConditionKind


class Whom(StrEnum):
    COACH = "coach"
    """To accept work, decide about a script or hold the exam."""
    QUALITY = "quality"
    """Quality control, to score calls that it has picked."""
    DECIDER = "decider"
    """Owner or head of quality control: about a time that is over, or about clearance."""
    SALE = "sale"
    """Whoever confirms a sale."""


@dataclass(frozen=True, slots=True)
class Waits:
    """``besides``: who may not decide, because what waits is his own."""

    whom: Whom
    since: date
    besides: int | None = None

    def days(self, today: date) -> int:
        """How many days it has lasted; 0: since today."""
        return max(0, (today - self.since).days)


def waits_for(
    place: BoardPlace,
    program: Program,
    record: Record,
    states: Sequence[State],
    *,
    time: Countdown | None,
    told_on: date | None,
) -> Waits | None:
    """What has waited longest for somebody else; None: it is the trainee's turn, or nobody's.

    ``told_on``: when those who decide were told that the time is over or every condition is met; unknown: since it was.
    """
    match place:
        case BoardPlace.OVERDUE if time is not None:
            over = time.last_day + timedelta(days=1)
            return Waits(Whom.DECIDER, max(over, told_on) if told_on else over)
        case BoardPlace.READY:
            return Waits(Whom.DECIDER, told_on or record.now.entered_on)
        case BoardPlace.ON_THE_WAY:
            missing = [state for state in asked_by(record.now.stage, states) if not state.met]
            return min(_open(program, record, missing), key=lambda each: each.since, default=None)
    return None


def _open(program: Program, record: Record, missing: Sequence[State]) -> Iterator[Waits]:
    kinds = {state.kind for state in missing if state.waiting}
    for work in record.works:
        handed_in = work.attempt == record.attempt and work.state is WorkState.SUBMITTED
        if handed_in and ConditionKind(work.kind) in kinds and work.since:
            yield Waits(Whom.COACH, work.since)
    for draft in record.drafts:
        if ConditionKind.SCRIPT in kinds and draft.state is DraftState.SUBMITTED and draft.since:
            yield Waits(Whom.COACH, draft.since)
    for sale in record.sales:
        if ConditionKind.SALE in kinds and not sale.confirmed and sale.since:
            yield Waits(Whom.SALE, sale.since, sale.entered_by_id)
    for state in missing:
        if state.kind in OF_CALLS and state.waiting:
            picked = counting_calls(program, state.stage, record, record.queued)
            yield Waits(Whom.QUALITY, picked[lacking_calls(state) - 1].since)
    own = [state for state in missing if not state.waiting]
    if own and all(state.kind is ConditionKind.EXAM and state.stage is record.now.stage for state in own):
        yield Waits(Whom.COACH, record.now.entered_on)
