"""Which channel of a new recording is the manager: by what the exchange wrote, else by what is usual."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.models import Call, ImportBatch, Recording, Source
from qcapp.calls.phones import is_extension
from qcapp.calls.prepare import Prepared

LATEST = 20


def manager_channel_of(
    session: Session, source: Source, prepared: Prepared, facts: ImportedFacts, batch: ImportBatch | None
) -> int | None:
    """0 or 1; None for a mixed channel, or where nothing tells."""
    if prepared.channels != 2:
        return None
    told = (
        facts.manager_channel,
        side_by_tags(prepared.tags, facts.extension),
        batch.manager_channel if batch else None,
        source.manager_channel,
    )
    for side in told:
        if side is not None:
            return side
    return _usual_side(session, source, facts.extension)


def side_by_tags(tags: dict[str, str], extension: str | None) -> int | None:
    """MikoPBX writes into its webm files which number is on which side."""
    sides = (tags.get("CALL_LEFT_NUM", ""), tags.get("CALL_RIGHT_NUM", ""))
    if extension in sides and sides[0] != sides[1]:
        return sides.index(extension)
    ours = [is_extension(number) for number in sides]
    return ours.index(True) if ours.count(True) == 1 else None


def _usual_side(session: Session, source: Source, extension: str | None) -> int | None:
    """The side this extension was on in most of its latest recordings, as people may have corrected them."""
    if extension is None:
        return None
    latest = (
        select(Recording.manager_channel)
        .join(Call)
        .where(
            Call.source_id == source.id,
            Call.manager_extension == extension,
            Recording.manager_channel.is_not(None),
        )
        .order_by(Recording.id.desc())
        .limit(LATEST)
        .subquery()
    )
    side = latest.c.manager_channel
    return session.scalar(select(side).group_by(side).order_by(func.count().desc(), side).limit(1))
