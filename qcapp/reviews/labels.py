"""What the outcomes of calls are called, and whether the CRM's word for one means the same."""

from flask_babel import force_locale

from qcapp.core.i18n import LOCALES, lazy
from qcapp.reviews.models import Outcome

OUTCOMES = {
    Outcome.NEXT_STEP: lazy("Next step agreed"),
    Outcome.SALE: lazy("Sale"),
    Outcome.THINKING: lazy("Client is thinking"),
    Outcome.NOT_OUR_CLIENT: lazy("Refusal: not our client"),
    Outcome.NO_MONEY: lazy("Refusal: no money"),
    Outcome.NO_NEED: lazy("Refusal: no need"),
    Outcome.COMPETITOR: lazy("Refusal: chose a competitor"),
    Outcome.WRONG_PERSON: lazy("Not the person who decides"),
    Outcome.MANAGERS_FAULT: lazy("Lost by the manager's fault"),
}


def says_the_same(crm: str, outcome: Outcome) -> bool:
    """Whether the CRM's text is the outcome's key, or its label in one of our languages."""
    known = {outcome.value}
    for locale in LOCALES:
        with force_locale(locale):
            known.add(_plain(str(OUTCOMES[outcome])))
    return _plain(crm) in known


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())
