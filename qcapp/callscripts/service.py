"""What people do with scripts: begin a draft, write it, hand it in; comment on it, return it, approve it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qcapp.callscripts import queries, wording
from qcapp.callscripts.audited import ScriptAction
from qcapp.callscripts.blocks import Block, DraftState
from qcapp.callscripts.events import DraftDecided, DraftSubmitted
from qcapp.callscripts.models import BlockComment, CallScript, ScriptDraft
from qcapp.callscripts.starters import starters
from qcapp.callscripts.wording import DraftWording
from qcapp.callscripts.words import BLOCKS
from qcapp.core import audit, clock, events, row_locks
from qcapp.core.autosave import Seen, demand_seen, is_news, note_save
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.i18n import _
from qcapp.people.at_work import demand_works_here
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand

DECISIONS: dict[DraftState, audit.Action] = {
    DraftState.APPROVED: ScriptAction.SCRIPT_APPROVED,
    DraftState.RETURNED: ScriptAction.SCRIPT_RETURNED,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What an editor's window sends: all it holds, and which save of which window this is."""

    wording: DraftWording
    revision: int
    window: str
    turn: int


def start_draft(session: Session, *, by: User, starter: str | None = None) -> ScriptDraft:
    """The draft the manager is writing, or the next one: from a starter, else from the last draft, else empty."""
    demand(by, Permission.WRITE_SCRIPT, session=session, manager_id=by.id)
    if starter and starter not in starters():
        raise Missing(_("There is no such script to begin from."))
    hold(session, User.id == by.id)  # a double click begins one
    script = queries.script_of(session, by.id)
    if script is None:
        script = CallScript(manager=by, created_at=clock.now())
        session.add(script)
    last = queries.last_draft(session, by.id)
    if last is not None and last.state is DraftState.WRITING:
        return last
    if last is not None and last.state is DraftState.SUBMITTED:
        raise Refused(_("Your last draft still waits for a decision. The next one can be begun after it."))
    blocks = dict(last.blocks) if last is not None else wording.written(DraftWording())
    draft = ScriptDraft(
        script=script,
        number=last.number + 1 if last is not None else 1,
        state=DraftState.WRITING,
        blocks=wording.written(starters()[starter].wording) if starter else blocks,
        starter=starter,
        author=by,
        revision=0,
        window="",
        turn=0,
        updated_at=clock.now(),
    )
    session.add(draft)
    session.flush()
    audit.record(
        session, ScriptAction.SCRIPT_BEGUN, thing(draft), by_id=by.id, draft=draft.number, starter=starter
    )
    return draft


def save_draft(session: Session, draft: ScriptDraft, typed: Typed, *, by: User) -> ScriptDraft:
    """Store all of it. ``Conflict`` if another window has saved since this one loaded the draft."""
    _lock(session, draft)
    _demand_own_writing(session, draft, by)
    blocks = wording.written(typed.wording)
    if not is_news(draft, typed, differs=blocks != draft.blocks):
        return draft
    draft.blocks, draft.updated_at = blocks, clock.now()
    note_save(draft, typed)
    session.flush()
    return draft


def discard_draft(session: Session, draft: ScriptDraft, *, by: User, seen: Seen | None = None) -> None:
    """Throw away what has not been handed in yet, unless there is more in it than the page has shown."""
    _lock(session, draft)
    _demand_own_writing(session, draft, by)
    demand_seen(draft, seen)
    audit.record(session, ScriptAction.SCRIPT_DISCARDED, thing(draft), by_id=by.id, draft=draft.number)
    session.delete(draft)
    session.flush()


def submit_draft(session: Session, draft: ScriptDraft, *, by: User) -> ScriptDraft:
    """Hand the draft in; from now on it never changes."""
    _lock(session, draft)
    _demand_own_writing(session, draft, by)
    if lacking := wording.missing(wording.read(draft.blocks)):
        names = ", ".join(str(BLOCKS[block]) for block in lacking)
        raise Refused(_("Before handing in, write every block. Still missing: %(blocks)s.", blocks=names))
    demand_rewritten(draft)
    draft.state, draft.submitted_at = DraftState.SUBMITTED, clock.now()
    session.flush()
    audit.record(
        session,
        ScriptAction.SCRIPT_SUBMITTED,
        thing(draft),
        by_id=by.id,
        draft=draft.number,
        manager=owner(draft),
    )
    events.emit(session, DraftSubmitted(draft_id=draft.id))
    return draft


def demand_rewritten(draft: ScriptDraft) -> None:
    """Raise Refused of a script that was taken over word for word."""
    ready = starters().get(draft.starter or "")
    if ready is not None and draft.blocks == wording.written(ready.wording):
        raise Refused(_("This is the ready script word for word. Rewrite it as you speak, then hand it in."))


def comment_block(session: Session, draft: ScriptDraft, block: Block, text: str, *, by: User) -> BlockComment:
    """Say something about one block of a draft that was handed in."""
    demand_judge(session, draft, by)
    if draft.state is DraftState.WRITING:
        raise Refused(_("This draft has not been handed in."))
    if not text.strip():
        raise Refused(_("Write a comment first."))
    comment = BlockComment(draft=draft, block=block, text=text.strip(), by=by, at=clock.now())
    session.add(comment)
    session.flush()
    audit.record(
        session,
        ScriptAction.SCRIPT_COMMENTED,
        thing(draft),
        by_id=by.id,
        draft=draft.number,
        block=block,
        manager=owner(draft),
    )
    return comment


def return_draft(session: Session, draft: ScriptDraft, why: str = "", *, by: User) -> ScriptDraft:
    """Give the draft back to be rewritten; what is to be better stands in ``why`` or in comments on its blocks."""
    _lock(session, draft)
    demand_judge(session, draft, by)
    if not why.strip() and not draft.comments:
        raise Refused(_("Say what is to be better: here, or beside the blocks."))
    return _decide(session, draft, DraftState.RETURNED, why, by)


def approve_draft(session: Session, draft: ScriptDraft, words: str = "", *, by: User) -> ScriptDraft:
    """Put the draft in force: the manager speaks by it until the next one is approved."""
    _lock(session, draft)
    demand_judge(session, draft, by)
    return _decide(session, draft, DraftState.APPROVED, words, by)


def demand_judge(session: Session, draft: ScriptDraft, by: User) -> None:
    """Raise Forbidden unless the person may judge this script, which never is one's own; Refused of who has left."""
    demand(by, Permission.JUDGE_SCRIPTS, session=session, manager_id=owner(draft))
    if owner(draft) == by.id:
        raise Forbidden(_("Nobody judges his own script. The attempt has been recorded."))
    demand_works_here(draft.script.manager)


def owner(draft: ScriptDraft) -> int:
    """The manager whose script it is."""
    return draft.script.manager_id


def thing(draft: ScriptDraft) -> str:
    """The draft's name in the audit log."""
    return f"script_draft:{draft.id}"


def _decide(session: Session, draft: ScriptDraft, state: DraftState, words: str, by: User) -> ScriptDraft:
    if draft.state is not DraftState.SUBMITTED:
        raise Refused(_("This draft does not wait for a decision."))
    draft.state, draft.decision = state, words.strip()
    draft.decided_by, draft.decided_at = by, clock.now()
    session.flush()
    audit.record(
        session, DECISIONS[state], thing(draft), by_id=by.id, draft=draft.number, manager=owner(draft)
    )
    events.emit(session, DraftDecided(draft_id=draft.id))
    return draft


def _lock(session: Session, draft: ScriptDraft) -> None:
    """Of two deeds at once the later one sees what the earlier one left."""
    row_locks.lock(session, draft, _("There is no such draft."))


def _demand_own_writing(session: Session, draft: ScriptDraft, by: User) -> None:
    demand(by, Permission.WRITE_SCRIPT, session=session, manager_id=owner(draft))
    if draft.state is not DraftState.WRITING:
        raise Refused(_("This draft was handed in and does not change any more. Begin the next one."))
