"""The form in which two texts are compared: lower case, no punctuation, ё = е, numbers as cardinal words."""

import re

from qcapp.transcripts.evaluation.numbers import base_word, cardinal_words, join_digits

_TOKEN = re.compile(r"\d+|[^\W\d_]+")


def comparable_words(text: str) -> list[str]:
    words: list[str] = []
    for token in _TOKEN.findall(join_digits(text.lower().replace("ё", "е"))):
        words += cardinal_words(token) if token.isdigit() else base_word(token)
    return words
