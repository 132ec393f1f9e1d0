"""What people are called where somebody is chosen: by name, and whoever shares it with another one also by login."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol


class Chosen(Protocol):
    """A ``User``, or a row with these columns."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def login(self) -> str: ...


def told_apart(people: Iterable[Chosen]) -> dict[int, str]:
    """Id → name, in the given order. Where names are equal but for case, spaces and ё the login stands in brackets."""
    chosen = list(people)
    bearers = Counter(_plain(each.name) for each in chosen)
    return {
        each.id: each.name if bearers[_plain(each.name)] == 1 else f"{each.name} ({each.login})"
        for each in chosen
    }


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())
