"""The reviews of the demo, written by hand in reviews.yaml, and its queue; made by the same services as any other."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import Call, Recording
from qcapp.calls.sides import place_manager
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.core import clock
from qcapp.demo.calendar import Calendar
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.disputes.rules import ContestedAnswer
from qcapp.reviews.disputes.service import open_dispute
from qcapp.reviews.models import ReviewState
from qcapp.reviews.queue.assignments import assign
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.rules import DraftMark, ReviewDraft
from qcapp.terms import LeadSource

REVIEWS = Path(__file__).with_name("reviews.yaml")
DISPUTE_HOURS = 48
DUE_DAYS = 3


def tell_what_exchanges_do_not_know(session: Session, folder: Path, *, by: User) -> None:
    """Lead source, number of the contact and the manager's side, from the files beside the recordings."""
    calendar = Calendar.of(session)
    for file in sorted(folder.glob("*.json")):
        facts = json.loads(file.read_text(encoding="utf-8"))
        call = call_of(session, calendar.moved(facts["file"]))
        if call is None:
            continue
        known = replace(
            facts_of(call), lead_source=LeadSource(facts["lead_source"]), contact_no=facts["contact_no"]
        )
        correct_facts(session, call, known, by=by)
        if facts["manager_channel"] is not None:
            place_manager(session, call, facts["manager_channel"], by=by)
    session.flush()


def publish_reviews(session: Session, users: dict[str, User]) -> int:
    """Make the reviews that are not there yet; the number of those made."""
    return sum(_publish_at_its_time(session, text, users) for text in told_reviews(Calendar.of(session)))


def told_reviews(calendar: Calendar) -> list[dict[str, Any]]:
    """What reviews.yaml tells, of the time of this demo."""
    text = calendar.moved(REVIEWS.read_text(encoding="utf-8"))
    told: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (keeps «yes» a text)
    return told


def _publish_at_its_time(session: Session, text: dict[str, Any], users: dict[str, User]) -> bool:
    if "published" not in text:
        return _publish(session, text, users)
    with clock.at(datetime.fromisoformat(text["published"])):
        return _publish(session, text, users)


def _publish(session: Session, text: dict[str, Any], users: dict[str, User]) -> bool:
    call = call_of(session, text["recording"])
    checklist = session.scalar(select(Checklist).where(Checklist.key == text["checklist"]))
    if call is None or checklist is None:
        return False
    reviewer = users[text["reviewer"]]
    review = service.begin_review(session, call, checklist, by=reviewer)
    if review.state is ReviewState.PUBLISHED:
        return False
    spent_s = int(text["spent_s"])
    review.created_at = clock.now() - timedelta(
        seconds=spent_s
    )  # as long ago as the work is said to have taken
    draft = ReviewDraft(
        revision=review.revision,
        window="demo",
        turn=review.turn + 1,
        answers={key: answer_of(given) for key, given in text["answers"].items()},
        marks=tuple(_mark(mark) for mark in text["marks"]),
        summary=text["summary"],
        spent_s=spent_s,
        outcome=text["outcome"],
    )
    service.save_draft(session, review, draft, by=reviewer)
    service.publish_review(session, review, by=reviewer)
    if call.manager is not None and text.get("acknowledged"):
        service.acknowledge(session, review, by=call.manager)
    if call.manager is not None and "dispute" in text:
        asked = [ContestedAnswer(item, **given) for item, given in text["dispute"].items()]
        open_dispute(session, review, asked, DISPUTE_HOURS, by=call.manager)
    return True


def fill_queue(session: Session, *, by: User, reviewer: User) -> int:
    """Queue what is neither scored nor queued: every other call for this reviewer, the rest for anybody; how many."""
    if session.scalar(select(Assignment.id).limit(1)):
        return 0
    waiting = session.scalars(
        select(Call).join(Call.recording).where(Call.scored_at.is_(None), Call.manager_id.is_not(None))
    ).all()
    due_at = clock.now() + timedelta(days=DUE_DAYS)
    assign(session, waiting[::2], reviewer=reviewer, due_at=due_at, by=by)
    assign(session, waiting[1::2], reviewer=None, due_at=due_at, by=by)
    return len(waiting)


def answer_of(given: str | dict[str, str]) -> Answer:
    """An answer as reviews.yaml writes it."""
    return Answer(given) if isinstance(given, str) else Answer(**given)


def _mark(mark: dict[str, str]) -> DraftMark:
    return DraftMark(float(mark["start_s"]), float(mark["end_s"]), mark["text"], mark["item"])


def call_of(session: Session, filename: str) -> Call | None:
    """The call of this recording, if it was imported."""
    return session.scalar(select(Call).join(Recording).where(Recording.filename == filename))
