"""Which passwords are tried first: made of common words, rows of keys, dates and what is known of their owner.

Pure rules. What is left of a password without all that has to be worth guessing.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LEFT = 5  # letters and digits that have to be left
_FILE = Path(__file__).with_name("common_passwords.txt")
_RUSSIAN, _LATIN = "йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "1q2w3e4r5t6y7u8i9o0p",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "йфяцычувскамепинртгоь",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
)
_SIGNS_FOR_LETTERS = str.maketrans("@013457$", "aoieasts")
_YEAR = re.compile(r"(?:19|20)\d\d")
_RUN = re.compile(r"(.)\1{2,}")


def guessable(password: str, *own: str | None) -> bool:
    """Whether too little is left of it without what everybody tries, as typed or with signs for letters (p@ssw0rd)."""
    typed = _plain(password)
    words = common_words() + tuple(_own_words(own))
    spoken = typed.strip("0123456789!?.,-_*# ").translate(_SIGNS_FOR_LETTERS)
    return any(_left(text, words) < LEFT for text in (typed, spoken))


@cache
def common_words() -> tuple[str, ...]:
    """The kept list, the Russian words of it typed in the Latin layout too, and pieces of rows of keys."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    listed = [_plain(line) for line in lines if line and not line.startswith("#")]
    latin = str.maketrans(_RUSSIAN, _LATIN)
    rows = [way for row in _ROWS for way in (row, row[::-1])]
    pieces = [
        row[start : start + size]
        for row in rows
        for size in range(3, 7)
        for start in range(len(row) - size + 1)
    ]
    return tuple(listed + [word.translate(latin) for word in listed] + pieces)


def _own_words(own: Iterable[str | None]) -> Iterable[str]:
    """The login, name and address as they are, and every word of them."""
    for known in own:
        if known:
            plain = _plain(known)
            yield plain
            yield from (word for word in re.split(r"\W|_", plain) if len(word) > 2)


def _left(text: str, words: tuple[str, ...]) -> int:
    """How many letters and digits are left without the words, years and repeated characters."""
    found = sorted({word for word in words if word in text}, key=len, reverse=True)
    for word in found:
        text = text.replace(word, " ")
    return sum(sign.isalnum() for sign in _RUN.sub(" ", _YEAR.sub(" ", text)))


def _plain(text: str) -> str:
    return text.casefold().replace("ё", "е")
