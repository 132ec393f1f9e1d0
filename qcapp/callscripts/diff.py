"""What became of the words of a script between two drafts, word by word: pure comparison of texts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from qcapp.callscripts.blocks import Block
from qcapp.callscripts.wording import TEXTS, DraftWording, Objection

_WORD = re.compile(r"(\w+(?:[-’']\w+)*|[^\w\s])")  # a word with its hyphens, or one sign


class WordChange(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A run of words that stayed, went or came."""

    change: WordChange
    text: str


Pieces = tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class ObjectionPair:
    """An objection with its answer in both drafts; None: one of them does not have it."""

    old: Objection | None
    new: Objection | None
    objection: Pieces
    answer: Pieces


@dataclass(frozen=True, slots=True)
class BlockDiff:
    """One block: pieces of its text, or its objections row by row."""

    block: Block
    changed: bool
    pieces: Pieces = ()
    rows: tuple[ObjectionPair, ...] = ()


def compare(old: DraftWording, new: DraftWording) -> dict[Block, BlockDiff]:
    """Every block of two drafts, in the order of a call."""
    found = {block: _texts(block, old.text(block), new.text(block)) for block in TEXTS}
    rows = align(old.objections, new.objections)
    found[Block.OBJECTIONS] = BlockDiff(Block.OBJECTIONS, old.objections != new.objections, rows=rows)
    return {block: found[block] for block in Block}


def words(old: str, new: str) -> Pieces:
    """The texts told apart word by word. What stayed and went makes ``old``, what stayed and came ``new``."""
    return tuple(_joined(_pieces(_WORD.split(old), _WORD.split(new))))


def side(pieces: Iterable[DiffPiece], without: WordChange) -> str:
    """One of the two texts again: the new one without what was REMOVED, the old one without what was ADDED."""
    return "".join(piece.text for piece in pieces if piece.change is not without)


def align(old: Sequence[Objection], new: Sequence[Objection]) -> tuple[ObjectionPair, ...]:
    """Objections side by side: the same ones by their words, changed ones by their place among these."""
    matcher = SequenceMatcher(None, [_key(each) for each in old], [_key(each) for each in new], False)
    rows = []
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for place in range(max(i2 - i1, j2 - j1)):
            before = old[i1 + place] if i1 + place < i2 else None
            after = new[j1 + place] if j1 + place < j2 else None
            rows.append(_row(before, after))
    return tuple(rows)


def _texts(block: Block, old: str, new: str) -> BlockDiff:
    return BlockDiff(block, old != new, words(old, new))


def _key(objection: Objection) -> str:
    return " ".join(_WORD.findall(objection.objection.casefold()))


def _row(old: Objection | None, new: Objection | None) -> ObjectionPair:
    first, second = old or Objection("", ""), new or Objection("", "")
    return ObjectionPair(
        old, new, words(first.objection, second.objection), words(first.answer, second.answer)
    )


def _pieces(old: list[str], new: list[str]) -> Iterator[DiffPiece]:
    """Of texts split into gap, word, gap, …, word, gap: words are matched, the gap before each goes with it."""
    matcher = SequenceMatcher(None, old[1::2], new[1::2], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                yield from _gap(old[2 * i], new[2 * j])
                yield DiffPiece(WordChange.SAME, old[2 * i + 1])
        else:
            yield DiffPiece(WordChange.REMOVED, "".join(old[2 * i1 : 2 * i2]))
            yield DiffPiece(WordChange.ADDED, "".join(new[2 * j1 : 2 * j2]))
    yield from _gap(old[-1], new[-1])


def _gap(old: str, new: str) -> Iterator[DiffPiece]:
    if old == new:
        yield DiffPiece(WordChange.SAME, old)
    else:
        yield DiffPiece(WordChange.REMOVED, old)
        yield DiffPiece(WordChange.ADDED, new)


def _joined(pieces: Iterable[DiffPiece]) -> Iterator[DiffPiece]:
    """Neighbours of one kind as one piece; between two that stayed, what went stands before what came."""
    run: dict[WordChange, str] = {}
    for piece in pieces:
        if not piece.text:
            continue
        if (piece.change is WordChange.SAME) != (WordChange.SAME in run):
            yield from _run(run)
            run = {}
        run[piece.change] = run.get(piece.change, "") + piece.text
    yield from _run(run)


def _run(run: dict[WordChange, str]) -> Iterator[DiffPiece]:
    for change in WordChange:
        if change in run:
            yield DiffPiece(change, run[change])
