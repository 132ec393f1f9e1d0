"""Whose data it is: clients by number or name, and the calls that are about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from qcapp.calls.models import Call, Client
from qcapp.calls.personal import watched_names
from qcapp.calls.phones import e164, spellings
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.privacy import traces as elsewhere
from qcapp.privacy.covering import Traces, beginnings, is_part
from qcapp.transcripts.models import Transcription

LISTED = 50
FEWEST_LETTERS = 3
MOST_DIGITS = 7  # so many are meant as a number


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
    letters, digits = (sum(map(kind, asked)) for kind in (str.isalpha, str.isdigit))
    if not letters or len(asked) < FEWEST_LETTERS or digits >= MOST_DIGITS:
        raise Refused(
            _("Give the whole number, such as +7 916 123-45-67, or at least three letters of a name.")
        )
    called = _called(session, asked)
    of_clients = [client_id for _call, client_id in called if client_id is not None]
    return list(dict.fromkeys([*_clients(session, asked), *of_clients])), [
        call for call, client_id in called if client_id is None
    ]


def find_in_texts(session: Session, asked: str) -> Subject | None:
    """Somebody whose number or name stands in texts alone, such as a number that was corrected since."""
    phone = e164(asked)
    traces = Traces(numbers=(phone,)) if phone else Traces(names=(" ".join(asked.split()),))
    return Subject(None, (), traces) if is_named(session, traces) else None


def is_named(session: Session, traces: Traces) -> bool:
    """Whether any text, or the name of a file of the exchange, gives him away."""
    return bool(elsewhere.found(session, traces) or watched_names(session, traces.gives_away))


def _clients(session: Session, name: str) -> list[int]:
    """Clients who bear the name, or whose company does."""
    columns = (Client.name, Client.company)
    likely = or_(*(_may_bear(column, name) for column in columns))
    found = session.execute(select(Client.id, *columns).where(likely).order_by(Client.id))
    bearing = (key for key, *texts in found if any(is_part(name, text or "") for text in texts))
    return list(islice(bearing, LISTED))


def _called(session: Session, name: str) -> list[tuple[int, int | None]]:
    """Calls in whose transcript the client bears the name, each with its client where the number is known."""
    found = session.execute(
        select(Call.id, Call.client_id, Transcription.client_name)
        .join(Transcription, Transcription.call_id == Call.id)
        .where(_may_bear(Transcription.client_name, name))
        .order_by(Call.id)
    )
    bearing = ((call, client) for call, client, borne in found if is_part(name, borne or ""))
    return list(islice(bearing, LISTED))


def calls_by_name(session: Session, subject: Subject) -> list[int]:
    """Other calls without a number whose client bears a name of this one: his, or a namesake's."""
    called = [each for name in subject.traces.names for each in _called(session, name)]
    return sorted({call for call, client in called if client is None} - {*subject.call_ids})


def calls_naming(session: Session, subject: Subject) -> Sequence[Call]:
    """Other calls in whose facts the number or name stands: perhaps his until somebody corrected the number."""
    ids = elsewhere.calls_naming(session, subject.traces) - {*subject.call_ids}
    found = select(Call).where(Call.id.in_(ids)).options(joinedload(Call.manager)).order_by(Call.started_at)
    return session.scalars(found.limit(LISTED)).all()


def _may_bear(column: InstrumentedAttribute[str | None], asked: str) -> ColumnElement[bool]:
    """Whether a text may hold every word, in whatever order, case and form."""
    return and_(
        true(),
        *(
            or_(*(elsewhere.has_letters(column.expression, stem) for stem in beginnings(word)))
            for word in asked.split()
        ),
    )


def _unassigned(session: Session, phone: str) -> list[int]:
    """Calls with the number in one of the spellings of exchanges that are not the client's in the books."""
    found = select(Call.id).where(Call.client_number.in_(spellings(phone)), Call.client_id.is_(None))
    return list(session.scalars(found.order_by(Call.id)))


def subject_by_phone(session: Session, phone: str) -> Subject:
    """Everything of one number. Raises Refused where there is nothing."""
    number = e164(phone)
    if number is None:
        raise Refused(_("“%(phone)s” is no telephone number. Write it as +7 916 123-45-67.", phone=phone))
    clients, calls = find(session, number)
    if clients or calls:
        return subject(session, clients[0] if clients else None, calls, number)
    if (found := find_in_texts(session, number)) is None:
        raise Refused(_("Nothing is kept of %(phone)s.", phone=number))
    return found


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
