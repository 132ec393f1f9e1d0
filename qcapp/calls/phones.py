"""Telephone numbers: which are extensions, and E.164 for the rest."""

import re

import phonenumbers

MAX_EXTENSION_DIGITS = 5
_DIGITS = re.compile(r"\d{2,}")


def is_extension(number: str) -> bool:
    """Whether a number is one of the exchange's own: two to five digits."""
    return number.isascii() and number.isdigit() and 2 <= len(number) <= MAX_EXTENSION_DIGITS


def e164(number: str, region: str = "RU") -> str | None:
    """The number as +79991234567; None where it cannot be called from outside (extension, hidden, short).

    Numbers are checked for length alone: new area codes appear faster than libraries know them.
    """
    if is_extension(number) or not _DIGITS.search(number):
        return None
    if number.startswith("00") and len(number) > 11:
        number = "+" + number[2:]  # as trunks from abroad write it; Russia itself dials 810
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def spellings(phone: str) -> set[str]:
    """How exchanges write a number of E.164."""
    digits = phone.removeprefix("+")
    russian = digits.startswith("7") and len(digits) == 11
    return {phone, digits, *(f"{prefix}{digits[1:]}" for prefix in ("8", "") if russian)}


def without_digits(text: str) -> str:
    """A file name with "…" for all its digits, so that neither a number nor a time is left in it."""
    return re.sub(r"\d+", "…", text)
