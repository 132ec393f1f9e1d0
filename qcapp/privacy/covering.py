"""Finds a client's number, name and words in free text, and covers them. Pure: no web, no database."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import Any

COVER = "[…]"
QUOTED_WORDS = 3  # so many words of the call in the same order are a quotation
_WORD = re.compile(r"\w+")
_NO_DIGITS = re.compile(r"\D")
_BETWEEN = r"[\W_]{0,5}"  # how people and programs part the digits of a number: any signs, any spaces
ENDING_DIGITS = 2
_MOST_TURNED = 4  # a name of more words is looked for in its own order only
_PATRONYMIC = re.compile(r"\w{2,}(?:ич|вна|чна)", re.IGNORECASE)
_DECLINED = re.compile(r"([а-яё]{3,}?)(?:[аеиоуыэюяйь]{1,2})?", re.IGNORECASE)
_CASE_ENDING = (
    "(?:[аеиь]?(?:[аяуюыиейь]|[оеёыи]м|[оеё]й|[ое]ю|ая|яя|ую|юю|[ое]го|[ое]му|[ыи]х|[аяыи]ми|[ая]х))?"
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
        parts = [_number(number) for number in self.numbers]
        parts += [_in_any_order(words) for name in self.names for words in _forms(name)]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    @property
    def hints(self) -> tuple[str, ...]:
        """Short texts of which a text with a trace holds one: what a database can look for quickly.

        The last two digits of a number are hardly ever parted.
        """
        tails = [number[-ENDING_DIGITS:] for number in self.numbers]
        return (*tails, *self._name_hints)

    def gives_away(self, text: str) -> bool:
        """Whether the text names the client."""
        return bool(self.pattern and self._may_name(text) and self.pattern.search(text))

    def cover(self, text: str) -> str:
        """The text with every number and name covered."""
        return self.pattern.sub(COVER, text) if self.pattern and self._may_name(text) else text

    def _may_name(self, text: str) -> bool:
        """A quick look: the pattern is slow where there are many numbers, and most texts hold none of them."""
        digits, lower = _NO_DIGITS.sub("", text), text.lower()
        found = any(local in digits for local in self._locals)
        return found or any(hint.lower() in lower for hint in self._name_hints)

    @cached_property
    def _locals(self) -> tuple[str, ...]:
        return tuple(_local(number) for number in self.numbers)

    @cached_property
    def _name_hints(self) -> tuple[str, ...]:
        return tuple(_hint(forms[-1]) for name in self.names if (forms := _forms(name)))


def _number(number: str) -> str:
    """A number of E.164 in whatever spelling: +7…, 8…, 7…, without the country, with spaces, dashes and brackets."""
    local = _local(number)
    spelled = _BETWEEN.join(local)
    country = (
        rf"(?:(?:\+?7|8|810{_BETWEEN}7|00{_BETWEEN}7){_BETWEEN})?"
        if local != _NO_DIGITS.sub("", number)
        else r"(?:\+|00|810)?"
    )
    return rf"(?<!\d){country}{spelled}(?!\d)"


def _local(number: str) -> str:
    """The digits that stand in every spelling: without the country where it is Russia."""
    digits = _NO_DIGITS.sub("", number)
    return digits[1:] if len(digits) == 11 and digits[0] == "7" else digits


def _forms(name: str) -> list[list[str]]:
    """The words of a name, and those without the patronymic; none where too few are left to tell who is meant."""
    words = _WORD.findall(name)
    short = [word for word in words if not _PATRONYMIC.fullmatch(word)]
    return [form for form in (words, *([short] if short != words else [])) if len(form) > 1]


def _in_any_order(words: Sequence[str]) -> str:
    """The words of a name in any order and grammatical case."""
    orders = permutations(words) if len(words) <= _MOST_TURNED else [words]
    return "|".join(r"\b" + r"\W+".join(map(_in_any_case, order)) + r"\b" for order in orders)


def _in_any_case(word: str) -> str:
    """“Иванов” is also found in “Иванову”; “ё” and “е” are one letter."""
    ending = _CASE_ENDING if _DECLINED.fullmatch(word) else ""
    return re.sub("[её]", "[её]", re.escape(_stem(word)), flags=re.IGNORECASE) + ending


def _stem(word: str) -> str:
    """What all grammatical cases of a Russian name begin with."""
    declined = _DECLINED.fullmatch(word)
    return declined[1] if declined else word


def _hint(words: Sequence[str]) -> str:
    """The longest piece of a name that is written alike in every spelling."""
    return max((piece for word in words for piece in re.split("[еёЕЁ]", _stem(word))), key=len)


@dataclass(frozen=True)
class Spoken:
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
    return [(found[0].lower().replace("ё", "е"), range(*found.span())) for found in _WORD.finditer(text)]


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
    """A JSON value with every text in it covered, keys too."""
    if isinstance(value, str):
        return cover(value)
    if isinstance(value, list):
        return [throughout(each, cover) for each in value]
    if isinstance(value, dict):
        return {cover(str(key)): throughout(each, cover) for key, each in value.items()}
    return value
