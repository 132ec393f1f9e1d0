"""What the transcript of a call shows, in a fixed number of queries; and the list of forbidden phrases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.callscripts import wording
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.queries import draft_in_force
from qcapp.callscripts.wording import DraftWording
from qcapp.evidence import adherence
from qcapp.evidence.adherence import Extra, Finding, Heard, ScriptPart
from qcapp.evidence.models import ForbiddenPhrase
from qcapp.evidence.phrases import PhraseHit, find
from qcapp.evidence.speech import SpokenWord, Turn
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, Transcription


@dataclass(frozen=True, slots=True)
class HeardMark:
    """What was heard of a block; of objections each answer that was given has a mark of its own."""

    finding: Finding
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A forbidden phrase and the places where it was said."""

    phrase: ForbiddenPhrase
    places: Sequence[PhraseHit]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a call's transcript shows. ``marks``: empty where no script was in force at the call."""

    scripted: bool
    marks: Mapping[Block, Sequence[HeardMark]]
    extras: Sequence[Extra]
    forbidden: Sequence[Said]


def phrases(session: Session) -> Sequence[ForbiddenPhrase]:
    """The phrases that are looked for, the newest first."""
    return session.scalars(
        select(ForbiddenPhrase)
        .where(ForbiddenPhrase.retired_at.is_(None))
        .options(joinedload(ForbiddenPhrase.by))
        .order_by(ForbiddenPhrase.id.desc())
    ).all()


def hints(session: Session, call: Call) -> Hints | None:
    """What the transcript shows; None while there is none, or nobody knows which side the manager is."""
    turns = _turns(session, call)
    if not turns:
        return None
    draft = draft_in_force(session, call.manager_id, call.started_at)
    listed = phrases(session)
    found = find([each.text for each in listed], turns)
    forbidden = [Said(each, [one for one in found if one.phrase == n]) for n, each in enumerate(listed)]
    marks, extras = _beside_script(wording.read(draft.blocks), turns) if draft else ({}, ())
    return Hints(draft is not None, marks, extras, [each for each in forbidden if each.places])


def _beside_script(
    words: DraftWording, turns: Sequence[Turn]
) -> tuple[Mapping[Block, list[HeardMark]], Sequence[Extra]]:
    parts = [(block, "", ScriptPart(words.text(block), _unspoken(block))) for block in wording.TEXTS]
    parts += [
        (Block.OBJECTIONS, each.objection, ScriptPart(each.answer, optional=True))
        for each in words.objections
    ]
    compared = adherence.compare([part for _block, _objection, part in parts], turns)
    marks: dict[Block, list[HeardMark]] = {}
    for (block, objection, _part), finding in zip(parts, compared.findings, strict=True):
        if finding.heard is not Heard.NOT_CALLED_FOR and not _unspoken(block):
            marks.setdefault(block, []).append(HeardMark(finding, objection))
    return marks, compared.extras


def _unspoken(block: Block) -> bool:
    """Preparation comes before the call; what is said of it is not beside the script, but nobody waits for it."""
    return block is Block.PREPARATION


def _turns(session: Session, call: Call) -> list[Turn]:
    segments = session.scalars(
        select(Segment)
        .join(Segment.transcription)
        .where(
            Transcription.call_id == call.id,
            Segment.speaker == Speaker.MANAGER,
            Segment.removed.is_(None),
        )
        .order_by(Segment.start_s, Segment.id)
    )
    return [
        [SpokenWord(word["word"], word["start"]) for word in segment.words]
        or [SpokenWord(segment.text, segment.start_s)]
        for segment in segments
    ]
