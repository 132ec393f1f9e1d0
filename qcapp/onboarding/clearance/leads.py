"""Calls from leads that their managers were not cleared for: flagged when they come in, for owner and head.

A flag says what is known now: facts corrected later take it back or change it, and the audit log keeps the past.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.calls.start_words import noted_start
from qcapp.core import audit, clock
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.record import program_of
from qcapp.onboarding.standing import stay_at
from qcapp.people.models import Notice, User
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission, within
from qcapp.people.teams import head_of
from qcapp.terms import LeadSource, Role, Stage

PAGE = 50


def allowed_sources(program: Program | None, stage: Stage | None) -> tuple[LeadSource, ...]:
    """From which leads somebody in this stage of the program may call: staff from all, who is in no stage from none."""
    if stage is Stage.STAFF:
        return tuple(LeadSource)
    if program is None or stage is None:
        return ()
    return program.plan(stage).lead_sources


def check_lead(session: Session, call_id: int) -> None:
    """Flag the call, or take its flag back, by what is known of it; ``Call.stage`` has been noted before."""
    call = session.get_one(Call, call_id)
    flag = session.scalar(select(LeadFlag).where(LeadFlag.call_id == call_id))
    known = (flag.manager_id, flag.stage, flag.lead_source) if flag else None
    found = _wrong_lead(session, call)
    if found == known:
        return
    if flag is not None:
        session.execute(delete(Notice).where(Notice.kind == "lead_flagged", Notice.path == _path(flag)))
        session.delete(flag)
        session.flush()
        audit.record(
            session,
            OnboardingAction.LEAD_FLAG_TAKEN_BACK,
            _thing(call),
            by_id=None,
            manager=flag.manager_id,
            **_facts(flag),
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


def _wrong_lead(session: Session, call: Call) -> tuple[int, Stage | None, LeadSource] | None:
    """Who called in which stage from a lead that was not allowed then; None: all is well, or not known."""
    if call.manager_id is None or call.lead_source is None or call.role_play or not call.start_known:
        return None
    if call.stage is None and call.started_at < session.get_one(User, call.manager_id).created_at:
        return None
    stay = stay_at(session, call.manager_id, call.started_at)
    if call.lead_source in allowed_sources(program_of(stay.trainee) if stay else None, call.stage):
        return None
    return call.manager_id, call.stage, call.lead_source


def _flag(session: Session, flag: LeadFlag) -> None:
    flag.at = clock.now()
    session.add(flag)
    session.flush()
    audit.record(
        session,
        OnboardingAction.LEAD_FLAGGED,
        _thing(flag.call),
        by_id=None,
        manager=flag.manager_id,
        **_facts(flag),
    )
    manager = session.get_one(User, flag.manager_id)
    notify_each(
        session,
        _told(session, manager),
        "lead_flagged",
        _path(flag),
        manager=manager.name,
        call=noted_start(flag.call),
        **_facts(flag),
    )


def _told(session: Session, manager: User) -> list[User]:
    """The owners and the head of the team, whoever works here still."""
    owners = select(User).where(User.role == Role.OWNER, User.active.is_(True)).order_by(User.id)
    people = list(session.scalars(owners))
    head = head_of(manager)
    if head is not None and head not in people:
        people.append(head)
    return people


def _facts(flag: LeadFlag) -> dict[str, str | None]:
    return {"stage": flag.stage and flag.stage.value, "lead_source": flag.lead_source.value}


def _path(flag: LeadFlag) -> str:
    """The page of flags that begins with this one."""
    return f"/board/flags?before={flag.id + 1}"


def _thing(call: Call) -> str:
    return f"call:{call.id}"
