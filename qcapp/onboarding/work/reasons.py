"""A list of reasons to buy: taken out of pasted text, counted, and what is said twice pointed out. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from qcapp.core import text_search

ALIKE = 85  # per cent of the letters of two lines, once endings and the order of words are left out
WORDS_ALIKE = 70  # and of the words in which they differ: «опыт» and «оплата» are not the same
_SPACES = re.compile(r"[\s\x00]+")
_MARK = re.compile(
    r"""^(?:[•·▪●◦‣☐☑✓✔]\s*|[-–—*+]\s+)?     # a bullet: “-20 %” has none
        (?:\d{1,4}(?:[.)]\s+               # a number: “1.5 times” and “24 hours” have none
                    |[.)](?=[^\W\d])
                    |\s[-–—]\s(?=[^\W\d]))
          |\d{1,4}[.)]$|[-–—*+]$)?""",
    re.VERBOSE,
)
_CELL = re.compile(r"^\s*\d{1,4}\t")
_WORD = re.compile(r"\w+")
_TELLING = frozenset({"не", "нет", "без", "not", "no", "without"})


@dataclass(frozen=True, slots=True)
class Repeat:
    """Line ``second`` says what line ``first`` has said before; both count from 0."""

    first: int
    second: int
    exact: bool


def clean(text: str) -> list[str]:
    """The reasons of a text, one a line: without numbering, bullets and what is empty."""
    found = (_without_mark(line) for line in text.splitlines())
    return [line for line in found if line]


def count(lines: Sequence[str]) -> int:
    """How many reasons there are; the same words said again are no other reason."""
    return len({_said(line) for line in lines if line.strip()})


def repeats(lines: Sequence[str]) -> list[Repeat]:
    """Every line that repeats an earlier one, in order: in the same words, or in nearly the same."""
    firsts: dict[str, int] = {}
    found = []
    for second, line in enumerate(lines):
        first = firsts.setdefault(_said(line), second)
        if first != second and line.strip():
            found.append(Repeat(first, second, exact=True))
    found.extend(_alike(lines, sorted(firsts.values())))
    return sorted(found, key=lambda each: each.second)


def _alike(lines: Sequence[str], places: list[int]) -> list[Repeat]:
    """Among lines of different words: for each that is like an earlier one, the one that it is most like."""
    worded = [place for place in places if text_search.words(lines[place])]
    plain = [_plain(lines[place]) for place in worded]
    likeness = process.cdist(plain, plain, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8)
    found = []
    for at, place in enumerate(worded):
        near = [int(before) for before in np.flatnonzero(likeness[at, :at])]
        same = [before for before in near if _mean_the_same(plain[before], plain[at])]
        if same:
            nearest = max(same, key=lambda before: int(likeness[at, before]))
            found.append(Repeat(worded[nearest], place, exact=False))
    return found


def _mean_the_same(one: str, other: str) -> bool:
    """Of two lines with much the same letters: whether the words in which they differ are forms of each other."""
    if _telling(one) != _telling(other):
        return False
    ones, others = Counter(one.split()), Counter(other.split())
    fewer, more = sorted((ones - others, others - ones), key=len)
    return all(any(fuzz.ratio(word, each) >= WORDS_ALIKE for each in more) for word in fewer)


def _without_mark(line: str) -> str:
    spaced = _SPACES.sub(" ", _CELL.sub("", line)).strip()
    return _MARK.sub("", spaced).strip()


def _said(line: str) -> str:
    """The words of a line; what has no words stands for itself."""
    plain = line.casefold().replace("ё", "е")
    return " ".join(_WORD.findall(plain)) or plain.strip()


@lru_cache(maxsize=4096)
def _plain(line: str) -> str:
    return " ".join(sorted(text_search.stems(line)))


@lru_cache(maxsize=4096)
def _telling(plain: str) -> frozenset[str]:
    """Numbers, and words that turn a sentence round: where they differ, so does what is said."""
    return frozenset(word for word in plain.split() if word.isdecimal() or word in _TELLING)
