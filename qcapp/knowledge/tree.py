"""The tree of articles, out of places that name the one above them. Pure."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArticlePlace:
    """Where an article stands: below which other, and where among its neighbours."""

    id: int
    parent_id: int | None
    position: int


@dataclass(frozen=True, slots=True)
class Branch:
    """An article by its id, and what hangs below it, in order."""

    id: int
    branches: "tuple[Branch, ...]"


def grown(places: Iterable[ArticlePlace], shown: Container[int]) -> tuple[Branch, ...]:
    """The tree of what is shown; what hangs below something hidden takes that one's place."""
    children = _children(places)

    def below(parent: int | None) -> Iterator[Branch]:
        for place in children[parent]:
            branches = tuple(below(place.id))
            if place.id in shown:
                yield Branch(place.id, branches)
            else:
                yield from branches

    return tuple(below(None))


def flat(branches: Iterable[Branch], depth: int = 0) -> Iterator[tuple[int, int]]:
    """Depth and id of everything in the tree, from top to bottom."""
    for branch in branches:
        yield depth, branch.id
        yield from flat(branch.branches, depth + 1)


def under(places: Iterable[ArticlePlace], top: int) -> set[int]:
    """The ids of an article and of all that hangs below it."""
    children = _children(places)
    found, waiting = {top}, [top]
    while waiting:
        new = [place.id for place in children[waiting.pop()]]
        found.update(new)
        waiting += new
    return found


def shifted(neighbours: Sequence[int], which: int, by: int) -> list[int]:
    """The ids of neighbours with one of them moved up (-1) or down (+1); at the end it stays."""
    order = list(neighbours)
    at = order.index(which)
    order.insert(max(0, at + by), order.pop(at))
    return order


def _children(places: Iterable[ArticlePlace]) -> defaultdict[int | None, list[ArticlePlace]]:
    children: defaultdict[int | None, list[ArticlePlace]] = defaultdict(list)
    for place in sorted(places, key=lambda each: (each.position, each.id)):
        children[place.parent_id].append(place)
    return children
