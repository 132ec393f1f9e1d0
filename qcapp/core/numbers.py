"""Telephone numbers as text: written for people, or masked so that nobody can call or recognise them."""

import re
from functools import lru_cache

import phonenumbers

_SHORTEST = 7  # digits; what is shorter is an extension or a part of a time
_SHORTEST_KNOWN = 5  # a number that is known to be the client's may be one of a small town
MASK = "•"
_LEFT = 2  # digits that stay to be read, so that two numbers can be told apart
_NO_DIGITS = re.compile(r"\D")
_RUSSIAN = re.compile(r"(?:\+?7|8)\d{10}")
_ANY_SIGNS = r"[\W_]{0,12}"  # how people and programs part the digits of a number
_ENOUGH = re.compile(rf"(?:\D*+\d){{{_SHORTEST}}}")

# What stands between the groups of a number: every kind of space and dash that stays in the line, and invisible signs.
_APART = r"(?:[^\S\r\n]|[._()/*|='\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212-]){1,4}"
_LAST = rf"(?!\d|{_APART}\d)"

_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_IN_FULL = rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_HOUR, _MINUTE = r"(?:[01]\d|2[0-3])", r"[0-5]\d"
_SIGNS = ("-", "_", r"\.", "/", "[\u2010-\u2015]")
_DATE = "|".join(
    [_IN_FULL]
    + [f"{_YEAR}{sign}{_MONTH}{sign}{_DAY}" for sign in _SIGNS]
    + [f"{_DAY}{sign}{_MONTH}{sign}{_YEAR}" for sign in _SIGNS]
)
_TIME = "|".join(
    [_HOUR + _MINUTE + _MINUTE, _HOUR + _MINUTE + _LAST]
    + [f"{_HOUR}{sign}{_MINUTE}(?:{sign}{_MINUTE})?(?!{sign}?\\d)" for sign in _SIGNS]
)
_MOMENT = "|".join(
    [
        rf"{_IN_FULL}{_HOUR}{_MINUTE}(?:{_MINUTE})?",
        rf"(?:{_DATE})(?:[-_. T](?:{_TIME})(?!\d))?",
        r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,6})?",
        r"1\d{9}\.\d{1,9}",  # seconds since 1970, as the ids of exchanges begin
    ]
)
_MOMENT = rf"(?<!\d)(?:{_MOMENT})(?!\d)"
_SUM = r"(?:\d{1,9}|\d{1,3}(?:[^\S\r\n]\d{3}){1,2})(?:[.,]\d\d)?\s?(?:₽|€|\$|руб|тыс|млн|RUB|USD|EUR)"
_ADDRESS = r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)"  # of a computer
_ALONE = rf"(?<!\d)(?:{_SUM}|(?:\d{{1,6}}\.\d\d|{_ADDRESS}|{_YEAR}[-\u2013]{_YEAR}){_LAST})"

# Ten digits or more without a sign are a whole number; with "+", what looks like a day among the first ten is none.
_MORE = rf"(?:{_APART}(?!{_MOMENT})\d{{1,9}}(?!\d))*"
_DIGIT = rf"(?:{_APART})?\d"
_PLUS = rf"\+(?:\d{{10,}}|(?:{_DIGIT}){{10,}}?(?!\d){_MORE}|(?:{_DIGIT}){{7,9}}(?!\d))"
_PLAIN = rf"\d{{10,}}|\d{{1,9}}{_MORE}"
_READABLE_OR_NUMBER = re.compile(rf"(?=[+\d])(?:{_PLUS}|(?P<readable>{_MOMENT}|{_ALONE})|{_PLAIN})")


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


def local_digits(number: str) -> str:
    """The digits that stand in every spelling: without the country where it is Russia."""
    dialled = re.sub(r"[^\d+]", "", number)
    return dialled[-10:] if _RUSSIAN.fullmatch(dialled) else _NO_DIGITS.sub("", number)


def spelled(number: str) -> str:
    """A pattern for one number in whatever spelling: +7…, 8…, 7…, without the country, its digits parted by any signs.

    By it a number that is known is found wherever it is masked or covered.
    """
    local = local_digits(number)
    country = (
        rf"(?:(?:\+?7|8|810{_ANY_SIGNS}7|00{_ANY_SIGNS}7){_ANY_SIGNS})?"
        if len(local) == 10
        else r"(?:\+|00|810)?"
    )
    return rf"(?<!\d){country}{_ANY_SIGNS.join(local)}(?!\d)"


def without_numbers(text: str, *known: str | None) -> str:
    """The text with every telephone number in it masked, and the ``known`` ones however short or oddly parted.

    Days, times, ids made of the time, sums of money and addresses of computers stay readable where they can be told;
    other figures of seven digits or more, however they are parted, are taken for a number.
    """
    pattern = _known(known)
    parts, end = [], 0
    for found in pattern.finditer(text) if pattern else ():
        parts += [_without_unknown(text[end : found.start()]), _masked(found[0])]
        end = found.end()
    return "".join([*parts, _without_unknown(text[end:])])


def _without_unknown(text: str) -> str:
    return _READABLE_OR_NUMBER.sub(_as_read, text) if _ENOUGH.match(text) else text


@lru_cache(maxsize=1_000)
def _known(numbers: tuple[str | None, ...]) -> re.Pattern[str] | None:
    long_enough = {each for each in numbers if each and len(_NO_DIGITS.sub("", each)) >= _SHORTEST_KNOWN}
    return re.compile("|".join(spelled(each) for each in sorted(long_enough))) if long_enough else None


def _as_read(found: re.Match[str]) -> str:
    written = found[0]
    if found["readable"] or sum(map(str.isdigit, written)) < _SHORTEST:
        return written
    return _masked(written)


def _masked(text: str, keep: int = 0) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    hidden = set(digits[keep:-_LEFT])
    return "".join(MASK if place in hidden else sign for place, sign in enumerate(text))
