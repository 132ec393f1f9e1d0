"""What the manager said, as the rules of this package see it: stems in order, each with its moment. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from qcapp.core import text_search


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as it was said, or a piece whose words have no times of their own; ``at`` in seconds."""

    text: str
    at: float


Turn = Sequence[SpokenWord]
"""What the manager said in one piece, in order."""


@dataclass(frozen=True, slots=True)
class Stem:
    """One spoken word: its stem, its letters, where it was said, and the number of the turn."""

    key: str
    letters: str
    word: SpokenWord
    turn: int

    @property
    def at(self) -> float:
        return self.word.at


def stems(turns: Iterable[Turn]) -> list[Stem]:
    """Every word of the turns, in order."""
    return [
        Stem(text_search.stem(letters), letters, word, number)
        for number, turn in enumerate(turns)
        for word in turn
        for letters in text_search.words(word.text)
    ]


def quote(said: Iterable[Stem]) -> str:
    """The words as they were said."""
    return " ".join(word.text.strip() for word, _stems in groupby(stem.word for stem in said))
