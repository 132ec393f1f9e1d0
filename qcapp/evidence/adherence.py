"""How far a manager spoke by the own script, and what belongs to none of it. Pure.

A hint for whoever listens, never a score: managers speak freely and the recogniser misses one word in five, so that
half of the words of a passage, in any order, are enough to have said it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from rapidfuzz import fuzz, process

from qcapp.core import text_search
from qcapp.evidence.speech import Stem, Turn, quote, stems

TELLING_LETTERS = 4
"""Shorter words («вы», «на», «как») stand in any talk and prove nothing."""
ALIKE = 80
"""Per cent of the letters of two stems: one wrong letter in a word of five is the same word misheard."""
PASSAGE_WORDS = 5
"""Telling words that a passage has at least, as a question has: two of them meet by chance in any talk."""
ROOM = 2
"""A passage told freely takes up to twice its words."""
HEARD_AT = 0.5
"""Share of a passage's words from which it was said in the manager's own way."""
SAID_AT = 0.5
"""Share of a block's words, in passages that were heard, from which it was said: nobody says all that it offers."""
ENOUGH_WORDS = 20
"""Telling words below which a talk was over before it began, so that nothing was to be expected of it."""
EXTRA_WORDS = 15
"""Telling words of a passage beside the script worth showing: a dozen seconds of speech."""
EXTRAS = 4
"""The longest are shown: whoever hears forty calls a day reads no more of them."""
PAUSE_S = 6.0
"""After a longer pause another passage begins: the client has spoken."""

_PLACEHOLDER = re.compile(r"\[[^\]]*\]")
_SENTENCE = re.compile(r"[^.!?…\n]+")
_WHEN = frozenset({"если", "if"})

_Places = Mapping[str, Sequence[int]]


class Heard(StrEnum):
    SAID = "said"
    PARTLY = "partly"
    NOT_HEARD = "not_heard"
    NOT_CALLED_FOR = "not_called_for"


@dataclass(frozen=True, slots=True)
class ScriptPart:
    """What a script says in one place; ``optional``: only if it comes to that, as answers to objections."""

    text: str
    optional: bool = False

    @property
    def spoken(self) -> str:
        """Without what is to be filled in: «[имя]» is nobody's words."""
        return _PLACEHOLDER.sub(" ", self.text)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was heard of a part: the share of its words, 0…1, and the second of the best place."""

    heard: Heard
    share: float
    at: float | None


@dataclass(frozen=True, slots=True)
class Extra:
    """A longer passage of the manager that belongs to no part of the script."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Adherence:
    """Findings in the order of the parts; extras in the order in which they were said."""

    findings: tuple[Finding, ...]
    extras: tuple[Extra, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    words: tuple[str, ...]
    optional: bool


def compare(parts: Sequence[ScriptPart], turns: Sequence[Turn]) -> Adherence:
    """The manager's turns beside the parts of the script."""
    spoken = stems(turns)
    said = [stem for stem in spoken if _tells(stem.letters)]
    heard, written = _places(
        [stem.key for stem in said], [key for part in parts for key in _telling(part.spoken)]
    )
    enough = len(said) >= ENOUGH_WORDS
    findings = tuple(_find(part, said, heard, enough=enough) for part in parts)
    extras = sorted(_extras(spoken, written), key=len, reverse=True)[:EXTRAS]
    told = sorted((Extra(passage[0].at, quote(passage)) for passage in extras), key=lambda extra: extra.at)
    return Adherence(findings, tuple(told))


def _places(said: Sequence[str], script: Sequence[str]) -> tuple[_Places, _Places]:
    """Where in the talk each word of the script may have been said, and where in the script each spoken one stands."""
    ours, theirs = _index(said), _index(script)
    spoken, meant = list(ours), list(theirs)
    matrix = process.cdist(spoken, meant, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8)
    heard: dict[str, list[int]] = {key: [] for key in meant}
    written: dict[str, list[int]] = {key: [] for key in spoken}
    for row, column in np.argwhere(matrix):
        heard[meant[column]] += ours[spoken[row]]
        written[spoken[row]] += theirs[meant[column]]
    return heard, written


def _index(words: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    return places


def _find(part: ScriptPart, said: Sequence[Stem], places: _Places, *, enough: bool) -> Finding:
    words = heard = best = 0
    at: float | None = None
    for passage in _passages(part.spoken):
        count, first = _closest(passage.words, places)
        different = len(set(passage.words))
        was_heard = count >= HEARD_AT * different
        words += different if was_heard or not passage.optional else 0
        if was_heard:
            heard += count
            if count > best:
                best, at = count, said[first].at
    share = heard / words if words else 0.0
    if share >= SAID_AT:
        return Finding(Heard.SAID, share, at)
    if part.optional or not words:
        return Finding(Heard.NOT_CALLED_FOR, share, at)
    if heard:
        return Finding(Heard.PARTLY, share, at)
    return Finding(Heard.NOT_HEARD if enough else Heard.NOT_CALLED_FOR, share, at)


def _closest(words: Sequence[str], places: _Places) -> tuple[int, int]:
    """How many different words stand close together where most of them do, and the first place of that."""
    room = ROOM * len(words)
    hits = sorted((place, key) for key in set(words) for place in places[key])
    inside: Counter[str] = Counter()
    begin = most = first = 0
    for place, key in hits:
        inside[key] += 1
        while place - hits[begin][0] >= room:
            gone = hits[begin][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            begin += 1
        if len(inside) > most:
            most, first = len(inside), hits[begin][0]
    return most, first


def _passages(text: str) -> Iterator[_Passage]:
    """A text in pieces long enough to be told from chance; a line that begins with “if” is said only then."""
    for optional in (False, True):
        lines = [line for line in text.splitlines() if _begins_with_if(line) is optional]
        pieces: list[list[str]] = []
        for sentence in _SENTENCE.findall("\n".join(lines)):
            words = _telling(sentence)
            if pieces and len(set(pieces[-1])) < PASSAGE_WORDS:
                pieces[-1] += words
            elif words:
                pieces.append(words)
        if len(pieces) > 1 and len(set(pieces[-1])) < PASSAGE_WORDS:
            pieces[-2:] = [pieces[-2] + pieces[-1]]
        yield from (_Passage(tuple(piece), optional) for piece in pieces)


def _begins_with_if(line: str) -> bool:
    return bool(_WHEN.intersection(text_search.words(line)[:1]))


def _telling(text: str) -> list[str]:
    """The stems that tell one talk from another."""
    return [text_search.stem(word) for word in text_search.words(text) if _tells(word)]


def _tells(word: str) -> bool:
    # Numbers are spoken in words and written in digits.
    return len(word) >= TELLING_LETTERS and word.isalpha()


def _extras(spoken: Sequence[Stem], script: _Places) -> Iterator[list[Stem]]:
    """Neighbouring pieces of speech of which nowhere in the script half stands together, if they are long enough."""
    passages: list[list[Stem]] = [[]]
    for piece in _pieces(spoken):
        words = [stem.key for stem in piece if _tells(stem.letters)]
        if not words:  # «угу»
            continue
        own = _closest(words, script)[0] >= HEARD_AT * len(set(words))
        last = passages[-1]
        if last and (own or piece[0].at - last[-1].at > PAUSE_S):
            passages.append([])
        if not own:
            passages[-1] += piece
    return (each for each in passages if sum(_tells(stem.letters) for stem in each) >= EXTRA_WORDS)


def _pieces(spoken: Sequence[Stem]) -> Iterator[list[Stem]]:
    """The speech turn by turn, long turns in pieces as long as passages."""
    piece: list[Stem] = []
    telling = 0
    for stem in spoken:
        if piece and (stem.turn != piece[0].turn or telling == PASSAGE_WORDS):
            yield piece
            piece, telling = [], 0
        piece.append(stem)
        telling += _tells(stem.letters)
    if piece:
        yield piece
