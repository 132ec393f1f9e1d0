"""Numbers as exchanges write them become E.164."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.calls.phones import e164, is_extension, without_digits


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("89460152207", "+79460152207"),
        ("74970140231", "+74970140231"),
        ("+7 (495) 123-45-67", "+74951234567"),
        ("8(946)015-22-07", "+79460152207"),
        ("9161234567", "+79161234567"),
        ("810447911123456", "+447911123456"),
        ("00447911123456", "+447911123456"),
        ("+447911123456", "+447911123456"),
    ],
)
def test_it_knows_how_numbers_are_dialled_in_russia(written: str, expected: str) -> None:
    assert e164(written) == expected


@pytest.mark.parametrize(
    "written", ["", "203", "unknown", "anonymous", "112", "496123", "s", "0821XXXX8663", "*97"]
)
def test_what_cannot_be_called_from_outside_is_no_client(written: str) -> None:
    assert e164(written) is None


def test_an_extension_has_two_to_five_digits() -> None:
    assert [is_extension(number) for number in ("1", "10", "20115", "201156", "20a", "")] == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]


def test_no_digit_is_left_of_a_file_name_that_may_not_be_written_down() -> None:
    assert without_digits("in-8 (916) 123-45-67-20261006.wav") == "in-… (…) …-…-…-….wav"


@given(st.text(max_size=30))
def test_whatever_stands_there_the_answer_is_e164_or_nothing(written: str) -> None:
    number = e164(written)
    assert number is None or (number.startswith("+") and number[1:].isdigit() and e164(number) == number)
