"""Telephone numbers in texts: masked wherever they stand, and nothing else is."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.core.numbers import phone, without_numbers

DIGITS = st.text("0123456789", min_size=2, max_size=2)


@pytest.mark.parametrize(
    ("number", "whole", "masked"),
    [
        ("+79990001122", "+7 999 000-11-22", "+7 ••• •••-••-22"),
        ("+442079460958", "+44 20 7946 0958", "+44 •• •••• ••58"),
        ("74970140231", "74970140231", "•••••••••31"),
        ("anonymous", "anonymous", "anonymous"),
    ],
)
def test_a_number_is_written_for_people_and_masked(number, whole, masked):
    assert phone(number) == whole
    assert phone(number, masked=True) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("out-79990001122-201-20261006-101204-1791270724.126", "out-•••••••••22-201-20261006-101204-1791270724.126"),
        ("8 (999) 000-11-22.mp3", "• (•••) •••-••-22.mp3"),
        ("+7 (4212) 12-34-56 and 8_999_000_11_22", "+• (••••) ••-••-56 and •_•••_•••_••_22"),
        ("+7\u00a0999\u00a0000\u00a011\u00a022", "+•\u00a0•••\u00a0•••\u00a0••\u00a022"),
        ("8 999 000\u201111\u201122", "• ••• •••\u2011••\u201122"),
        ("+7 999 000 11 - 22 at 2026\u201110\u201106", "+• ••• ••• •• - 22 at 2026\u201110\u201106"),
        ("9990001122.1.wav", "••••••••22.1.wav"),
        ("+375 29 123-45-67, +375 (29) 123-45-67", "+••• •• •••-••-67, +••• (••) •••-••-67"),
        ("+380 44 123 45 67; +998 90 123 45 67", "+••• •• ••• •• 67; +••• •• ••• •• 67"),
        ("+44 20 7946 0958 or +33 1 42 68 53 00", "+•• •• •••• ••58 or +•• • •• •• •• 00"),
        ("8(4912)123456, 123-45-67, 8/495/123-45-67", "•(••••)••••56, •••-••-67, •/•••/•••-••-67"),
        ("+7 (495) 1234567; 495 1234567", "+• (•••) •••••67; ••• •••••67"),
        ("+47 20111205 and +45 20-11-12-05", "+•• ••••••05 and +•• ••-••-••-05"),
        ("8\u2060916\u200b123 45 67", "•\u2060•••\u200b••• •• 67"),
        ("8 916 123-45-67 8 916 765-43-21", "• ••• •••-••-•• • ••• •••-••-21"),
        ("2026-11-28_10-12-04_201_79990001122.wav", "2026-11-28_10-12-04_201_•••••••••22.wav"),
        ("+7 916 123-45-67 28.11.2026 10:15", "+• ••• •••-••-67 28.11.2026 10:15"),
        ("call 1791270724.126 as 2026-10-06-10-12-04.wav", "call 1791270724.126 as 2026-10-06-10-12-04.wav"),
        ("20261006101204_201_20261006.wav, row 12345", "20261006101204_201_20261006.wav, row 12345"),
    ],
)  # fmt: skip
def test_numbers_in_file_names_are_masked_but_not_times_and_ids(text, masked):
    assert without_numbers(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28 10:15:04.123456+03:00",
        "28.11.2026 10:15, 5.12.2026, 28/11/2026, 28.11.26 9:00-18:00",
        "from 2025–2026, 1-30.11.2026, 00:12:34",
        "20261128-101500-201, 202611281015",
        "150000.00 and 1 500 000 ₽, 1500000 руб., 1\u00a0500\u00a0000,00 RUB",
        "192.168.10.251 said 200, http://127.0.0.1:8000",
        "201, 202, 203; 12345 2026-11-28",
    ],
)
def test_days_times_sums_and_addresses_stay(text):
    assert without_numbers(text) == text


def test_a_short_number_is_masked_where_it_is_known():
    assert without_numbers("in-201-214365-1.wav", "214365", None) == "in-201-••••65-1.wav"
    assert without_numbers("from 2-14-365", "2-14-365") == "from •-••-•65"


@given(
    sign=st.text(" \n-,.;:*=|'/~#", min_size=0, max_size=9),
    known=st.sampled_from(["+79460127745", "89460127745", "9460127745"]),
    country=st.sampled_from(["8", "+7", ""]),
)
def test_a_number_that_is_known_is_masked_however_its_digits_are_parted(sign, known, country):
    written = sign.join([country, *"9460127745"] if country else "9460127745")
    left = without_numbers(f"call {written}.", known)
    assert re.sub(r"\D", "", left) == "45"


@given(
    code=st.sampled_from(["7", "8", "+7", "8 ", "+7-"]),
    groups=st.tuples(*[DIGITS] * 3),
    mark=st.sampled_from(["-", " ", "_", ".", "\u00a0", "\u2011", "\u2013", " - "]),
)
def test_a_russian_mobile_number_is_never_left_however_it_is_written(code, groups, mark):
    for written in (
        f"{code}9{groups[0]}0{''.join(groups)}",
        mark.join((f"{code}(9{groups[0]})", "4" + groups[0], *groups[1:])),
    ):
        left = without_numbers(f"rec {written}, 201")
        assert len(re.sub(r"\D", "", left)) <= 6, (written, left)


@given(
    digits=st.text("0123456789", min_size=7, max_size=15),
    signs=st.lists(
        st.sampled_from(
            ["", "", "", " ", "-", ".", "(", ")", "_", "/", "\u00a0", "\u2011", "\u2013", " - ", ") ", " ("]
        ),
        min_size=15,
        max_size=15,
    ),
    second=st.integers(0, 4_000_000_000),
    written=st.sampled_from(["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M:%S", "%Y%m%d-%H%M%S", "%Y-%m-%d_%H-%M-%S"]),
)
def test_a_number_with_its_country_is_never_left_and_days_are(digits, signs, second, written):
    number = "+" + "".join(digit + sign for digit, sign in zip(digits, signs, strict=False))
    at = datetime.fromtimestamp(second, UTC).strftime(written)
    left = without_numbers(f"{at}: {number}, {at}")
    assert left.startswith(f"{at}: ")
    assert left.endswith(f", {at}")
    assert len(re.findall(r"\d", left[len(at) : -len(at)])) == 2, left
