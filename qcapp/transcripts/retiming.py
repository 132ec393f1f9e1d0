"""Gives a corrected wording the times of the words it replaces: a rule without a database.

Words that stayed keep their times exactly; new ones share the time of those they replace, by length; inserted ones
get the room between their neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from qcapp.core.text_search import words as letters

SURE = 1.0  # the probability of a word that a person has written


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and when it was said, in seconds; ``probability`` is the recogniser's, 0…1."""

    start: float
    end: float
    word: str
    probability: float


def retime(old: Sequence[TimedWord], text: str, start: float, end: float) -> list[TimedWord]:
    """The words of ``text`` with times inside ``start``…``end``, never going back."""
    new = text.split()
    same = SequenceMatcher(
        None, [_key(word.word) for word in old], [_key(word) for word in new], autojunk=False
    )
    timed: list[TimedWord] = []
    for kind, i1, i2, j1, j2 in same.get_opcodes():
        if kind == "equal":
            pairs = zip(old[i1:i2], new[j1:j2], strict=True)
            timed += [TimedWord(before.start, before.end, word, before.probability) for before, word in pairs]
        else:
            opens = old[i1].start if i1 < i2 else (old[i1 - 1].end if i1 else start)
            closes = old[i2 - 1].end if i1 < i2 else (old[i2].start if i2 < len(old) else end)
            timed += _share(new[j1:j2], opens, max(opens, closes))
    return _in_order(timed, start, end)


def _key(word: str) -> str:
    return "".join(letters(word)) or word


def _share(words: Sequence[str], opens: float, closes: float) -> list[TimedWord]:
    total = sum(len(word) for word in words)
    timed, done = [], 0
    for word in words:
        begins = opens + (closes - opens) * done / total
        done += len(word)
        timed.append(TimedWord(begins, opens + (closes - opens) * done / total, word, SURE))
    return timed


def _in_order(words: Sequence[TimedWord], start: float, end: float) -> list[TimedWord]:
    # The recogniser's own times may run back a little or leave the segment; what was in order stays untouched.
    ordered, at = [], start
    for word in words:
        begins = min(max(word.start, at), end)
        ordered.append(TimedWord(begins, min(max(word.end, begins), end), word.word, word.probability))
        at = begins
    return ordered
