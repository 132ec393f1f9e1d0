"""Where phrases of a list were said, in whatever form of their words. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qcapp.core import text_search
from qcapp.evidence.speech import Stem, Turn, quote, stems

GAP = 2
"""Words that may stand between two of a phrase: «у нас, как бы, большой опыт»."""
PAUSE_S = 4.0
"""After a longer pause between two words somebody else has spoken: it is no phrase any more."""
_PRONOUNS = frozenset({
    "я", "мы", "ты", "вы", "он", "она", "они", "мне", "нам", "тебе", "вам", "ему", "ей", "им",
    "меня", "нас", "тебя", "вас", "его", "ее", "их", "мной", "нами", "тобой", "вами",
})  # fmt: skip
"""They come and go when one speaks, and the recogniser loses them first."""


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """The phrase of this number in the list was said at ``at`` seconds, in these words."""

    phrase: int
    at: float
    text: str


def key_of(phrase: str) -> tuple[str, ...]:
    """The stems that must all be heard, in order; two phrases with the same are one. Empty: nothing to look for."""
    words = text_search.words(phrase)
    telling = [word for word in words if word not in _PRONOUNS] or words
    return tuple(text_search.stem(word) for word in telling)


def find(phrases: Sequence[str], turns: Sequence[Turn]) -> list[PhraseHit]:
    """Every place where one of the phrases was said, in order."""
    said = stems(turns)
    begins: dict[str, list[int]] = {}
    for place, stem in enumerate(said):
        begins.setdefault(stem.key, []).append(place)
    found = [
        PhraseHit(number, said[first].at, quote(said[first : last + 1]))
        for number, phrase in enumerate(phrases)
        if (key := key_of(phrase))
        for first, last in _places(key, said, begins.get(key[0], ()))
    ]
    return sorted(found, key=lambda each: (each.at, each.phrase))


def _places(key: Sequence[str], said: Sequence[Stem], begins: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last word of each place; places do not overlap."""
    after = 0
    for first in begins:
        if first >= after:
            last = _end(key[1:], said, first)
            if last is not None:
                yield first, last
                after = last + 1


def _end(rest: Sequence[str], said: Sequence[Stem], first: int) -> int | None:
    """The last word of a phrase that begins at the first; None: it does not go on."""
    reached = {first}
    for key in rest:
        reached = {
            place
            for before in reached
            for place in range(before + 1, min(before + 2 + GAP, len(said)))
            if said[place].key == key and said[place].at - said[place - 1].at <= PAUSE_S
        }
    return min(reached, default=None)
