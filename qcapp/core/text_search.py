"""Words as the full-text search sees them: the same stems on every database, so that both find the same.

Russian words are reduced to their stem («договоры», «договором» → «договор»), ё counts as е, case does not count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import snowballstemmer

MAX_QUERY_WORDS = 20
LONGEST_WORD = 100  # letters; PostgreSQL refuses to look for words of more than 2 KB
_WORD = re.compile(r"[0-9a-zа-я]+")
_PHRASE = re.compile(r'"([^"]*)"|([^"]+)')
_russian = snowballstemmer.stemmer("russian")
_english = snowballstemmer.stemmer("english")


def label(key: int) -> str:
    """What a text is found by that nobody has said: no stem has a Greek letter, so none is taken for it."""
    return f"μ{key}"


def month_label(moment: datetime) -> str:
    """The label of all texts of the moment's month."""
    return _month(moment.year, moment.month)


def month_labels(moment: datetime, count: int, *, newer: bool) -> tuple[str, ...]:
    """The labels of so many months, from the moment's on to newer or older ones."""
    first = moment.year * 12 + moment.month - 1
    months = range(first, first + count) if newer else range(first, first - count, -1)
    return tuple(_month(month // 12, month % 12 + 1) for month in months)


def _month(year: int, month: int) -> str:
    return f"τ{year:04}{month:02}"


def words(text: str) -> list[str]:
    """The words of a text in lower case, with е for ё."""
    return _WORD.findall(text.lower().replace("ё", "е"))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one lower-case word; what is not a word of letters stays as it is, unless it is endless."""
    stemmer = _english if word.isascii() else _russian
    return str(stemmer.stemWord(word[:LONGEST_WORD]))


def stems(text: str) -> list[str]:
    """The stems of a text, in order."""
    return [stem(word) for word in words(text)]


def stemmed(text: str) -> str:
    """What is stored in the search column: stems separated by spaces."""
    return " ".join(stems(text))


@dataclass(frozen=True, slots=True)
class Query:
    """Phrases that must all be in the text; a phrase of one stem is a plain word.

    ``among``: groups of labels; of each group the text must bear one.
    """

    phrases: tuple[tuple[str, ...], ...]
    among: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.phrases)

    def within(self, labels: Sequence[str]) -> "Query":
        """The same in texts alone that bear one of these labels."""
        return replace(self, among=(*self.among, tuple(labels)))

    def for_fts5(self) -> str:
        """The MATCH expression of SQLite; stems hold letters and digits alone, so quoting them is safe."""
        said = " AND ".join('"' + " ".join(phrase) + '"' for phrase in self.phrases)
        return " AND ".join([said, *(f"({' OR '.join(labels)})" for labels in self.among)])

    def for_postgres(self) -> str:
        """The text of a PostgreSQL tsquery, for a cast; quoting is safe for the same reason."""
        said = " & ".join("(" + " <-> ".join(f"'{key}'" for key in phrase) + ")" for phrase in self.phrases)
        return " & ".join([said, *(f"({' | '.join(labels)})" for labels in self.among)])

    def pattern(self) -> str:
        """A regular expression that every text with one of the phrases matches, and few others.

        For any database: letters are spelled in both cases, since SQLite and some locales fold those of ASCII alone.
        """
        beginnings = [max(map(_beginning, phrase), key=len) for phrase in self.phrases]
        return "|".join(map(_in_any_case, beginnings)) if all(beginnings) else ""


def _beginning(stem: str) -> str:
    """What every word with this stem begins with: English ones may differ in the last two letters (dying, die)."""
    return stem[:-2] if stem.isascii() and not stem.isdigit() else stem


def _in_any_case(letters: str) -> str:
    return "".join("[еЕёЁ]" if each == "е" else f"[{each}{each.upper()}]" for each in letters)


def parse(text: str) -> Query:
    """«договор "цена вопроса"» → both, the quoted words side by side. Signs and empty quotes are ignored."""
    phrases: list[tuple[str, ...]] = []
    for quoted, plain in _PHRASE.findall(text):
        if found := tuple(stems(quoted)):
            phrases.append(found)
        phrases.extend((word,) for word in stems(plain))
    return Query(tuple(dict.fromkeys(phrases))[:MAX_QUERY_WORDS])


@dataclass(frozen=True, slots=True)
class Hit:
    """A found phrase: first and last place in the list of words that was searched."""

    first: int
    last: int


def find(spoken: Sequence[str], query: Query) -> list[Hit]:
    """Every place where one of the query's phrases stands in a list of spoken words, in order."""
    found: set[tuple[int, int]] = set()
    keys, places = _flatten(spoken)
    for phrase in query.phrases:
        for at in range(len(keys) - len(phrase) + 1):
            if tuple(keys[at : at + len(phrase)]) == phrase:
                found.add((places[at], places[at + len(phrase) - 1]))
    return [Hit(*hit) for hit in sorted(found)]


def _flatten(spoken: Iterable[str]) -> tuple[list[str], list[int]]:
    # One spoken "word" may hold several («что-то», «2,5») or none («–»): remember whose stem is whose.
    keys: list[str] = []
    places: list[int] = []
    for place, word in enumerate(spoken):
        for key in stems(word):
            keys.append(key)
            places.append(place)
    return keys, places
