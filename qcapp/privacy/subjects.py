"""Whose data it is: clients by number or name, and the calls that are about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from qcapp.calls.models import Call, Client
from qcapp.calls.phones import e164
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.privacy.covering import Traces
from qcapp.transcripts.models import Transcription

LISTED = 50
FEWEST_LETTERS = 3


@dataclass(frozen=True)
class Subject:
    """A client, or the calls of somebody whose number is not known; with what gives him away."""

    client: Client | None
    calls: tuple[Call, ...]
    traces: Traces

    @property
    def call_ids(self) -> list[int]:
        return [call.id for call in self.calls]


def find(session: Session, asked: str) -> tuple[list[int], list[int]]:
    """Ids of the clients with this number or name, and of calls without a known client that bear the name.

    Raises Refused where that is too little to look for.
    """
    asked = " ".join(asked.split())
    phone = e164(asked)
    if phone is not None:
        known = session.scalars(select(Client.id).where(Client.phone == phone)).all()
        return list(known), _unassigned(session, phone)
    if len(asked) < FEWEST_LETTERS or asked.replace(" ", "").isdigit():
        raise Refused(
            _("Give the whole number, such as +7 916 123-45-67, or at least three letters of a name.")
        )
    named = or_(*(_contains(column, asked) for column in (Client.name, Client.company)))
    clients = session.scalars(select(Client.id).where(named).order_by(Client.id).limit(LISTED)).all()
    called = _called(session, asked)
    of_clients = [client_id for _call, client_id in called if client_id is not None]
    return list(dict.fromkeys([*clients, *of_clients])), [
        call for call, client_id in called if client_id is None
    ]


def _called(session: Session, name: str) -> Sequence[tuple[int, int | None]]:
    """Calls in whose transcript the client bears the name, each with its client where the number is known."""
    found = (
        select(Call.id, Call.client_id)
        .join(Transcription, Transcription.call_id == Call.id)
        .where(_contains(Transcription.client_name, name))
        .order_by(Call.id)
        .limit(LISTED)
    )
    return [(call, client) for call, client in session.execute(found)]


def calls_by_name(session: Session, subject: Subject) -> list[int]:
    """Other calls without a number whose client bears a name of this one: his, or a namesake's."""
    called = [each for name in subject.traces.names for each in _called(session, name)]
    return sorted({call for call, client in called if client is None} - {*subject.call_ids})


def _contains(column: InstrumentedAttribute[str | None], asked: str) -> ColumnElement[bool]:
    """Whatever the case: SQLite compares Cyrillic letters by case, so each usual spelling is asked for."""
    spellings = {asked, asked.lower(), asked.upper(), asked.capitalize(), asked.title()}
    return or_(*(column.contains(each, autoescape=True) for each in spellings))


def _unassigned(session: Session, phone: str) -> list[int]:
    """Calls with the number in one of the spellings of exchanges that are not the client's in the books."""
    digits = phone.removeprefix("+")
    spelled = {phone, digits, *(f"{prefix}{digits[1:]}" for prefix in ("8", "") if digits.startswith("7"))}
    found = select(Call.id).where(Call.client_number.in_(spelled), Call.client_id.is_(None))
    return list(session.scalars(found.order_by(Call.id)))


def subject_by_phone(session: Session, phone: str) -> Subject:
    """Everything of one number. Raises Refused where there is nothing."""
    number = e164(phone)
    if number is None:
        raise Refused(_("“%(phone)s” is no telephone number. Write it as +7 916 123-45-67.", phone=phone))
    clients, calls = find(session, number)
    if not clients and not calls:
        raise Refused(_("Nothing is kept of %(phone)s.", phone=number))
    return subject(session, clients[0] if clients else None, calls, number)


def subject(
    session: Session, client_id: int | None, others: Sequence[int] = (), number: str | None = None
) -> Subject:
    """A client with all his calls, and further calls that are his; the newest first."""
    client = session.get(Client, client_id) if client_id is not None else None
    mine = or_(Call.id.in_(others), Call.client_id == client.id) if client else Call.id.in_(others)
    listed = select(Call).where(mine, Call.text_erased_at.is_(None), Call.role_play.is_(False))
    calls = session.scalars(
        listed.options(joinedload(Call.manager), joinedload(Call.recording)).order_by(Call.started_at.desc())
    ).all()
    if client is not None and not others:
        calls = [*calls, *_calls(session, _unassigned(session, client.phone))]
    names = session.scalars(
        select(Transcription.client_name).where(
            Transcription.call_id.in_([call.id for call in calls]), Transcription.client_name.is_not(None)
        )
    ).all()
    numbers = {client.phone} if client else set()
    numbers |= {found for call in calls if call.client_number and (found := e164(call.client_number))}
    known = {client.name} if client and client.name else set()
    return Subject(
        client,
        tuple(calls),
        Traces(
            tuple(sorted(numbers | ({number} if number else set()))),
            tuple(sorted(known | {name for name in names if name})),
        ),
    )


def _calls(session: Session, ids: Sequence[int]) -> Sequence[Call]:
    return session.scalars(select(Call).where(Call.id.in_(ids))).all()


def named_calls(session: Session, ids: Sequence[int]) -> Sequence[Call]:
    """Calls whose client's number is not known, for a list of what was found."""
    listed = select(Call).where(Call.id.in_(ids), Call.text_erased_at.is_(None), Call.client_id.is_(None))
    return session.scalars(listed.options(joinedload(Call.manager)).order_by(Call.started_at)).all()


@dataclass(frozen=True)
class Listed:
    """A client in a list of what was found."""

    id: int
    number: str
    name: str | None
    company: str | None
    calls: int


def clients_of(session: Session, ids: Sequence[int]) -> list[Listed]:
    """These clients, for a list. Who finds them has the right to every number."""
    counted = select(Client, func.count(Call.id)).outerjoin(Call, Call.client_id == Client.id)
    found = session.execute(counted.where(Client.id.in_(ids)).group_by(Client.id).order_by(Client.id))
    return [Listed(each.id, each.phone, each.name, each.company, count) for each, count in found]
