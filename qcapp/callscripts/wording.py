"""What a script says: a text a block, and objections with one answer each. Plain values, stored as JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qcapp.callscripts.blocks import Block

_BRACKETS = re.compile(r"\[[^\[\]]+\]")
TEXTS: tuple[Block, ...] = tuple(block for block in Block if block is not Block.OBJECTIONS)


@dataclass(frozen=True, slots=True)
class Objection:
    """What a client says against it, and the one answer to that."""

    objection: str
    answer: str


@dataclass(frozen=True, slots=True)
class DraftWording:
    """The words of one draft."""

    texts: Mapping[Block, str] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()

    def text(self, block: Block) -> str:
        """The text of a block; of objections each with its answer."""
        if block is Block.OBJECTIONS:
            return "\n\n".join(f"{each.objection}\n{each.answer}" for each in self.objections)
        return self.texts.get(block, "")


def read(stored: Mapping[str, Any]) -> DraftWording:
    """The wording out of what ``written`` made."""
    return DraftWording(
        {block: stored.get(block, "") for block in TEXTS},
        tuple(Objection(each["objection"], each["answer"]) for each in stored.get(Block.OBJECTIONS, ())),
    )


def written(wording: DraftWording) -> dict[str, Any]:
    """The wording as JSON: every block in order; a row in which nothing stands is left out."""
    rows = [
        {"objection": each.objection, "answer": each.answer}
        for each in wording.objections
        if each.objection.strip() or each.answer.strip()
    ]
    return {block.value: rows if block is Block.OBJECTIONS else wording.text(block) for block in Block}


def missing(wording: DraftWording) -> tuple[Block, ...]:
    """The blocks that are not ready to be handed in: empty, or with an objection that has no answer."""
    return tuple(block for block in Block if not _ready(wording, block))


def unfilled(wording: DraftWording) -> tuple[Block, ...]:
    """The blocks in which something still stands in [brackets], as it does in the scripts to begin from."""
    return tuple(block for block in Block if _BRACKETS.search(wording.text(block)))


def untouched(wording: DraftWording, starter: DraftWording) -> tuple[Block, ...]:
    """The blocks that still say word for word what the script said that was begun from."""
    return tuple(
        block
        for block in Block
        if (words := wording.text(block).split()) and words == starter.text(block).split()
    )


def _ready(wording: DraftWording, block: Block) -> bool:
    if block is Block.OBJECTIONS:
        pairs = [(each.objection.strip(), each.answer.strip()) for each in wording.objections]
        begun = [pair for pair in pairs if any(pair)]
        return bool(begun) and all(all(pair) for pair in begun)
    return bool(wording.text(block).strip())
