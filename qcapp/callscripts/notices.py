"""Tells those who judge scripts that there is one, and the manager what became of it."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qcapp.callscripts.models import ScriptDraft
from qcapp.people.models import Role, User
from qcapp.people.notices import mark_read_about, notify


def tell_judges(session: Session, draft_id: int) -> None:
    """The manager's coach, those of the team and the heads of quality control learn that a draft waits for them."""
    draft = session.get_one(ScriptDraft, draft_id)
    manager = draft.script.manager
    here = and_(User.team_id.is_not(None), User.team_id == manager.team_id)
    coaches = and_(User.role == Role.COACH, or_(here, User.id == manager.coach_id))
    able = select(User).where(User.active.is_(True), or_(coaches, User.role == Role.QC_LEAD))
    for person in session.scalars(able.order_by(User.id)):
        notify(session, person, "script_submitted", _path(draft), manager=manager.name, draft=draft.number)


def tell_manager(session: Session, draft_id: int) -> None:
    """The manager learns that the draft was approved or returned; whoever decided needs no reminder any more."""
    draft = session.get_one(ScriptDraft, draft_id)
    notify(session, draft.script.manager, f"script_{draft.state}", _path(draft), draft=draft.number)
    if draft.decided_by is not None:
        mark_read_about(session, draft.decided_by, _path(draft))


def _path(draft: ScriptDraft) -> str:
    return f"/scripts/drafts/{draft.id}"
