"""The same thing said is the same thing compared, however it is written."""

import pytest

from qcapp.transcripts.evaluation.words import comparable_words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ёлка, ёж!", "елка еж"),
        ("двадцать первого октября", "21-го октября"),
        ("третий год", "3-й год"),
        ("сто двадцать пять тысяч рублей", "125 000 рублей"),
        ("сто двадцать пять тысяч рублей", "125000 рублей"),
        ("пятьюдесятью", "50"),
        ("около четырёхсот", "около 400"),
        ("тысяча сто", "1100"),
        ("две тысячи двадцать шестой", "2026"),
        ("полтора миллиона", "1,5 миллиона"),
        ("десять процентов", "10%"),
        ("в пятнадцать часов", "в 15:00 часов"),
        ("восемь девятьсот сорок шесть ноль двенадцать семьдесят семь", "8 946 012-77"),
        ("к десятому", "к 10-му"),
        ("сорока", "40"),
    ],
)
def test_numbers_and_letters_compare_equal(first: str, second: str) -> None:
    assert comparable_words(first) == comparable_words(second)


@pytest.mark.parametrize("word", ["сотрудники", "вторник", "пятница", "семейное", "двор", "стол", "сторона"])
def test_words_that_only_look_like_numbers_stay(word: str) -> None:
    assert comparable_words(word) == [word]


def test_a_long_account_number_is_read_digit_by_digit() -> None:
    assert comparable_words("4070281050000001") == comparable_words("4 0 7 0 2 8 1 0 5 0 0 0 0 0 0 1")
