"""What pydantic finds wrong with a document that a person writes, in sentences."""

from collections.abc import Mapping
from typing import Any

from qcapp.core.i18n import _


def sentence(kind: str, values: Mapping[str, Any], message: str) -> str:
    """What is wrong; ``kind`` and ``message`` are pydantic's, ``values`` its context with the input as ``value``."""
    if "expected" in values:
        values = {**values, "expected": str(values["expected"]).replace("'", "").replace(" or ", ", ")}
    if kind in (known := _sentences()):
        return known[kind] % values
    for beginning, what in _wanted().items():
        if kind.startswith(beginning):
            return _("here must be %(what)s.", what=what)
    return _("this cannot be understood: %(detail)s.", detail=message)


def unknown_language() -> str:
    return _("unknown language; write ru or en.")


def unknown_field(field: object) -> str:
    return _("unknown field “%(field)s”.", field=field)


def _sentences() -> dict[str, str]:
    """By pydantic's name of the error; looked up when needed, because the language is the reader's."""
    one_of = _("“%(value)s” is not possible here; write one of: %(expected)s.")
    return {
        "missing": _("this field is missing."),
        "enum": one_of,
        "literal_error": one_of,
        "string_pattern_mismatch": _(
            "“%(value)s” is no key; use small Latin letters, digits and _, beginning with a letter."
        ),
        "string_too_long": _("this text is longer than %(max_length)s characters."),
        "string_too_short": _("this text is empty."),
        "too_short": _("there must be at least one here."),
        "greater_than_equal": _("this number must be at least %(ge)s."),
        "less_than_equal": _("this number must be at most %(le)s."),
        "decimal_max_places": _("this number may have at most %(decimal_places)s decimals."),
    }


def _wanted() -> dict[str, str]:
    """What a field takes in which something of the wrong kind stands, by how pydantic's name of the error begins."""
    return {
        "string": _("a text"),
        "int": _("a whole number"),
        "decimal": _("a number"),
        "finite": _("a number"),
        "float": _("a number"),
        "bool": _("true or false"),
        "tuple": _("a list"),
        "dict": _("a text, or texts by language (ru, en)"),
        "model": _("a group of fields"),
    }
