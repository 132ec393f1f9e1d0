"""Reading scripts and their drafts, within what the person may see. A draft being written is its manager's alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import BlockComment, CallScript, ScriptDraft
from qcapp.core.errors import Forbidden, Missing
from qcapp.core.i18n import _
from qcapp.people.at_work import at_work
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, waits_for, within


def draft_in_force(session: Session, manager_id: int | None, moment: datetime) -> ScriptDraft | None:
    """The draft the manager was to speak by at this moment: the last one approved until then."""
    if manager_id is None:
        return None
    return session.scalar(
        select(ScriptDraft)
        .join(ScriptDraft.script)
        .where(
            CallScript.manager_id == manager_id,
            ScriptDraft.state == DraftState.APPROVED,
            ScriptDraft.decided_at <= moment,
        )
        .order_by(ScriptDraft.number.desc())
        .limit(1)
    )


def script_of(session: Session, manager_id: int) -> CallScript | None:
    """The manager's script, or None if nothing was ever begun."""
    return session.scalar(select(CallScript).where(CallScript.manager_id == manager_id))


def last_draft(session: Session, manager_id: int) -> ScriptDraft | None:
    """The newest draft of the manager, whatever became of it."""
    return session.scalar(_drafts(manager_id).order_by(ScriptDraft.number.desc()).limit(1))


def get_draft(session: Session, draft_id: int, user: User) -> ScriptDraft:
    """A draft within the person's reach; what is still being written opens for its manager alone."""
    draft = session.get(
        ScriptDraft,
        draft_id,
        options=[
            joinedload(ScriptDraft.script).joinedload(CallScript.manager),
            selectinload(ScriptDraft.comments).joinedload(BlockComment.by),
        ],
    )
    if draft is None:
        raise Missing(_("There is no such draft."))
    demand(user, Permission.READ_SCRIPTS, session=session, manager_id=draft.script.manager_id)
    if draft.state is DraftState.WRITING and draft.script.manager_id != user.id:
        raise Forbidden(_("This draft has not been handed in."))
    return draft


def get_manager(session: Session, manager_id: int, user: User) -> User:
    """A person whose script this one may read."""
    manager = session.get(User, manager_id)
    if manager is None:
        raise Missing(_("There is no such person."))
    demand(user, Permission.READ_SCRIPTS, session=session, manager_id=manager_id)
    return manager


def drafts_of(session: Session, manager_id: int) -> Sequence[ScriptDraft]:
    """Every draft of the manager, the newest first."""
    return session.scalars(_drafts(manager_id).order_by(ScriptDraft.number.desc())).all()


def handed_in(session: Session, manager_id: int, *, before: int | None = None) -> Sequence[ScriptDraft]:
    """Drafts that never change any more, the newest first; ``before`` a number."""
    found = _drafts(manager_id).where(ScriptDraft.state != DraftState.WRITING)
    if before is not None:
        found = found.where(ScriptDraft.number < before)
    return session.scalars(found.order_by(ScriptDraft.number.desc())).all()


def waiting(session: Session, user: User) -> Sequence[ScriptDraft]:
    """What the person is to judge, the longest waiting first."""
    return session.scalars(
        select(ScriptDraft)
        .join(ScriptDraft.script)
        .join(CallScript.manager)
        .where(
            ScriptDraft.state == DraftState.SUBMITTED,
            at_work(),
            waits_for(user, Permission.JUDGE_SCRIPTS, CallScript.manager_id),
            CallScript.manager_id != user.id,
        )
        .options(joinedload(ScriptDraft.script).joinedload(CallScript.manager))
        .order_by(ScriptDraft.submitted_at, ScriptDraft.id)
    ).all()


@dataclass(frozen=True, slots=True)
class ScriptRow:
    """One manager's script in the list: the newest draft, and the one in force."""

    manager: User
    newest: ScriptDraft
    in_force: ScriptDraft | None


def lines(session: Session, user: User) -> list[ScriptRow]:
    """Every script within the person's reach, by the managers' names."""
    scripts = session.scalars(
        select(CallScript)
        .join(CallScript.manager)
        .where(within(user, Permission.READ_SCRIPTS, CallScript.manager_id))
        .options(joinedload(CallScript.manager), selectinload(CallScript.drafts).defer(ScriptDraft.blocks))
        .order_by(User.name, CallScript.id)
    )
    return [
        ScriptRow(
            script.manager,
            script.drafts[-1],
            max(
                (each for each in script.drafts if each.state is DraftState.APPROVED),
                key=lambda draft: draft.number,
                default=None,
            ),
        )
        for script in scripts
        if script.drafts
    ]


def _drafts(manager_id: int) -> Select[ScriptDraft]:
    return (
        select(ScriptDraft)
        .join(ScriptDraft.script)
        .where(CallScript.manager_id == manager_id)
        .options(joinedload(ScriptDraft.decided_by))
    )
