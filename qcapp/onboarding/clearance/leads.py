"""Calls from leads that their managers were not cleared for: flagged when they come in, for owner and head.

A flag says what is known now: facts corrected later take it back or change it, and the audit log keeps the past.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.calls.states import LeadSource
from qcapp.core import audit, clock
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program import plan as program
from qcapp.people.models import Role, User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission, within
from qcapp.people.stages import Stage

PAGE = 50


def allowed_sources(trainee: Trainee | None, stage: Stage) -> tuple[LeadSource, ...]:
    """From which leads somebody in this stage may call. Staff, and who never was a trainee: from all."""
    if trainee is None or stage is Stage.STAFF:
        return tuple(LeadSource)
    plan = program.read(trainee.program.document).plan(stage)
    return tuple(LeadSource(source) for source in plan.lead_sources)


def check_lead(session: Session, call_id: int) -> None:
    """Flag the call, or take its flag back, by what is known of it; ``Call.stage`` has been noted before."""
    call = session.get_one(Call, call_id)
    flag = session.scalar(select(LeadFlag).where(LeadFlag.call_id == call_id))
    known = (flag.manager_id, flag.stage, flag.lead_source) if flag else None
    found = _wrong_lead(session, call)
    if found == known:
        return
    if flag is not None:
        session.delete(flag)
        session.flush()
        audit.record(
            session, "lead_flag_taken_back", _thing(call), by_id=None, manager=flag.manager_id, **_facts(flag)
        )
    if found is not None:
        manager_id, stage, lead_source = found
        _flag(session, LeadFlag(call=call, manager_id=manager_id, stage=stage, lead_source=lead_source))


def flags(
    session: Session, user: User, *, before: int | None = None
) -> tuple[Sequence[LeadFlag], int | None]:
    """The flags the person may see, newest first, and the id from which an older page goes on."""
    found = (
        select(LeadFlag)
        .where(within(user, Permission.SEE_LEAD_FLAGS, LeadFlag.manager_id))
        .options(joinedload(LeadFlag.manager).joinedload(User.team), joinedload(LeadFlag.call))
        .order_by(LeadFlag.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        found = found.where(LeadFlag.id < before)
    rows = session.scalars(found).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def _wrong_lead(session: Session, call: Call) -> tuple[int, Stage, LeadSource] | None:
    """Who called in which stage from a lead that was not allowed; None: all is well, or not known."""
    if call.manager_id is None or call.stage is None or call.lead_source is None or call.role_play:
        return None
    if call.stage is Stage.STAFF:
        return None
    trainee = session.scalar(select(Trainee).where(Trainee.manager_id == call.manager_id))
    if call.lead_source in allowed_sources(trainee, call.stage):
        return None
    return call.manager_id, call.stage, call.lead_source


def _flag(session: Session, flag: LeadFlag) -> None:
    flag.at = clock.now()
    session.add(flag)
    session.flush()
    audit.record(
        session, "lead_flagged", _thing(flag.call), by_id=None, manager=flag.manager_id, **_facts(flag)
    )
    manager = session.get_one(User, flag.manager_id)
    for person in _told(session, manager):
        notify(
            session,
            person,
            "lead_flagged",
            f"/calls/{flag.call_id}",
            manager=manager.name,
            call=flag.call.started_at.isoformat(),
            **_facts(flag),
        )


def _told(session: Session, manager: User) -> list[User]:
    """The owners and the head of the team, whoever works here still."""
    owners = select(User).where(User.role == Role.OWNER, User.active.is_(True)).order_by(User.id)
    people = list(session.scalars(owners))
    head = manager.team.head if manager.team else None
    if head is not None and head.active and head not in people:
        people.append(head)
    return people


def _facts(flag: LeadFlag) -> dict[str, str]:
    return {"stage": flag.stage.value, "lead_source": flag.lead_source.value}


def _thing(call: Call) -> str:
    return f"call:{call.id}"
