"""Small cards for the tests of the rules, and Hypothesis strategies that make any card with answers to it."""

from decimal import Decimal

from hypothesis import strategies as st

from qcapp.checklists.card import Card, Critical, Item, ItemKind, Option, Section
from qcapp.checklists.scoring import Answer


def item(key: str, **fields: object) -> Item:
    """A yes/no item unless told otherwise."""
    return Item(key=key, title={"ru": key}, **fields)  # type: ignore[arg-type]


def scale(key: str, low: int, high: int, **fields: object) -> Item:
    return item(key, kind=ItemKind.SCALE, scale_min=low, scale_max=high, **fields)


def choice(key: str, points: dict[str, str], **fields: object) -> Item:
    options = tuple(Option(name, {"ru": name}, Decimal(value)) for name, value in points.items())
    return item(key, kind=ItemKind.CHOICE, options=options, **fields)


def text(key: str, **fields: object) -> Item:
    return item(key, **{"kind": ItemKind.TEXT, "required": False, **fields})


def section(key: str, *items: Item, weight: int | str = 1) -> Section:
    return Section(key, {"ru": key}, Decimal(weight), items)


def card(*sections: Section, **fields: object) -> Card:
    return Card(key="card", title={"ru": "Карта"}, sections=sections, **fields)  # type: ignore[arg-type]


def given(**values: str) -> dict[str, Answer]:
    return {key: Answer(value) for key, value in values.items()}


weights = st.integers(0, 50).map(lambda tenths: Decimal(tenths) / 10)
criticals = st.sampled_from(Critical)


@st.composite
def items(draw: st.DrawFn, key: str, *, plain: bool = False) -> Item:
    """Any item; ``plain`` ones are neither critical nor bonus."""
    critical = Critical.NONE if plain else draw(criticals)
    bonus = critical is Critical.NONE and not plain and draw(st.booleans())
    fields: dict[str, object] = {
        "weight": draw(weights),
        "critical": critical,
        "bonus": bonus,
        "na": True,
    }
    match draw(st.sampled_from(ItemKind)):
        case ItemKind.SCALE:
            low = draw(st.integers(0, 3))
            return scale(key, low, low + draw(st.integers(1, 8)), **fields)
        case ItemKind.CHOICE:
            points = draw(
                st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(lambda each: max(each) > 0)
            )
            return choice(key, {f"o{n}": str(value) for n, value in enumerate(points)}, **fields)
        case ItemKind.TEXT:
            return text(key)
    return item(key, **fields)


@st.composite
def cards(draw: st.DrawFn, *, plain: bool = False) -> Card:
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    return card(
        *(
            section(
                f"s{s}",
                *(draw(items(f"s{s}i{i}", plain=plain)) for i in range(count)),
                weight=str(draw(weights)),
            )
            for s, count in enumerate(shape)
        )
    )


@st.composite
def answers_to(draw: st.DrawFn, asked: Card) -> dict[str, Answer]:
    """Any answers: good, bad, N/A, none."""
    return {each.key: Answer(draw(st.sampled_from((*each.choices(), "na", "")))) for each in asked.items()}


@st.composite
def answered_cards(draw: st.DrawFn, *, plain: bool = False) -> tuple[Card, dict[str, Answer]]:
    asked = draw(cards(plain=plain))
    return asked, draw(answers_to(asked))
