"""Keys out of titles: “Назвал цель” → nazval_tsel. Pure; the editor gets the same table of letters."""

import re
from collections.abc import Container

LONGEST = 48  # leaves room within the 64 a key may have, for the number that tells doubles apart
LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (*"abvgdee", "zh", *"ziyklmnoprstuf", "kh", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"),
        strict=True,
    )
)


def key_of(title: str, taken: Container[str] = (), otherwise: str = "card") -> str:
    """A key that says the title in Latin letters and is not taken; ``otherwise`` where no letter is left."""
    latin = "".join(LETTERS.get(letter, letter) for letter in title.lower())
    stem = re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:LONGEST].rstrip("_") or otherwise
    stem = stem if stem[0].isalpha() else f"{otherwise}_{stem}"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key
