"""Finds a client's number, name and words in free text, and covers them. Pure: no web, no database."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from qcapp.core.numbers import local_digits, spelled

COVER = "[…]"
QUOTED_WORDS = 3  # so many words of the call in the same order are a quotation
_WORD = re.compile(r"\w+")
_NO_DIGITS = re.compile(r"\D")
_PATRONYMIC = re.compile(r"\w{2,}(?:ич|вна|чна)", re.IGNORECASE)
_DECLINED = re.compile(r"([а-яё]{2,}?)[аеиоуыэюяйь]{0,2}", re.IGNORECASE)
_FLEETING = re.compile(r"(.*)(?:[еёо]|я(?=ц$))([бвгджзклмнпрстфхцчшщ])", re.IGNORECASE)
_VOWEL = re.compile(r"[аеёиоуыэюя]$", re.IGNORECASE)
_CASE_ENDING = (
    "(?:[аеиь]?(?:[аяуюыиейь]|[аяоеёыи]м|[оеё]й|[ое]ю|ая|яя|ую|юю|[ое]го|[ое]му|[ыи]х|[аяыи]ми|[ая]х))?"
)


@dataclass(frozen=True)
class Traces:
    """What gives a client away: numbers in E.164, and names of at least two words, with or without the patronymic.

    A single first name is no trace, nor is one with its patronymic where the surname is known: they would cover the
    names of colleagues.
    """

    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        parts = [spelled(number) for number in self.numbers]
        parts += [each for name in self.names for each in _spellings(name)]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    @cached_property
    def digits(self) -> tuple[str, ...]:
        """The digits of each number that stand, in this order, in every spelling of it."""
        return tuple(local_digits(number) for number in self.numbers)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """Beginnings of words: a text with one of the names holds one of them, with “ё” or “е”."""
        named = [_WORD.findall(name) for name in self.names]
        words = (word for each in named if len(each) > 1 for word in _surnames(each))
        return tuple(dict.fromkeys(stem for word in words for stem in beginnings(word)))

    def gives_away(self, text: str) -> bool:
        """Whether the text names the client."""
        return bool(self.pattern and self._may_name(text) and self.pattern.search(text))

    def cover(self, text: str) -> str:
        """The text with every number and name covered."""
        return self.pattern.sub(COVER, text) if self.pattern and self._may_name(text) else text

    def _may_name(self, text: str) -> bool:
        """A quick look: the pattern is slow where there are many numbers, and most texts hold none of them."""
        digits, lower = _NO_DIGITS.sub("", text), folded(text)
        return any(local in digits for local in self.digits) or any(
            folded(hint) in lower for hint in self.hints
        )


def _spellings(name: str) -> list[str]:
    """Patterns for a name in any grammatical case: its words in any order, and the surname with initials.

    None where a single word is too little to tell who is meant.
    """
    words = _WORD.findall(name)
    if len(words) < 2:
        return []
    at = _patronymic(words)
    forms = [words] if at is None else [words, [*words[:at], *words[at + 1 :]]]
    first_names = words if at is None else [words[at - 1]]
    return [
        *(_in_any_order(form) for form in forms),
        *(
            pattern
            for surname in _surnames(words)
            for first in first_names
            if first != surname
            for pattern in _with_initials(surname, first[0])
        ),
    ]


def _in_any_order(words: Sequence[str]) -> str:
    """As many words in a row as the name has, each of them one of its words."""
    word = f"(?:{'|'.join(map(_in_any_case, words))})"
    return rf"\b{word}(?:\W+{word}){{{len(words) - 1}}}\b"


def _patronymic(words: Sequence[str]) -> int | None:
    """Where the patronymic stands: behind the first name, and not in a name of two words, whose second may be
    a surname like “Абрамович”."""
    behind = range(1, len(words)) if len(words) > 2 else ()
    return next((at for at in behind if _PATRONYMIC.fullmatch(words[at])), None)


def _surnames(words: Sequence[str]) -> list[str]:
    """The words that may be the surname: all, unless the patronymic tells the first name."""
    at = _patronymic(words)
    return [*words] if at is None else [*words[: at - 1], *words[at + 1 :]]


def _with_initials(surname: str, initial: str) -> tuple[str, str]:
    """“Иванов П.”, “Иванова П. И.”, “П. И. Иванову”."""
    written = _with_yo(initial) + r"\."
    return (
        rf"\b{_in_any_case(surname)}\W+{written}(?:\W*\w\.)?",
        rf"\b{written}(?:\W*\w\.)?\W*{_in_any_case(surname)}\b",
    )


def _in_any_case(word: str) -> str:
    """A word as it is, and in every grammatical case: “Иванов” is also found in “Иванову”."""
    cases = [_with_yo(stem) + _CASE_ENDING for stem in _stems(word)]
    return f"(?:{'|'.join([_with_yo(word), *cases])})"


def _with_yo(text: str) -> str:
    """“ё” and “е” are one letter."""
    return re.sub("[её]", "[её]", re.escape(text), flags=re.IGNORECASE)


def _stems(word: str) -> list[str]:
    """What the grammatical cases of a Russian name begin with; several where a vowel comes and goes: Лев, Льва."""
    declined = _DECLINED.fullmatch(word)
    if not declined:
        return []
    stem = declined[1]
    if not (fleeting := _FLEETING.fullmatch(stem)):
        return [stem]
    head, last = fleeting.groups()
    soft = last.lower() in "кц" or head.lower() == "л"
    links = ["й"] if _VOWEL.search(head) else ["", "ь"] if soft else [""]
    return [stem, *(head + link + last for link in links)]


def beginnings(word: str) -> list[str]:
    """Every grammatical case of a word begins with one of these."""
    return _stems(word) or [word]


def is_part(asked: str, name: str) -> bool:
    """Whether every word asked for stands in the name, whole or in part, in whatever order and grammatical case."""
    there = folded(name)
    return all(any(folded(each) in there for each in (word, *_stems(word))) for word in _WORD.findall(asked))


def folded(text: str) -> str:
    """As words are compared: in small letters, without “ё”."""
    return text.lower().replace("ё", "е")


@dataclass(frozen=True)
class Quotations:
    """What was said in calls, so that quotations of it are found."""

    pieces: tuple[str, ...]

    @cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        return frozenset(
            run for piece in self.pieces for run in _runs([word for word, _place in _words(piece)])
        )

    def is_quoted(self, text: str) -> bool:
        return any(run in self._runs for run in _runs([word for word, _place in _words(text)]))

    def cover(self, text: str) -> str:
        """The text with every quotation covered, also those that arise where one was taken out."""
        while (covered := self._cover_once(text)) != text:
            text = covered
        return text

    def _cover_once(self, text: str) -> str:
        words = _words(text)
        quoted = [
            range(words[at][1].start, words[at + QUOTED_WORDS - 1][1].stop)
            for at, run in enumerate(_runs([word for word, _place in words]))
            if run in self._runs
        ]
        for place in reversed(_joined(quoted)):
            text = text[: place.start] + COVER + text[place.stop :]
        return text


def _words(text: str) -> list[tuple[str, range]]:
    """Each word as it is compared, and where it stands."""
    return [(folded(found[0]), range(*found.span())) for found in _WORD.finditer(text)]


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Every three words that follow each other."""
    return [tuple(words[at : at + QUOTED_WORDS]) for at in range(len(words) - QUOTED_WORDS + 1)]


def _joined(places: Iterable[range]) -> list[range]:
    joined: list[range] = []
    for place in places:
        if joined and place.start <= joined[-1].stop:
            joined[-1] = range(joined[-1].start, place.stop)
        else:
            joined.append(place)
    return joined


def throughout(value: Any, cover: Callable[[str], str]) -> Any:
    """A JSON value with every text in it covered, keys too; words of the program are nobody's."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return cover(value)
    if isinstance(value, list):
        return [throughout(each, cover) for each in value]
    if isinstance(value, dict):
        return {cover(str(key)): throughout(each, cover) for key, each in value.items()}
    return value
