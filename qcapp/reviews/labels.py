"""What the outcomes of calls are called, and whether the CRM's word for one means the same."""

from flask_babel import force_locale

from qcapp.core.i18n import LOCALES, label
from qcapp.terms import CallOutcome


def says_the_same(crm: str, outcome: CallOutcome) -> bool:
    """Whether the CRM's text is the outcome's key, or its label in one of our languages."""
    known = {outcome.value}
    for locale in LOCALES:
        with force_locale(locale):
            known.add(_plain(str(label(outcome))))
    return _plain(crm) in known


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())
