"""What a term is: a value that is stored, and a label that is shown."""

from enum import StrEnum
from typing import Self


def N_(text: str) -> str:  # noqa: N802  # the name by which gettext's tools find a text to translate
    """Marks a text as one to be translated where it is shown."""
    return text


class Term(StrEnum):
    """An enumeration whose members carry a label: ``COLD = "cold", N_("cold lead")``."""

    label: str
    """English, as in the catalogues of translations."""

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
