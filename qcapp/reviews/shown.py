"""What several pages about a review show: its answers in words, marks, changes, and the sound and text of the call."""

from dataclasses import asdict
from typing import Any

from flask import render_template
from flask_babel import format_time, get_locale
from flask_login import current_user

from qcapp.calls.lanes import lanes as lanes_of
from qcapp.calls.models import Call
from qcapp.checklists import scoring
from qcapp.core.web import db
from qcapp.people.permissions import Permission, allowed
from qcapp.reviews import cards, sheet
from qcapp.reviews.models import AnswerChange, Review
from qcapp.transcripts import queries as transcripts
from qcapp.transcripts.models import TranscriptionState


def language() -> str:
    """The reader's language."""
    return str(get_locale())


def laid_out(review: Review) -> sheet.ScoreSheet:
    """The card of the review with its answers."""
    return sheet.lay_out(cards.card_of(review), cards.answers_of(review), language())


def saved(review: Review) -> dict[str, Any]:
    """What the workspace learns after a save: the new revision, and the result so far."""
    return {
        "revision": review.revision,
        "saved": format_time(review.updated_at, "HH:mm"),
        "result": render_template(
            "reviews/_result.html", sheet=laid_out(review), missing=missing(review), review=review
        ),
    }


def missing(review: Review) -> list[dict[str, str]]:
    """What stands between the draft and publishing: item, and the lack in words."""
    lacks = scoring.missing(cards.card_of(review), cards.answers_of(review))
    return [{"item": each.item, "lack": sheet.lack_sentence(each.lack)} for each in lacks]


def marks(review: Review) -> list[dict[str, Any]]:
    """Marks as the player and the page show them."""
    return [
        {
            "id": mark.id,
            "start": mark.start_s,
            "end": mark.end_s,
            "text": mark.text,
            "item": mark.item.key if mark.item else "",
            "block": mark.block or "",
        }
        for mark in review.marks
    ]


def changes(review: Review) -> dict[str, list[dict[str, Any]]]:
    """Item key → what was changed after publishing, oldest first, in words."""
    changed = [answer for answer in review.answers if answer.changes]
    if not changed:
        return {}
    items = {item.key: item for item in cards.card_of(review).items()}

    def told(key: str, change: AnswerChange) -> dict[str, Any]:
        before, after = (
            sheet.label_of(items[key], value or "", language()) for value in (change.before, change.after)
        )
        return {"before": before, "after": after, "by": change.by.name, "at": change.at, "why": change.why}

    return {
        answer.item.key: [told(answer.item.key, change) for change in answer.changes] for answer in changed
    }


def correctable(call: Call) -> dict[str, Any]:
    """What the rows of a transcript need so that they can be corrected where they are shown."""
    transcription = transcripts.transcription_of(db(), call.id)
    right = Permission.CORRECT_TRANSCRIPT
    return {
        "may": {right: allowed(db(), current_user, right, call.manager_id)},
        "revisions": transcripts.revision_numbers(db(), transcription) if transcription else {},
    }


def heard(call: Call) -> dict[str, Any]:
    """Sound and text of a call for the page: lanes None while there is nothing to hear; no_speech: nobody speaks."""
    transcription = transcripts.transcription_of(db(), call.id)
    names = transcripts.speaker_names(call, transcription)
    recording = call.recording
    if not allowed(db(), current_user, Permission.LISTEN, call.manager_id):
        return {"lanes": None, "names": names, "segments": [], "no_speech": False}
    lanes = None
    if recording is not None and recording.playback_key:
        lanes = [asdict(lane) for lane in lanes_of(recording.channels, recording.manager_channel, names)]
    segments = transcripts.segments_of(db(), transcription) if transcription else []
    kept = [segment for segment in segments if segment.removed is None]
    done = transcription is not None and transcription.state is TranscriptionState.DONE
    return {
        "lanes": lanes,
        "names": names,
        "segments": kept,
        "no_speech": done and not kept and call.text_erased_at is None,
    }
