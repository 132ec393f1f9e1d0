"""The deeds of people with one client's data: each needs its right, and is written into the audit log."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import audit
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.privacy.audited import PrivacyAction
from qcapp.privacy.erasing import Order, erase
from qcapp.privacy.models import Erasure
from qcapp.privacy.overview import HOLDS
from qcapp.privacy.subjects import Subject, find, find_in_texts, is_named

SEARCH = "client:search"


@dataclass(frozen=True)
class Found:
    """Ids of clients and calls with a number or name; ``in_texts``: he is none of them, but texts name him."""

    clients: list[int]
    calls: list[int]
    in_texts: Subject | None


def find_client(session: Session, asked: str, *, by: User) -> Found:
    """Look for a number or a name. What was asked is not written down, what was found is."""
    demand(by, Permission.FIND_CLIENTS)
    clients, calls = find(session, asked)
    in_texts = None if clients or calls else find_in_texts(session, asked)
    audit.record(session, PrivacyAction.CLIENT_SEARCHED, SEARCH, by_id=by.id, clients=clients, calls=calls)
    return Found(clients, calls, in_texts)


def note_handing_out(session: Session, subject: Subject, *, by: User | None) -> None:
    """Say in the log that everything about a client was taken out as a file; ``by`` is None on the host."""
    if by is not None:
        demand(by, Permission.HAND_OUT_CLIENTS)
        demand(by, Permission.EXPORT)
    about, calls = _thing(subject), sorted(subject.call_ids)
    audit.record(session, PrivacyAction.CLIENT_HANDED_OUT, about, by_id=by.id if by else None, calls=calls)


def erase_client(session: Session, subject: Subject, *, by: User | None, reason: str = "") -> Erasure:
    """Erase everything about a client; ``by`` is None on the host.

    Raises Refused where something speaks against it and no reason is given.
    """
    if by is not None:
        demand(by, Permission.ERASE_CLIENTS)
    if not subject.calls and subject.client is None and not is_named(session, subject.traces):
        raise Refused(_("Nothing is kept of this client any more."))
    reason = subject.traces.cover(" ".join(reason.split()))
    if not reason and (against := reasons_against(session, subject)):
        raise Refused(
            _("There are calls that should be kept longer. Say why they are erased all the same:"), *against
        )
    ids = subject.call_ids
    order = Order(ids, ids, subject.traces, by_id=by.id if by else None, reason=reason)
    return erase(session, order)


def reasons_against(session: Session, subject: Subject) -> list[str]:
    """Why some of the calls should be kept longer."""
    return [
        str(hold.why)
        for hold in HOLDS
        if session.scalar(
            select(Call.id).where(Call.id.in_(subject.call_ids), Call.id.in_(hold.calls())).limit(1)
        )
    ]


def _thing(subject: Subject) -> str:
    if subject.client is not None:
        return f"client:{subject.client.id}"
    return f"call:{subject.call_ids[0]}" if subject.calls else SEARCH
