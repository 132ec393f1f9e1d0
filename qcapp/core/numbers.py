"""Telephone numbers as text: written for people, or masked so that nobody can call or recognise them."""

import re
from datetime import datetime
from functools import lru_cache

import phonenumbers

_SHORTEST = 7  # digits; what is shorter is an extension, a day or a time
_SHORTEST_KNOWN = 5  # a number that is known to be the client's may be one of a small town
_LEFT = 2  # digits that stay to be read, so that two numbers can be told apart
_RUN = re.compile(r"\d+")
# What people and files put between the groups of a number: every kind of space and dash that stays in the line.
_APART = r"(?:[^\S\r\n]|[._()\u2010-\u2015\u2212-]){1,4}"
_GROUPS = re.compile(
    r"(?<!\d)(?!(?:19|20)\d\d[-._ \u2010-\u2015]\d\d[-._ \u2010-\u2015]\d\d(?!\d))"
    rf"(?:\+?\d{{1,3}}{_APART})?\d{{3,5}}{_APART}\d{{1,3}}{_APART}(?:\d{{4}}|\d\d{_APART}?\d\d)(?!\d)"
)
_MOMENTS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_EPOCH = re.compile(r"1\d{9}")  # seconds since 1970, from 2001 to 2033: how exchanges begin the ids of calls


@lru_cache(maxsize=10_000)
def phone(number: str, masked: bool = False) -> str:
    """A number as people write it; masked: only country code and the last two digits are left."""
    try:
        parsed = phonenumbers.parse(number)
        text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        keep = len(str(parsed.country_code))
    except phonenumbers.NumberParseException:
        text, keep = number, 0
    return _masked(text, keep) if masked else text


def without_numbers(text: str, *known: str | None) -> str:
    """The text with every telephone number in it masked, and the ``known`` ones however short they are.

    Days, times and ids made of the time, as the names of recordings hold them, stay readable.
    """
    for number in known:
        digits = "".join(_RUN.findall(number or ""))
        if len(digits) >= _SHORTEST_KNOWN:
            text = text.replace(digits, _masked(digits)).replace(str(number), _masked(str(number)))
    text = _GROUPS.sub(lambda found: _masked(found[0]), text)
    return _RUN.sub(lambda found: _masked(found[0]) if _is_number(found) else found[0], text)


def _is_number(found: re.Match[str]) -> bool:
    digits, rest = found[0], found.string[found.end() :]
    if len(digits) < _SHORTEST or (_EPOCH.fullmatch(digits) and re.match(r"\.\d", rest)):
        return False
    if (written := _MOMENTS.get(len(digits))) is None:
        return True
    try:
        return not 1990 <= datetime.strptime(digits, written).year < 2100  # noqa: DTZ007 (only whether it is one)
    except ValueError:
        return True


def _masked(text: str, keep: int = 0) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    hidden = set(digits[keep:-_LEFT])
    return "".join("•" if place in hidden else sign for place, sign in enumerate(text))
