"""Where scripts meet reviews: the script of a call beside its transcript and in the workspace, marks that are pinned
to its blocks, and what a new draft has changed in the scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user
from sqlalchemy import Row, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.callscripts import queries as scripts
from qcapp.callscripts import wording
from qcapp.callscripts.blocks import Block, DraftState
from qcapp.callscripts.models import CallScript, ScriptDraft
from qcapp.callscripts.wording import DraftWording
from qcapp.checklists.models import ChecklistVersion, Section
from qcapp.core.web import db, requires, settings
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed, holds
from qcapp.reviews.models import Mark, Purpose, Review, ReviewState
from qcapp.reviews.queries import readable
from qcapp.reviews.script_effect import Approval, ScoredReview, effects
from qcapp.transcripts import panels
from qcapp.transcripts.models import Segment, Transcription

pins = Blueprint("pins", __name__, url_prefix="/scripts")

MARKS = 60  # the newest; older ones stay with their reviews
AROUND_S = 5.0  # of a mark without an end


@dataclass(frozen=True, slots=True)
class SpokenScript:
    """The script a manager was to speak by in a call."""

    draft: ScriptDraft
    words: DraftWording


def spoken(session: Session, call: Call, user: User) -> SpokenScript | None:
    """The script in force when the call was made, if there is one and the person may read it."""
    if not allowed(session, user, Permission.READ_SCRIPTS, call.manager_id):
        return None
    draft = scripts.draft_in_force(session, call.manager_id, call.started_at)
    return SpokenScript(draft, wording.read(draft.blocks)) if draft else None


def panel(session: Session, call: Call, user: User) -> str:
    """Beside the transcript of a call: the script, folded block by block."""
    found = spoken(session, call, user)
    return render_template("scripts/_panel.html", spoken=found) if found else ""


panels.add("script", panel)


@pins.get("/drafts/<int:draft_id>/marks")
@requires(Permission.READ_PUBLISHED)
def of_draft(draft_id: int) -> str:
    """For the page of a draft: what reviewers have marked in calls, at the block it concerns."""
    draft = scripts.get_draft(db(), draft_id, current_user)
    marks = marks_upto(db(), draft, current_user)
    listens = allowed(db(), current_user, Permission.LISTEN, draft.script.manager_id)
    return render_template(
        "scripts/_marks.html",
        marks={block: [mark for mark in marks if mark.block is block] for block in Block},
        quotes=quotes(db(), marks) if listens else {},
        listens=listens,
    )


@pins.get("/of/<int:manager_id>/scores")
@requires(Permission.READ_PUBLISHED)
def scores(manager_id: int) -> str:
    """For the page of a script: its sections before and after each draft."""
    manager = scripts.get_manager(db(), manager_id, current_user)
    found = _published(db(), manager, current_user)
    approved = [
        Approval(draft.number, draft.decided_at)
        for draft in scripts.drafts_of(db(), manager_id)
        if draft.state is DraftState.APPROVED and draft.decided_at
    ]
    scored = [ScoredReview(at, checklist_id, sections) for at, checklist_id, _version, sections in found]
    versions = {version_id: checklist_id for _at, checklist_id, version_id, _sections in found}
    return render_template(
        "scripts/_scores.html",
        chapters=effects(approved, scored, settings().enough_reviews),
        cards=_card_titles(db(), versions),
        sections=_section_titles(db(), versions),
    )


def marks_upto(session: Session, draft: ScriptDraft, user: User) -> Sequence[Mark]:
    """Marks of published reviews pinned to this draft or an earlier one of the same manager, the newest call first."""
    if not holds(user, Permission.READ_PUBLISHED):
        return []
    return session.scalars(
        select(Mark)
        .join(Mark.review)
        .join(Review.call)
        .join(Mark.draft)
        .join(ScriptDraft.script)
        .where(
            ScriptDraft.script_id == draft.script_id,
            ScriptDraft.number <= draft.number,
            CallScript.manager_id == Review.manager_id,  # a call may turn out to have been another manager's
            readable(user),
        )
        .options(
            joinedload(Mark.draft),
            joinedload(Mark.review).joinedload(Review.call).joinedload(Call.recording),
            joinedload(Mark.review).joinedload(Review.reviewer),
        )
        .order_by(Call.started_at.desc(), Mark.start_s, Mark.id)
        .limit(MARKS)
    ).all()


def quotes(session: Session, marks: Sequence[Mark]) -> dict[int, str]:
    """Mark id → what was said at that time, as far as it was recognised."""
    times = {mark.id: (mark.review.call_id, *_time(mark)) for mark in marks}
    during = (
        and_(Transcription.call_id == call_id, Segment.start_s < end, Segment.end_s > start)
        for call_id, start, end in times.values()
    )
    found = session.execute(
        select(Transcription.call_id, Segment.start_s, Segment.end_s, Segment.text)
        .join(Segment.transcription)
        .where(or_(false(), *during), Segment.removed.is_(None))
        .order_by(Segment.start_s, Segment.id)
    ).all()
    return {
        mark_id: " ".join(
            text for of, begins, ends, text in found if of == call_id and begins < end and ends > start
        )
        for mark_id, (call_id, start, end) in times.items()
    }


def _time(mark: Mark) -> tuple[float, float]:
    return mark.start_s, mark.end_s if mark.end_s is not None else mark.start_s + AROUND_S


def _published(
    session: Session, manager: User, user: User
) -> Sequence[Row[datetime, int, int, dict[str, Any]]]:
    """When the call was, checklist, version and sections of every counted review of this manager."""
    return session.execute(
        select(Call.started_at, Review.checklist_id, Review.version_id, Review.sections)
        .join(Review.call)
        .where(
            Review.manager_id == manager.id,
            Review.state == ReviewState.PUBLISHED,
            Review.purpose == Purpose.COUNTED,
            Call.start_known.is_(True),
            readable(user),
        )
        .order_by(Review.published_at, Review.id)
    ).all()


def _card_titles(session: Session, versions: Mapping[int, int]) -> dict[int, Any]:
    """Checklist id → title, as the newest of these versions calls it."""
    found = session.scalars(select(ChecklistVersion).where(ChecklistVersion.id.in_(versions)))
    return {each.checklist_id: each.title for each in sorted(found, key=lambda each: each.number)}


def _section_titles(session: Session, versions: Mapping[int, int]) -> dict[tuple[int, str], Any]:
    """Checklist id and section key → title, as the newest of these versions calls it."""
    found = session.scalars(
        select(Section).where(Section.version_id.in_(versions)).order_by(Section.version_id)
    )
    return {(versions[each.version_id], each.key): each.title for each in found}
