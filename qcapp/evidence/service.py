"""What becomes of the list of forbidden phrases: one more, one less."""

from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.evidence import queries
from qcapp.evidence.audited import EvidenceAction
from qcapp.evidence.models import ForbiddenPhrase
from qcapp.evidence.phrases import key_of
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


def add_phrase(session: Session, text: str, instead: str, *, by: User) -> ForbiddenPhrase:
    """A phrase to look for from now on, in the calls of the past as well."""
    demand(by, Permission.KEEP_PHRASES)
    key = key_of(text)
    if not key:
        raise Refused(_("There is no word in this phrase."))
    if any(key_of(each.text) == key for each in queries.phrases(session)):
        raise Refused(_("The list has this phrase already; its other forms are found as well."))
    phrase = ForbiddenPhrase(text=text, instead=instead, by=by, at=clock.now())
    session.add(phrase)
    session.flush()
    audit.record(session, EvidenceAction.PHRASE_ADDED, f"phrase:{phrase.id}", by_id=by.id, phrase=text)
    return phrase


def retire_phrase(session: Session, phrase: ForbiddenPhrase, *, by: User) -> None:
    """It is no longer looked for. Retired twice is retired once."""
    demand(by, Permission.KEEP_PHRASES)
    if phrase.retired_at is not None:
        return
    phrase.retired_at = clock.now()
    session.flush()
    audit.record(
        session, EvidenceAction.PHRASE_RETIRED, f"phrase:{phrase.id}", by_id=by.id, phrase=phrase.text
    )
