"""``qcapp demo``: an empty installation filled with sample calls, then served. Twice is the same as once."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from qcapp.calls.import_options import FileResult, ImportFile, ImportOptions
from qcapp.calls.import_run import import_batch
from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import load_card
from qcapp.core import web
from qcapp.core.i18n import _
from qcapp.demo.absences import arrange_absences
from qcapp.demo.calendar import SOURCE, ZONE, Calendar
from qcapp.demo.calibrated import calibrate
from qcapp.demo.cast import CAST, PASSWORD, add_cast
from qcapp.demo.month import add_month, words
from qcapp.demo.published import fill_queue, publish_reviews, tell_what_exchanges_do_not_know
from qcapp.demo.training import begin_training, finish_training
from qcapp.knowledge.shipped import FOLDER, load_pages, read_pages
from qcapp.ops import migrating
from qcapp.people.models import User
from qcapp.running import ADDRESS, up
from qcapp.settings import ROOT
from qcapp.transcripts.queue_cli import transcribe_now

RECORDINGS = ROOT / "audio" / "demo"
SOUNDS = {".wav", ".mp3", ".ogg"}
CDR = "Master.csv"
OPTIONS = ImportOptions(source=SOURCE, timezone=str(ZONE), manager_channel=0)


@click.command()
@click.pass_context
@with_appcontext
def demo(ctx: click.Context) -> None:
    """Fill this installation with sample calls, transcribe and score them, then serve it."""
    database = web.database()
    migrating.upgrade(database.engine)
    with database.transaction() as session:
        users = begin(session)
    import_recordings(users["qclead"], OPTIONS)
    with database.transaction() as session:
        tell_what_exchanges_do_not_know(session, RECORDINGS, by=add_cast(session)["qclead"])
    transcribe_now()  # what failed says so on its page, with a button to try again
    with database.transaction() as session:
        published, queued = finish(session)
    click.echo(_("%(n)d scored reviews published, %(queued)d calls queued.", n=published, queued=queued))
    _print_logins()
    ctx.invoke(up, bind=ADDRESS)


def begin(session: Session) -> dict[str, User]:
    """What is there before the first recording: people by login, checklists, articles, and trainees on their way."""
    users = add_cast(session)
    for file in sorted((ROOT / "checklists").glob("*.yaml")):
        load_card(session, read_card(file), by=users["qclead"])
    load_pages(session, read_pages(FOLDER))
    begin_training(session, users)
    return users


def finish(session: Session) -> tuple[int, int]:
    """What follows from the calls; how many reviews were published and how many calls queued."""
    users = add_cast(session)
    published = publish_reviews(session, users) + add_month(session, users, "practice")
    finish_training(session, users)
    published += add_month(session, users, "staff")
    calibrate(session, users, words()["calibration"])
    queued = fill_queue(session, by=users["qclead"], reviewer=users["qc"])
    arrange_absences(session, users)
    return published, queued


def import_recordings(by: User, options: ImportOptions) -> None:
    """The sample calls, with names and times of this demo."""
    with web.database().reading() as session:
        calendar = Calendar.of(session)
    sounds = [path for path in sorted(RECORDINGS.iterdir()) if path.suffix.lower() in SOUNDS]
    files = [ImportFile(path, calendar.moved(path.name)) for path in sounds]
    with TemporaryDirectory() as folder, click.progressbar(length=len(files), label=_("Importing")) as bar:
        cdr = Path(folder, CDR)
        cdr.write_text(calendar.moved((RECORDINGS / CDR).read_text(encoding="utf-8")), encoding="utf-8")

        def progress(_done: int, _all: int, _result: FileResult) -> None:
            bar.update(1)

        import_batch(
            web.database(),
            web.storage(),
            files,
            [ImportFile(cdr, CDR)],
            options,
            by=by,
            progress=progress,
        )


def _print_logins() -> None:
    click.echo(_("Log in with one of these names; the password is %(password)s", password=PASSWORD))
    for person in CAST:
        click.echo(f"  {person.login:<12} {person.role:<9} {person.name}")
