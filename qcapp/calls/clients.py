"""Whom a call was with: clients are known by their number."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.calls import phones
from qcapp.calls.importers.filenames import facts_of_name
from qcapp.calls.models import Call, Client


def client_of(session: Session, number: str) -> Client | None:
    """The client with this number, made if new; None where it cannot be called from outside."""
    phone = phones.e164(number)
    if phone is None:
        return None
    client = known_client(session, phone)
    if client is None:
        client = Client(phone=phone)
        session.add(client)
        session.flush()
    return client


def known_client(session: Session, number: str | None) -> Client | None:
    """The client with this number, if there is one."""
    phone = phones.e164(number) if number else None
    return session.scalar(select(Client).where(Client.phone == phone)) if phone else None


def numbers_of(call: Call) -> set[str]:
    """Every number the call bears, in E.164: as it is known now, as the exchange wrote it, as it stands in the name
    of the recording."""
    named = facts_of_name(call.recording.filename) if call.recording else None
    written = [call.client_number, named and named.client_number, *(call.cdr or {}).values()]
    return {phone for each in written if isinstance(each, str) and (phone := phones.e164(each))}


def forget_unused(session: Session, client: Client, call: Call) -> None:
    """Remove a client of whom no call is left. While this one bears his number, it can be given back to him."""
    session.flush()
    if client.phone in numbers_of(call):
        return
    if not session.scalar(select(exists().where(Call.client_id == client.id))):
        session.delete(client)
        session.flush()


def client_after(session: Session, before: Client | None, number: str | None) -> Client | None:
    """The client of a call whose number was ``before``'s and is this one.

    A client whose number was wrong in his only call gets the right one, unless there is a client with it already.
    """
    phone = phones.e164(number) if number else None
    if before is None or phone is None or before.phone == phone:
        return client_of(session, number) if number else None
    known = known_client(session, phone)
    if (
        known is None
        and session.scalar(select(Call.id).where(Call.client_id == before.id).limit(2).offset(1)) is None
    ):
        before.phone = phone
        return before
    return known or client_of(session, phone)
