"""Whom a call was with: clients are known by their number."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.calls import phones
from qcapp.calls.models import Call, Client


def client_of(session: Session, number: str) -> Client | None:
    """The client with this number, made if new; None where it cannot be called from outside."""
    phone = phones.e164(number)
    if phone is None:
        return None
    client = session.scalar(select(Client).where(Client.phone == phone))
    if client is None:
        client = Client(phone=phone)
        session.add(client)
        session.flush()
    return client


def forget_unused(session: Session, client: Client) -> None:
    """Remove a client of whom no call is left: nothing of him is to be kept."""
    session.flush()
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
    known = session.scalar(select(Client).where(Client.phone == phone))
    if (
        known is None
        and session.scalar(select(Call.id).where(Call.client_id == before.id).limit(2).offset(1)) is None
    ):
        before.phone = phone
        return before
    return known or client_of(session, phone)
