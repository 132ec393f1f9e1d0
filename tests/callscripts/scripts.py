"""Wordings for tests, and drafts on their way."""

from sqlalchemy.orm import Session

from qcapp.callscripts import service
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.models import ScriptDraft
from qcapp.callscripts.service import Typed
from qcapp.callscripts.wording import TEXTS, DraftWording, Objection
from qcapp.people.models import User

FULL = DraftWording(
    {block: f"Слова о {block.value}, как я их говорю." for block in TEXTS},
    (Objection("Дорого", "А с чем вы сравниваете?"), Objection("Я подумаю", "Что именно смущает?")),
)


def wording(objections: tuple[Objection, ...] = FULL.objections, **texts: str) -> DraftWording:
    """The full wording with some blocks in other words."""
    return DraftWording({**FULL.texts, **{Block(name): text for name, text in texts.items()}}, objections)


def typed(draft: ScriptDraft, words: DraftWording = FULL, **fields: object) -> Typed:
    """What the next save of the draft's window brings."""
    plain = {"wording": words, "revision": draft.revision, "window": "one", "turn": draft.turn + 1}
    return Typed(**(plain | fields))  # type: ignore[arg-type]


def hand_in(session: Session, manager: User, words: DraftWording = FULL) -> ScriptDraft:
    """The manager's next draft, handed in."""
    draft = service.start_draft(session, by=manager)
    service.save_draft(session, draft, typed(draft, words), by=manager)
    return service.submit_draft(session, draft, by=manager)


def approve(session: Session, manager: User, judge: User, words: DraftWording = FULL) -> ScriptDraft:
    """The manager's next draft, in force from now on."""
    return service.approve_draft(session, hand_in(session, manager, words), by=judge)
