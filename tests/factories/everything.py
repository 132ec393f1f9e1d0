"""One of each thing that an address can name, belonging to a given manager."""

import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client, ImportBatch, Source
from qcapp.calls.saved import save_view
from qcapp.calls.states import BatchOrigin, BatchState
from qcapp.checklists.models import Checklist, ChecklistVersion
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.service import hold_session
from qcapp.core import clock, local
from qcapp.core.storage import Storage
from qcapp.evidence.service import add_phrase
from qcapp.knowledge.models import Article
from qcapp.knowledge.service import create_article, publish_article
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.versions import open_draft
from qcapp.onboarding.sales.service import enter_sale
from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.onboarding.work import deliverables
from qcapp.onboarding.work.models import Deliverable
from qcapp.people import tokens
from qcapp.people.delegations import delegate
from qcapp.people.handovers import hand_over
from qcapp.people.models import Delegation, Handover, Notice, TokenScope, User
from qcapp.privacy.retention import RetentionTerms, set_rule
from qcapp.reviews import service
from qcapp.reviews.calibration.models import Calibration
from qcapp.reviews.calibration.service import plan_calibration
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.disputes.rules import ContestedAnswer
from qcapp.reviews.disputes.service import open_dispute
from qcapp.reviews.queue import assignments, draws, plans
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, PlanRun
from qcapp.reviews.queue.states import Period, PlanKind
from qcapp.reviews.recalls.models import Recall
from qcapp.reviews.rules import ReviewDraft
from qcapp.terms import CallOutcome
from qcapp.transcripts.models import Segment, Transcription
from tests.callscripts.scripts import hand_in
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import make_trainee, program_version
from tests.onboarding.working import REASONS, make_learner, typed

# arguments that name what belongs to a manager
MANAGERS = (
    "call_id",
    "segment_id",
    "review_id",
    "manager_id",
    "dispute_id",
    "recall_id",
    "talk_id",
    "coaching_task_id",
    "draft_id",
    "exam_id",
    "trainee_id",
    "deliverable_id",
    "sale_id",
)

CARD = card(section("greeting", item("hello")))


def make_everything(
    session: Session, storage: Storage, people: SimpleNamespace, manager: User
) -> dict[str, object]:
    """Argument of an address → its value for a published review of this manager's call, and all around it."""
    call = make_call(session, manager)
    recording = call.recording
    assert recording is not None
    recording.peaks_key = f"derived/{recording.sha256}.peaks.json"
    _store(storage, recording.playback_key, b"sound")
    _store(storage, recording.peaks_key, b"[0, 1]")
    version = load_card(session, CARD, by=None).version
    review = service.begin_review(session, call, version.checklist, by=people.kira)
    answered = ReviewDraft(revision=review.revision, window="one", turn=1, answers={"hello": Answer("yes")})
    service.save_draft(session, review, answered, by=people.kira)
    service.publish_review(session, review, by=people.kira)
    token, _text = tokens.issue_token(
        session, by=people.anna, user=people.anna, name="exchange", scope=TokenScope.IMPORT_CALLS
    )
    segment = session.scalars(
        select(Segment).join(Transcription).where(Transcription.call_id == call.id)
    ).first()
    assert segment is not None
    disputed, recall = _answered(session, version.checklist, people, manager)
    talk = _talk(session, people, manager)
    return {
        "call_id": call.id,
        "segment_id": segment.id,
        "review_id": review.id,
        "dispute_id": disputed.id,
        "recall_id": recall.id,
        "talk_id": talk.id,
        "coaching_task_id": talk.tasks[0].id,
        "draft_id": hand_in(session, manager).id,
        "phrase_id": add_phrase(session, f"Phrase {manager.id}", "Nothing", by=people.lidia).id,
        "trainee_id": _ended(session, manager).id,
        "deliverable_id": (handed_in := _handed_in(session, manager)).id,
        "work": handed_in.kind,
        "decision": "accept",
        "lesson": "rules",
        "sale_id": enter_sale(session, manager, sold_on=local.today(), by=manager).id,
        "exam_id": _exam(session, people, version, manager).id,
        "notice_id": session.scalars(select(Notice.id).where(Notice.user_id == manager.id)).first(),
        "up_to": 0,
        "version_id": version.id,
        "number": version.number,
        "calibration_id": _calibration(session, people, version, make_call(session, manager)).id,
        "reviewer_id": people.kira.id,
        "assignment_id": _assignment(session, people, make_call(session, manager)).id,
        "plan_id": (run := _plan_run(session, people)).plan_id,
        "run_id": run.id,
        "key": version.checklist.key,
        "item_key": "hello",
        "program_key": _program_draft(session, people),
        "batch_id": _batch(session, people.anna).id,
        "kind": "csv",
        "user_id": manager.id,
        "manager_id": manager.id,
        "team_id": manager.team_id,
        "token_id": token.id,
        "view_id": save_view(session, f"View {manager.id}", {"lead": "hot"}, by=manager).id,
        "delivery_id": _delivery(session, manager).id,
        "article_id": (article := _article(session, people, manager)).id,
        "article_key": article.key,
        "handover_id": _handover(session, people, manager).id,
        "delegation_id": _delegation(session, people).id,
        "rule_id": set_rule(
            session, RetentionTerms(None, f"outcome {manager.id}", 30, 90), by=people.olga
        ).id,
        "of": "client",
        "subject_id": _client(session, manager).id,
    }


def make_more(session: Session, people: SimpleNamespace, manager: User) -> None:
    """More of what a manager has several of: calls, disputed reviews, lost clients, talks, work in the queue."""
    version = load_card(session, CARD, by=None).version
    _answered(session, version.checklist, people, manager)
    _talk(session, people, manager)
    _calibration(session, people, version, make_call(session, manager))
    _assignment(session, people, make_call(session, manager))
    enter_sale(session, manager, sold_on=local.today(), by=manager)
    _delegation(session, people)


def _client(session: Session, manager: User) -> Client:
    client = Client(phone=f"+7916{manager.id:07}", name="Client")
    session.add(client)
    session.flush()
    make_call(session, manager, client_id=client.id)
    return client


def _program_draft(session: Session, people: SimpleNamespace) -> str:
    return open_draft(session, program_version(session).key, by=people.lidia).key


def _article(session: Session, people: SimpleNamespace, manager: User) -> Article:
    made = create_article(
        session, title="Greeting", body="Say hello.", key=f"a_{manager.id}", by=people.lidia
    )
    publish_article(session, made, by=people.lidia)
    return made


def _handover(session: Session, people: SimpleNamespace, giver: User) -> Handover:
    """One that has not begun, so that it opens nothing."""
    colleagues = select(User).where(
        User.team_id == giver.team_id, User.role == giver.role, User.id != giver.id
    )
    taker = session.scalars(colleagues).first() or (people.sveta if giver is people.max else people.max)
    soon = clock.now() + timedelta(days=30)
    return hand_over(session, giver, taker, since=soon, reason="Vacation", by=people.olga)


def _delegation(session: Session, people: SimpleNamespace) -> Delegation:
    """One that has not begun, so that it opens nothing."""
    begin, end = (clock.now() + timedelta(days=days) for days in (30, 40))
    return delegate(
        session,
        lender=people.lidia,
        holder=people.kira,
        since=begin,
        until=end,
        reason="Vacation",
        by=people.lidia,
    )


def _calibration(
    session: Session, people: SimpleNamespace, version: ChecklistVersion, call: Call
) -> Calibration:
    return plan_calibration(
        session,
        title="October",
        version=version,
        calls=[call],
        reviewers=[people.kira, people.lidia],
        due_at=clock.now() + timedelta(days=7),
        by=people.lidia,
    )


def _talk(session: Session, people: SimpleNamespace, manager: User) -> CoachingSession:
    now = clock.now()
    task = AgreedTask("Greet every client", now.date() + timedelta(days=7))
    return hold_session(session, manager, by=people.lidia, held_at=now, topic="Greeting", tasks=[task])


def _ended(session: Session, manager: User) -> Trainee:
    """An onboarding before the one of today."""
    long_ago = clock.now() - timedelta(days=30)
    earlier = make_trainee(session, manager, entered_at=long_ago)
    earlier.parted_at = long_ago + timedelta(days=9)
    session.flush()
    return earlier


def _handed_in(session: Session, manager: User) -> Deliverable:
    """The reasons of a trainee wait for the coach; the SPVE table, which is given, is still being written."""
    trainee = make_learner(session, manager)
    work = deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=manager)
    deliverables.save(session, work, typed(REASONS), by=manager)
    deliverables.submit(session, work, by=manager)
    return deliverables.open_deliverable(session, trainee, DeliverableKind.SPVE, by=manager)


def _exam(session: Session, people: SimpleNamespace, version: ChecklistVersion, manager: User) -> Exam:
    """A finished one, for which nobody moves to another stage."""
    known = current_trainee(session, manager.id)
    now = clock.now()
    exam = Exam(
        trainee=known or make_trainee(session, manager),
        number=1,
        attempt=1,
        version=version,
        coach=people.lidia,
        answers={"hello": {"value": "yes", "comment": "", "reason": ""}},
        started_at=now,
        finished_at=now,
        updated_at=now,
        mark=5.0,
        failed_items=[],
        passed=True,
    )
    session.add(exam)
    session.flush()
    return exam


def _delivery(session: Session, manager: User) -> WebhookDelivery:
    """A message to the CRM that a later one has overtaken."""
    told = {
        "event": "clearance.granted",
        "payload": {"cleared": True, "manager": {"id": manager.id, "name": manager.name}},
    }
    delivery = WebhookDelivery(manager=manager, sequence=1, address="", created_at=clock.now(), **told)
    session.add(delivery)
    session.flush()
    return delivery


def _assignment(session: Session, people: SimpleNamespace, call: Call) -> Assignment:
    due_at = clock.now() + timedelta(days=3)
    return assignments.assign(session, [call], reviewer=None, due_at=due_at, by=people.lidia)[0]


def _plan_run(session: Session, people: SimpleNamespace) -> PlanRun:
    terms = plans.PlanTerms("Key clients", PlanKind.CONTACTS, Period.MONTH, 10, Conditions(category="B"))
    plan = plans.create_plan(session, terms, by=people.lidia)
    return draws.draw(session, plan, local.today(), by=people.lidia)


def _answered(
    session: Session, checklist: Checklist, people: SimpleNamespace, manager: User
) -> tuple[Dispute, Recall]:
    """A dispute over another review of the manager's, which also says that he lost the client."""
    review = service.begin_review(session, make_call(session, manager), checklist, by=people.kira)
    bad = ReviewDraft(
        revision=review.revision,
        window="one",
        turn=1,
        answers={"hello": Answer("no", "Не поздоровался")},
        outcome=CallOutcome.MANAGERS_FAULT,
    )
    service.save_draft(session, review, bad, by=people.kira)
    service.publish_review(session, review, by=people.kira)
    dispute = open_dispute(session, review, [ContestedAnswer("hello", "yes", "Здоровался")], 48, by=manager)
    return dispute, session.scalars(select(Recall).where(Recall.review_id == review.id)).one()


def _batch(session: Session, by: User) -> ImportBatch:
    batch = ImportBatch(
        source=session.scalars(select(Source)).one(),
        origin=BatchOrigin.UPLOAD,
        by=by,
        state=BatchState.DONE,
        started_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    return batch


def _store(storage: Storage, key: str | None, content: bytes) -> None:
    assert key is not None
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        storage.put(key, Path(file.name))
