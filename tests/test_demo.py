"""The demo is made by the services of the product, and made again changes nothing."""

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Client, Recording
from qcapp.coaching.models import CoachingSession
from qcapp.core.audit import AuditEntry
from qcapp.demo import command
from qcapp.demo.command import OPTIONS, RECORDINGS, import_recordings
from qcapp.demo.published import tell_what_exchanges_do_not_know
from qcapp.evidence.models import ForbiddenPhrase
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.overdue.service import overdue_today
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import missing_for_clearance
from qcapp.people.models import Delegation, Handover, User
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.recalls.models import Recall
from qcapp.terms import Stage
from tests.onboarding.ways import worked


def test_everything_the_demo_shows_is_there_once(app, session):
    users = command.begin(session)
    assert session.scalar(select(func.count(Trainee.id))) == 7
    session.commit()
    import_recordings(users["qclead"], replace(OPTIONS, with_playback=False))
    tell_what_exchanges_do_not_know(session, RECORDINGS, by=users["qclead"])

    assert command.finish(session) == (119, 8)
    shown = what_is_shown(session)
    assert shown == {
        "manager": Stage.STAFF,
        "rozhkova": Stage.COLD_PRACTICE,
        "zorin": Stage.PRODUCT,
        "yaseneva": Stage.TECHNIQUE,
        "gromova": Stage.EXAM,
        "lapin": Stage.INTERNSHIP,
        "tikhomirov": Stage.INTERNSHIP,
        "overdue": ["rozhkova"],
        "disputes": 3,
        "recalls": 1,
        "talks": 2,
        "flags": 2,
        "phrases": 3,
        "handovers": 1,
        "stand-ins": 1,
    }
    assert named_in_the_log(session) == []
    for trainee in session.scalars(select(Trainee)):
        program, record = program_of(trainee), record_of(session, trainee)
        if record.now.stage is not Stage.STAFF:  # work in some hours to come leads everybody to clearance
            assert missing_for_clearance(program, worked(program, record, 24 * 60)) == ()
    command.begin(session)
    assert command.finish(session) == (0, 0)
    assert what_is_shown(session) == shown


def named_in_the_log(session: Session) -> list[str]:
    """People, numbers and files that the audit log names; it is to keep their ids."""
    logged = str(session.scalars(select(AuditEntry.diff)).all())
    named = [*session.scalars(select(User.name)), *session.scalars(select(Client.phone))]
    return [each for each in [*named, *session.scalars(select(Recording.filename))] if each in logged]


def what_is_shown(session: Session) -> dict[str, object]:
    """Where each trainee stands, who is overdue, and how many there are of the rest."""
    standing: dict[str, object] = {
        trainee.manager.login: trainee.stages[-1].stage for trainee in session.scalars(select(Trainee))
    }
    counted = {
        "disputes": Dispute,
        "recalls": Recall,
        "talks": CoachingSession,
        "flags": LeadFlag,
        "phrases": ForbiddenPhrase,
        "handovers": Handover,
        "stand-ins": Delegation,
    }
    return (
        standing
        | {"overdue": [late.record.trainee.manager.login for late in overdue_today(session)]}
        | {name: session.scalar(select(func.count()).select_from(model)) for name, model in counted.items()}
    )
