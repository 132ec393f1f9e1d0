"""Tells those who judge scripts that there is one, and the manager what became of it."""

from sqlalchemy.orm import Session

from qcapp.callscripts.models import ScriptDraft
from qcapp.people.notices import mark_read_about, notify, notify_each
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of


def tell_judges(session: Session, draft_id: int) -> None:
    """Who trains the manager, of himself or for somebody else, learns that a draft waits."""
    draft = session.get_one(ScriptDraft, draft_id)
    manager = draft.script.manager
    trainers = holders_of(session, Permission.TRAIN, over=manager.id)
    notify_each(session, trainers, "script_submitted", _path(draft), manager=manager.name, draft=draft.number)


def tell_manager(session: Session, draft_id: int) -> None:
    """The manager learns that the draft was approved or returned; whoever decided needs no reminder any more."""
    draft = session.get_one(ScriptDraft, draft_id)
    notify(session, draft.script.manager, f"script_{draft.state}", _path(draft), draft=draft.number)
    if draft.decided_by is not None:
        mark_read_about(session, draft.decided_by, _path(draft))


def _path(draft: ScriptDraft) -> str:
    return f"/scripts/drafts/{draft.id}"
