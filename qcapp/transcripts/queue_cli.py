"""``qcapp transcribe`` and ``qcapp transcript``: calls are transcribed now; a transcript as a file."""

from collections.abc import Collection, Sequence

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Recording
from qcapp.core import web
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _, ngettext
from qcapp.core.supervision import stop_signals
from qcapp.transcripts import queue
from qcapp.transcripts.crew import transcribers
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.formats import Format, write
from qcapp.transcripts.models import Transcription, TranscriptionState
from qcapp.transcripts.queries import speaker_names
from qcapp.transcripts.stored import stored_transcript

LOOK_EVERY_S = 0.5
GRACE_S = 25.0


@click.command()
@click.argument("calls", nargs=-1, type=int, metavar="[CALL]…")
@click.option("--all", "everything", is_flag=True, help="Every call with a recording and no transcript.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes; default: one per core.")
@with_appcontext
def transcribe(calls: tuple[int, ...], everything: bool, workers: int | None) -> None:
    """Transcribe calls now, beside a running worker or without one.

    Calls that failed are tried again. Exit status 1 if some have failed.
    """
    if bool(calls) == everything:
        raise click.UsageError("Name the calls by number, or say --all.")
    if not transcribe_now(calls, workers):
        raise SystemExit(1)


def transcribe_now(calls: Sequence[int] = (), workers: int | None = None) -> bool:
    """Transcribe these calls, or all that have no transcript, and say how it went; False if some have failed."""
    with web.database().transaction() as session:
        wanted = _queue(session, calls or _without_transcript(session))
    if wanted:
        _work(wanted, workers or 0)
    with web.database().reading() as session:
        failed = _failures(session, wanted)
    for call_id, error in failed:
        click.echo(f"{call_id}: {error}", err=True)
    done = len(wanted) - len(failed)
    click.echo(ngettext("%(num)d call transcribed.", "%(num)d calls transcribed.", done))
    return not failed


def _without_transcript(session: Session) -> Sequence[int]:
    done = select(Transcription.call_id).where(Transcription.state == TranscriptionState.DONE)
    recorded = select(Recording.call_id).where(Recording.call_id.not_in(done))
    return session.scalars(recorded.order_by(Recording.call_id)).all()


def _queue(session: Session, call_ids: Sequence[int]) -> set[int]:
    """Queue what is not done, failed calls from the start; the numbers of those to wait for."""
    wanted = set()
    for call_id in call_ids:
        call = session.get(Call, call_id)
        if call is None:
            raise Missing(_("There is no call %(number)d.", number=call_id))
        if call.recording is None:
            raise Refused(_("Call %(number)d has no recording.", number=call_id))
        row = queue.request_transcription(session, call_id)
        if row.state is TranscriptionState.FAILED:
            queue.retry(session, call)
        if row.state is not TranscriptionState.DONE:
            wanted.add(call_id)
    return wanted


def _work(wanted: set[int], workers: int) -> None:
    """Run processes for these calls until every one is done or has failed, whoever did it."""
    crew = transcribers(web.settings(), workers, wanted)
    label = ngettext("Transcribing %(num)d call", "Transcribing %(num)d calls", len(wanted))
    with stop_signals() as stop, click.progressbar(length=1000, label=label) as bar:
        crew.start()
        try:
            while (share := _share(wanted)) < 1:
                bar.update(int(share * 1000) - bar.pos)
                if stop.wait(LOOK_EVERY_S):
                    raise click.Abort
                crew.revive()
            bar.update(1000 - bar.pos)
        finally:
            crew.stop(GRACE_S)


def _share(wanted: Collection[int]) -> float:
    """How much of the recordings is done, 0…1, by their length."""
    with web.database().reading() as session:
        rows = session.execute(
            select(Transcription.state, Transcription.progress, Recording.duration_s)
            .join(Recording, Recording.call_id == Transcription.call_id)
            .where(Transcription.call_id.in_(wanted))
        ).all()
    ended = (TranscriptionState.DONE, TranscriptionState.FAILED)
    if all(row.state in ended for row in rows):
        return 1.0
    whole: float = sum(row.duration_s for row in rows) or 1.0
    done: float = sum(row.duration_s * (1.0 if row.state in ended else row.progress) for row in rows)
    return min(done / whole, 0.999)


def _failures(session: Session, wanted: Collection[int]) -> list[tuple[int, str]]:
    rows = select(Transcription.call_id, func.coalesce(Transcription.error, "")).where(
        Transcription.call_id.in_(wanted), Transcription.state == TranscriptionState.FAILED
    )
    return [(row[0], row[1]) for row in session.execute(rows.order_by(Transcription.call_id))]


@click.command()
@click.argument("call", type=int)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.TXT.value,
    show_default=True,
)
@with_appcontext
def transcript(call: int, form: str) -> None:
    """Print the transcript of a call in its newest wording."""
    with web.database().reading() as session:
        row = session.scalar(select(Transcription).where(Transcription.call_id == call))
        if row is None or row.state is not TranscriptionState.DONE:
            raise Missing(_("Call %(number)d has no transcript.", number=call))
        names = speaker_names(row.call, row)
        text = write(
            stored_transcript(session, row), Format(form), {speaker: names[speaker] for speaker in Speaker}
        )
    click.echo(text, nl=False)
