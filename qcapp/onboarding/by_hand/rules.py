"""Where somebody may be moved by hand, and what is not met then. Pure.

Conditions stay as they are, so a move by hand clears nobody: what was passed over is still missing for clearance.
"""

from qcapp.onboarding.history import Record
from qcapp.onboarding.program.plan import WAY, Program
from qcapp.onboarding.rules import Move, State, states_of_stage
from qcapp.onboarding.states import Result
from qcapp.terms import Stage


def stages_by_hand(program: Program, record: Record) -> tuple[Stage, ...]:
    """The next stage of the way, and those before in which something is not met; never staff, and not out of it.

    Back to where everything is met leads nowhere: such a stage is left at once.
    """
    now = record.now.stage
    if record.parted or now not in WAY:
        return ()
    here = WAY.index(now)
    undone = (stage for stage in WAY[:here] if _unmet(program, record, stage))
    return (*undone, *WAY[here + 1 : here + 2])


def moved_by_hand(program: Program, record: Record, to: Stage) -> Move | None:
    """The move to this stage within the attempt of today; None: it is not possible."""
    return Move(Result.MOVED, to, record.attempt) if to in stages_by_hand(program, record) else None


def unmet_so_far(program: Program, record: Record) -> tuple[State, ...]:
    """What the stage of today and those before it ask for, and is not met."""
    if record.now.stage not in WAY:
        return ()
    reached = WAY[: WAY.index(record.now.stage) + 1]
    return tuple(state for stage in reached for state in _unmet(program, record, stage))


def _unmet(program: Program, record: Record, stage: Stage) -> list[State]:
    return [state for state in states_of_stage(program, record, stage) if not state.met]
