"""Background work on calls: copies for listening, the watched folder, imports nobody finished."""

import logging
from datetime import timedelta

from sqlalchemy import exists, select

from qcapp.calls.import_run import end_batch, resume_batch
from qcapp.calls.import_service import MAKE_PLAYBACK
from qcapp.calls.ingest import make_playback
from qcapp.calls.models import Call, ImportBatch, Recording
from qcapp.calls.states import BatchState, RecordingState
from qcapp.calls.watch import look_into_folder
from qcapp.core import clock
from qcapp.core.errors import Unavailable
from qcapp.core.i18n import _
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, settings, storage

log = logging.getLogger(__name__)
ABANDONED = timedelta(hours=12)
AT_ONCE = 100


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.job(MAKE_PLAYBACK, lambda recording_id: make_playback(database(), storage(), recording_id))
    queue.periodic("calls.playback_sweep", sweep_playback, minutes=5)
    queue.periodic("calls.watch", watch)
    queue.periodic("calls.finish_abandoned", finish_abandoned, minutes=30)


def sweep_playback() -> None:
    """Make the copies whose wake-up was lost. One worker after the other may come: done is done."""
    with database().reading() as session:
        waiting = select(Recording.id).where(Recording.state == RecordingState.STORED).order_by(Recording.id)
        ids = session.scalars(waiting.limit(AT_ONCE)).all()
    for recording_id in ids:
        try:
            make_playback(database(), storage(), recording_id)
        except Unavailable:
            storage().check()  # where it works otherwise this one file alone is at fault


def watch() -> None:
    look_into_folder(database(), storage(), settings())


def finish_abandoned() -> None:
    """Finish imports whose browser or process went away: the comparison with the CDR is still owed. One that cannot be
    compared is ended without it, and holds up no other."""
    long_ago = clock.now() - ABANDONED
    with database().reading() as session:
        still_coming = exists().where(Call.batch_id == ImportBatch.id, Call.created_at >= long_ago)
        open_since = select(ImportBatch).where(
            ImportBatch.state == BatchState.RUNNING, ImportBatch.started_at < long_ago, ~still_coming
        )
        abandoned = session.scalars(open_since).all()
    for batch in abandoned:
        notice = _(
            "The import broke off. Files that are not named here were not looked at: import them again, "
            "what is in is known."
        )
        try:
            resume_batch(database(), storage(), batch).finish(notices=[notice])
        except Unavailable:
            raise
        except Exception:  # whatever is wrong with this import, others wait
            log.exception("import %d could not be finished", batch.id)
            lost = _("Its CDR could not be compared. Import the CDR again: what is in is known.")
            end_batch(database(), batch.id, notices=[notice, lost])
