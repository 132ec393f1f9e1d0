"""What people say in generated calls: Russian sales talk of a few hundred words, the common ones often."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.random import Generator

from qcapp.core.text_search import stemmed

POOL = 20_000  # sentences all calls draw from
_HERE = Path(__file__).parent
# The most usual first: how often a phrase is said falls with its place.
_PHRASES = (_HERE / "phrases.txt").read_text(encoding="utf-8").splitlines()
_FILLINGS: dict[str, list[str]] = yaml.safe_load((_HERE / "fillings.yaml").read_text(encoding="utf-8"))
_SYLLABLES = _FILLINGS["syllable"]


@dataclass(frozen=True)
class Pool:
    """Sentences and, beside each, its stems."""

    sentences: list[str]
    stems: list[str]

    @classmethod
    def generate(cls, random: Generator) -> "Pool":
        weights = 1 / np.arange(1, len(_PHRASES) + 1) ** 0.8
        phrases = random.choice(len(_PHRASES), POOL, p=weights / weights.sum())
        slots = random.integers(0, 1 << 30, POOL).tolist()
        sentences = [_filled(_PHRASES[phrase], slot) for phrase, slot in zip(phrases, slots, strict=True)]
        return cls(sentences, [stemmed(sentence) for sentence in sentences])


def _filled(phrase: str, slot: int) -> str:
    return phrase.format(
        person=_one_of("person", slot),
        product=_one_of("product", slot // 7),
        place=_one_of("place", slot // 11),
        day=_one_of("day", slot // 13),
        number=2 + slot // 17 % 90,
    )


def _one_of(kind: str, number: int) -> str:
    return _FILLINGS[kind][number % len(_FILLINGS[kind])]


def company_name(number: int) -> str:
    """A name of three syllables: a rare word, said in the calls with that client alone."""
    first, second, third = number % 25, number // 25 % 25, number // 625 % 25
    return (_SYLLABLES[first] + _SYLLABLES[second] + _SYLLABLES[third]).capitalize()


def person_name(number: int) -> str:
    """First and family name; thousands differ."""
    woman = number % 2 == 0
    first = _one_of("woman" if woman else "man", number // 2)
    family = (_SYLLABLES[number // 16 % 25] + _SYLLABLES[number // 400 % 25]).capitalize()
    return f"{first} {family}ов{'а' if woman else ''}"
