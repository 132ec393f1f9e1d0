"""The draft a workspace sends, read from JSON: the script is ours, but anybody may send anything."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field

from qcapp.callscripts.blocks import Block
from qcapp.checklists.scoring import Answer
from qcapp.core.autosave import Piece, SaveForm, understood
from qcapp.core.dates import read_moment
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.reviews.rules import DraftMark, ReviewDraft
from qcapp.terms import CallOutcome

TEXT = 10_000  # characters of one comment or summary
MARKS = 500
DAY_S = 86_400


class AnswerForm(Piece):
    value: str = Field(default="", max_length=TEXT)
    comment: str = Field(default="", max_length=TEXT)
    reason: str = Field(default="", max_length=64)


class MarkForm(Piece):
    start: float = Field(ge=0, le=DAY_S, allow_inf_nan=False)
    end: float | None = Field(default=None, ge=0, le=DAY_S, allow_inf_nan=False)
    text: str = Field(default="", max_length=TEXT)
    item: str | None = Field(default=None, max_length=64)
    block: Block | None = None


class DraftForm(SaveForm):
    call: int | None = Field(default=None, ge=0, lt=2**63)
    answers: dict[str, AnswerForm] = Field(default_factory=dict, max_length=1000)
    marks: list[MarkForm] = Field(default_factory=list, max_length=MARKS)
    summary: str = Field(default="", max_length=TEXT)
    outcome: CallOutcome | None = None
    spent: int = Field(default=0, ge=0, lt=2**31)
    publish_at: str = Field(default="", max_length=32)


def read_draft(payload: Any, *, call_id: int | None = None) -> ReviewDraft:
    """The draft in a request's JSON; ``Refused`` names what is wrong with it.

    ``call_id``: the call that the review is of. A window may have been opened before a backup was restored, and the
    draft of another call may have got the number since: what the window holds belongs to no draft any more.
    """
    form = understood(DraftForm, payload)
    if form.call not in (None, call_id):
        raise Missing(
            _("This draft has been removed. Open the call again; what you wrote stays on this page.")
        )
    marks = (
        DraftMark(mark.start, _after(mark.start, mark.end), mark.text.strip(), mark.item, mark.block)
        for mark in form.marks
    )
    return ReviewDraft(
        revision=form.revision,
        window=form.window,
        turn=form.turn,
        answers={key: Answer(each.value, each.comment, each.reason) for key, each in form.answers.items()},
        marks=tuple(sorted(marks, key=lambda mark: mark.start_s)),
        summary=form.summary,
        spent_s=form.spent,
        outcome=form.outcome,
    )


def publishing_moment(payload: Any, zone: ZoneInfo) -> datetime:
    """The ``publish_at`` in a request's JSON: day and minute as the clock in this zone shows them."""
    written = payload.get("publish_at") if isinstance(payload, dict) else None
    try:
        moment = read_moment(str(written))
    except ValueError as error:
        raise Refused(_("Say on which day and at what time the review is to be published.")) from error
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _after(start: float, end: float | None) -> float | None:
    return end if end is not None and end > start else None
