"""The sentences of notices: subject of the e-mail and text in the product, filled with the notice's facts."""

from babel.support import LazyProxy

from qcapp.core.i18n import lazy
from qcapp.people.models import Notice

SENTENCES: dict[str, LazyProxy] = {
    "review_published": lazy("Your call of %(call)s was scored: %(score)s."),
}


def sentence(notice: Notice) -> str:
    """The notice in the language of the moment."""
    return str(SENTENCES[notice.kind]) % notice.facts
