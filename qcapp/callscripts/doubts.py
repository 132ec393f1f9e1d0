"""What makes one doubt that a draft is the manager's own: brackets left to fill in, blocks left as they were given."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.callscripts import wording
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.models import ScriptDraft
from qcapp.callscripts.starters import starters
from qcapp.callscripts.words import BLOCKS
from qcapp.core.i18n import _


@dataclass(frozen=True, slots=True)
class Doubts:
    """Blocks with something in [brackets], and blocks that say word for word what the ready script said."""

    unfilled: tuple[Block, ...] = ()
    untouched: tuple[Block, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.unfilled or self.untouched)

    def question(self) -> str:
        """What the manager is asked before such a draft is handed in."""
        said = []
        if self.unfilled:
            said.append(_("[Brackets] are left to fill in: %(blocks)s.", blocks=_names(self.unfilled)))
        if self.untouched:
            said.append(_("Word for word as in the ready script: %(blocks)s.", blocks=_names(self.untouched)))
        return " ".join([*said, _("Your coach will see it. Hand the draft in all the same?")])


def doubts_about(session: Session, draft: ScriptDraft) -> Doubts:
    """The doubts about a draft; the ready script is the one this draft or an earlier one was begun from."""
    words = wording.read(draft.blocks)
    begun_from = select(ScriptDraft.starter).where(
        ScriptDraft.script_id == draft.script_id,
        ScriptDraft.number <= draft.number,
        ScriptDraft.starter.is_not(None),
    )
    key = session.scalar(begun_from.order_by(ScriptDraft.number.desc()).limit(1))
    starter = starters().get(key or "")
    return Doubts(wording.unfilled(words), wording.untouched(words, starter.wording) if starter else ())


def _names(blocks: tuple[Block, ...]) -> str:
    return ", ".join(str(BLOCKS[block]) for block in blocks)
