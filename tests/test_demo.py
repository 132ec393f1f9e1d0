"""The demo is made by the services of the product, and made again changes nothing."""

from pathlib import Path

from sqlalchemy import func, select

from qcapp.calls.import_options import ImportFile, ImportOptions
from qcapp.calls.import_run import import_batch
from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import load_card
from qcapp.demo.cast import add_cast
from qcapp.demo.command import RECORDINGS, SOUNDS
from qcapp.demo.published import fill_queue, publish_reviews, tell_what_exchanges_do_not_know
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.recalls.models import Recall
from qcapp.settings import ROOT


def test_reviews_a_dispute_a_recall_and_a_queue_are_there_once(app, database, session):
    users = add_cast(session)
    for file in sorted((ROOT / "checklists").glob("*.yaml")):
        load_card(session, read_card(file), by=users["qclead"])
    session.commit()
    files = [
        ImportFile(Path(path), path.name)
        for path in sorted(RECORDINGS.iterdir())
        if path.suffix.lower() in SOUNDS
    ]
    cdr = RECORDINGS / "Master.csv"
    options = ImportOptions(source="demo", timezone="Europe/Moscow", manager_channel=0, with_playback=False)
    storage = app.extensions["qcapp_storage"]
    import_batch(database, storage, files, [ImportFile(cdr, cdr.name)], options, by=users["qclead"])
    tell_what_exchanges_do_not_know(session, RECORDINGS, by=users["qclead"])

    assert publish_reviews(session, users) == 5
    assert fill_queue(session, by=users["qclead"], reviewer=users["qc"]) == len(files) - 5
    assert publish_reviews(session, users) == 0
    assert fill_queue(session, by=users["qclead"], reviewer=users["qc"]) == 0
    assert session.scalar(select(func.count(Dispute.id))) == 1
    assert session.scalar(select(func.count(Recall.id))) == 1
