"""The report of an import: what came in, what did not, and what does not fit together."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import ImportBatch, ImportRow
from qcapp.calls.states import RowKind
from qcapp.core.i18n import told

NOT_COUNTED = (RowKind.NOTICE,)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file, or a row of a CDR, that was not taken, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of one batch. `notices` are for people and not part of the JSON."""

    batch_id: int
    counts: dict[RowKind, int]
    refused: list[Refusal]
    notices: list[str]

    def as_json(self) -> dict[str, object]:
        """The shape `qcapp import --json` prints."""
        return {
            "imported": self.counts[RowKind.IMPORTED],
            "duplicates": self.counts[RowKind.DUPLICATE],
            "refused": [asdict(refusal) for refusal in self.refused],
            "cdr_without_audio": self.counts[RowKind.CDR_WITHOUT_AUDIO],
            "audio_without_cdr": self.counts[RowKind.AUDIO_WITHOUT_CDR],
            "without_manager": self.counts[RowKind.WITHOUT_MANAGER],
        }


def report_of(session: Session, batch_id: int) -> ImportReport:
    refused = session.scalars(rows_of(batch_id, RowKind.REFUSED)).all()
    notices = session.scalars(rows_of(batch_id, RowKind.NOTICE)).all()
    return ImportReport(
        batch_id=batch_id,
        counts=counts_of(session, [batch_id])[batch_id],
        refused=[Refusal(told(row.file) or "", told(row.reason) or "") for row in refused],
        notices=[told(row.reason) or "" for row in notices],
    )


def counts_of(session: Session, batch_ids: list[int]) -> dict[int, dict[RowKind, int]]:
    """How many lines of each kind every batch's report has."""
    counts = {batch_id: dict.fromkeys(RowKind, 0) for batch_id in batch_ids}
    found = session.execute(
        select(ImportRow.batch_id, ImportRow.kind, func.count())
        .where(ImportRow.batch_id.in_(batch_ids))
        .group_by(ImportRow.batch_id, ImportRow.kind)
    )
    for batch_id, kind, count in found:
        counts[batch_id][kind] = count
    return counts


def rows_of(batch_id: int, kind: RowKind | None = None) -> Select[ImportRow]:
    """The lines of a report, in the order they were written."""
    rows = select(ImportRow).where(ImportRow.batch_id == batch_id).options(joinedload(ImportRow.call))
    if kind is not None:
        rows = rows.where(ImportRow.kind == kind)
    return rows.order_by(ImportRow.id)


def batches(page: int, size: int) -> Select[ImportBatch]:
    """The latest batches first."""
    latest = select(ImportBatch).options(joinedload(ImportBatch.source), joinedload(ImportBatch.by))
    return (
        latest.order_by(ImportBatch.started_at.desc(), ImportBatch.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    )


def export_rows(session: Session, batch_id: int) -> Iterator[ImportRow]:
    """Every line of a report, without holding all of them at once."""
    yield from session.scalars(rows_of(batch_id).execution_options(yield_per=500))
