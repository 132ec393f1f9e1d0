"""What transcripts keep of a client, and how it is let go of."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from qcapp.core.i18n import lazy
from qcapp.core.personal import ErasureFate, Holding
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Revision, Segment, Transcription, TranscriptionState

HOLDINGS = (
    Holding(
        lazy("Earlier wordings of transcripts"),
        Revision,
        (Revision.text, Revision.words),
        lambda calls: Revision.segment_id.in_(
            select(Segment.id).join(Segment.transcription).where(Transcription.call_id.in_(calls))
        ),
        ErasureFate.REMOVED,
    ),
    Holding(
        lazy("Pieces of transcripts, those taken out included"),
        Segment,
        (Segment.text, Segment.words),
        lambda calls: Segment.transcription_id.in_(
            select(Transcription.id).where(Transcription.call_id.in_(calls))
        ),
        ErasureFate.REMOVED,
    ),
    Holding(
        lazy("Names of the speakers of a call"),
        Transcription,
        (Transcription.client_name, Transcription.manager_name),
        Transcription.call_id.in_,
        ErasureFate.EMPTIED,
    ),
)


def let_go_of_work(session: Session, calls: Sequence[int]) -> None:
    """Transcribe these calls no more. Whoever works on one has lost it: what he makes of it is not saved."""
    unfinished = Transcription.call_id.in_(calls), Transcription.state != TranscriptionState.DONE
    session.execute(delete(Transcription).where(*unfinished).execution_options(synchronize_session=False))


def spoken(session: Session, calls: Sequence[int]) -> list[str]:
    """What clients said in these calls, in every wording, piece by piece: before it is erased.

    Where it is not known who spoke it may have been the client.
    """
    theirs = Transcription.call_id.in_(calls), Segment.speaker != Speaker.MANAGER
    pieces = select(Segment.text).join(Segment.transcription).where(*theirs).order_by(Segment.id)
    wordings = select(Revision.text).join(Revision.segment).join(Segment.transcription)
    return [
        *session.scalars(pieces),
        *session.scalars(wordings.where(*theirs).order_by(Revision.id)),
    ]
