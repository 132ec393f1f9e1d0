"""What is kept of a client, counted: shown before anything is handed out or erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.calls.personal import watched_names
from qcapp.core.i18n import _
from qcapp.core.personal import Column, ErasureFate, Hold, Holding, empty_value
from qcapp.onboarding import personal as onboarding
from qcapp.privacy import traces as elsewhere
from qcapp.privacy.holdings import HOLDINGS
from qcapp.privacy.subjects import Subject
from qcapp.reviews import personal as reviews

HOLDS: tuple[Hold, ...] = (*reviews.HOLDS, *onboarding.HOLDS)


@dataclass(frozen=True)
class Kept:
    """How much of one kind is kept."""

    name: str
    count: int


@dataclass(frozen=True)
class ClientOverview:
    """Everything kept of one subject. ``watched``: files of the exchange's folder that bear the number."""

    calls: int
    recordings: int
    oldest: datetime | None
    newest: datetime | None
    kept: tuple[Kept, ...]
    watched: tuple[str, ...]
    holds: tuple[Kept, ...]


def overview(session: Session, subject: Subject) -> ClientOverview:
    """Count what there is."""
    ids = subject.call_ids
    times = [call.started_at for call in subject.calls]
    counted = [Kept(str(each.name), _count(session, each, ids)) for each in HOLDINGS if each.columns]
    named = sum(elsewhere.found(session, subject.traces).values())
    counted.append(Kept(_("Elsewhere by number or name"), named))
    return ClientOverview(
        calls=len(ids),
        recordings=sum(call.recording is not None for call in subject.calls),
        oldest=min(times, default=None),
        newest=max(times, default=None),
        kept=tuple(each for each in counted if each.count),
        watched=tuple(watched_names(session, subject.traces.gives_away)),
        holds=tuple(Kept(str(hold.why), len(held)) for hold in HOLDS if (held := _held(session, hold, ids))),
    )


def _count(session: Session, holding: Holding, ids: Sequence[int]) -> int:
    counted = select(func.count()).select_from(holding.table).where(holding.of(ids))
    if holding.fate is ErasureFate.EMPTIED:
        counted = counted.where(or_(*(_is_filled(column) for column in holding.columns)))
    return session.scalar(counted) or 0


def _is_filled(column: Column) -> ColumnElement[bool]:
    empty = empty_value(column)
    return column != empty if isinstance(empty, str) else column.is_not(None)


def _held(session: Session, hold: Hold, ids: Sequence[int]) -> Sequence[int]:
    return session.scalars(select(Call.id).where(Call.id.in_(ids), Call.id.in_(hold.calls()))).all()
