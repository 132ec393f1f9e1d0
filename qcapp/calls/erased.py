"""Recognises what was erased or corrected when it comes again as it was.

Only keyed digests are kept of that; the key is not in the database.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.models import Call, ErasedFingerprint
from qcapp.calls.phones import e164
from qcapp.core.audit.keys import keeper_of, key_of
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.storage import original_key

SLACK_S = 2  # the times of a recording's name and of its CDR row differ by as much


class Erased(Refused):
    """What comes in was erased before; nothing of it may be written down, its file name included."""

    def __init__(self) -> None:
        super().__init__(
            _("The client's data of this call was erased, so it is not taken in again. Remove the file.")
        )


def file_digest(session: Session, key: str) -> str:
    """The fingerprint of a stored file."""
    return _digest(session, "file", key)


def path_digest(session: Session, path: str) -> str:
    """By this a file of the watched folder stays known when its name may not be."""
    return "erased/" + _digest(session, "path", path)


def was_erased(session: Session, key: str) -> bool:
    """Whether the file that was stored under this key has been erased."""
    return session.get(ErasedFingerprint, file_digest(session, key)) is not None


def refuse_erased_bytes(session: Session, sha256: str) -> None:
    """Raise ``Erased`` for a recording that was here before with the same bytes."""
    if was_erased(session, original_key(sha256)):
        raise Erased


def refuse_erased_call(call: Call | None) -> None:
    """Raise ``Erased`` for a call whose sound or texts have been erased: it takes no recording any more."""
    if call is not None and (call.sound_erased_at or call.text_erased_at):
        raise Erased


def former_call(session: Session, source_id: int, facts: ImportedFacts, moment: datetime) -> Call | None:
    """The call of these facts before it was erased or corrected: by its id, or by its second and both its numbers."""
    digests = [id_digest(session, source_id, facts.external_id)] if facts.external_id else []
    if facts.extension or facts.client_number:
        digests += _near(session, source_id, moment, facts.extension, facts.client_number)
    found = select(Call).join(ErasedFingerprint, ErasedFingerprint.call_id == Call.id)
    return session.scalar(found.where(ErasedFingerprint.digest.in_(digests)).limit(1)) if digests else None


def remember(session: Session, call: Call) -> None:
    """Recognise the call by what it is now, once its id, its start or its number is another one or gone."""
    moment = _second(call.started_at)
    digests = {id_digest(session, call.source_id, call.external_id)}
    for number in _spelled(call.client_number):
        digests.add(_numbers_digest(session, call.source_id, moment, call.manager_extension, number))
    for digest in digests:
        session.merge(ErasedFingerprint(digest=digest, call_id=call.id))


def id_digest(session: Session, source_id: int, external_id: str) -> str:
    return _digest(session, "call", str(source_id), external_id)


def _near(
    session: Session, source_id: int, moment: datetime, extension: str | None, number: str | None
) -> Iterator[str]:
    for seconds in range(-SLACK_S, SLACK_S + 1):
        at = _second(moment + timedelta(seconds=seconds))
        for spelled in _spelled(number):
            yield _numbers_digest(session, source_id, at, extension, spelled)


def _spelled(number: str | None) -> set[str]:
    """The number as it was written, and as it is written everywhere: exchange and CRM may write it differently."""
    return {number or "", (e164(number) if number else None) or number or ""}


def _numbers_digest(session: Session, source_id: int, second: int, extension: str | None, number: str) -> str:
    return _digest(session, "numbers", str(source_id), str(second), extension or "", number)


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _digest(session: Session, *parts: str) -> str:
    """Unavailable where the key is missing: with a new one nothing that was erased would be recognised."""
    keeper = keeper_of(session)
    key = keeper.read() or key_of(session) or keeper.make()
    return key.mac("erased", *parts)
