"""A reviewer takes calls out of the queue, and each taken call is begun at once.

Order of locks on PostgreSQL: the call's place in the queue, the card's version, the audit log.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.core import clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, ngettext
from qcapp.core.web import settings
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.reviews import queries, service
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.queue.assignments import lock, open_of_call, own_draft, record
from qcapp.reviews.queue.candidates import COUNTED
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import AssignmentState


def take_next(session: Session, *, by: User) -> Assignment | None:
    """The next call for this reviewer, now his and begun: one in hand on which he has written nothing, else one
    assigned to him, else one of anybody's. None: there is nothing for him."""
    _take_turns(session, by)
    if (untouched := _untouched(session, by)) is not None:
        begin(session, untouched, by=by)
        return untouched
    _demand_free_hand(session, by)
    skipped: list[int] = []
    refusal: Refused | None = None
    while (waiting := _first(session, by, skipped)) is not None:
        try:
            with session.begin_nested():
                if session.scalar(_claim(by, waiting)) is not None:
                    return _begun(session, session.get_one(Assignment, waiting, populate_existing=True), by)
        except Refused as cannot:  # no card applies, say: the calls behind it are not kept waiting
            refusal = cannot
        skipped.append(waiting)
    if refusal is not None:
        raise refusal
    return None


def take(session: Session, assignment: Assignment, *, by: User) -> Assignment:
    """Take a certain call of the queue and begin it; one's own again changes nothing."""
    service.demand_unrelated(session, assignment.call, by)
    _take_turns(session, by)
    lock(session, assignment)
    if assignment.state is AssignmentState.TAKEN and assignment.reviewer_id == by.id:
        begin(session, assignment, by=by)
        return assignment
    if not _waits_for(assignment, by):
        raise Refused(_("Somebody else has this call, or it has left the queue. Reload the page."))
    _demand_free_hand(session, by)
    session.execute(_claim(by, assignment.id))
    session.refresh(assignment)
    return _begun(session, assignment, by)


def begin(session: Session, assignment: Assignment, *, by: User) -> Review:
    """The review of a call one has taken: begun on the assignment's checklist, else on the closest fit."""
    if assignment.state is not AssignmentState.TAKEN or assignment.reviewer_id != by.id:
        raise Refused(_("Take this call first."))
    if mine := own_draft(session, assignment):
        return mine
    call = assignment.call
    usable = [card.key for card in queries.usable_cards(session, call)]
    wanted = assignment.checklist.key if assignment.checklist else None
    checklist = queries.checklist_for(session, call, wanted if wanted in usable else None)
    return service.begin_review(session, call, checklist, by=by)


def begin_by_hand(session: Session, call: Call, checklist: Checklist, *, by: User) -> Review:
    """Score a call one has found oneself: if it waits in the queue for anybody or for him, it is his now."""
    service.demand_unrelated(session, call, by)
    _take_turns(session, by)
    waiting = open_of_call(session, call.id)
    if waiting is None or not _waits_for(waiting, by) or session.scalar(select(_finished(by, call.id))):
        return service.begin_review(session, call, checklist, by=by)
    session.execute(_claim(by, waiting.id))
    session.refresh(waiting)
    review = service.begin_review(session, call, checklist, by=by)
    _come_along(session, waiting, by)
    record(session, ReviewAction.CALL_TAKEN, waiting, by=by)
    return review


def held(by: User) -> tuple[ColumnElement[bool], ...]:
    """The conditions on Assignment that keep what this person has taken and not finished."""
    return (
        Assignment.reviewer_id == by.id,
        Assignment.state == AssignmentState.TAKEN,
        ~_finished(by, Assignment.call_id),
    )


def in_hand(session: Session, call_id: int, by: User) -> Assignment | None:
    """The call's place in the queue, if this person has taken it and not finished."""
    return session.scalar(select(Assignment).where(Assignment.call_id == call_id, *held(by)))


def offered(by: User) -> tuple[ColumnElement[bool], ...]:
    """The conditions on Assignment joined with Call that keep what waits and may be scored by this person."""
    return (
        Assignment.state == AssignmentState.WAITING,
        queries.may_score(by),
        Assignment.call_id.not_in(queries.calibrated_blind(by)),
        ~_finished(by, Assignment.call_id),
    )


def in_turn(by: User) -> tuple[Any, ...]:
    """The order of the queue for this person: what he gave back comes last."""
    given_back = func.coalesce(Assignment.released_by_id, 0) == by.id
    return given_back, Assignment.priority.desc(), Assignment.due_at, Assignment.id


def _first(session: Session, by: User, skipped: list[int]) -> int | None:
    """The call to take next, locked. PostgreSQL passes over rows another is taking; on SQLite one writer waits for
    the other."""
    for whose in (Assignment.reviewer_id == by.id, Assignment.reviewer_id.is_(None)):
        first = (
            select(Assignment.id)
            .join(Call, Assignment.call_id == Call.id)
            .where(*offered(by), whose, Assignment.id.not_in(skipped))
            .order_by(*in_turn(by))
            .limit(1)
            .with_for_update(of=Assignment, skip_locked=True)
        )
        if (found := session.scalar(first)) is not None:
            return found
    return None


def _claim(by: User, which: int) -> Any:
    """One statement that asks for the state: of two who want the same call one gets it, the other nothing."""
    return (
        update(Assignment)
        .where(Assignment.id == which, Assignment.state == AssignmentState.WAITING)
        .values(state=AssignmentState.TAKEN, reviewer_id=by.id, taken_at=clock.now())
        .returning(Assignment.id)
        .execution_options(synchronize_session=False)
    )


def _begun(session: Session, assignment: Assignment, by: User) -> Assignment:
    service.demand_unrelated(session, assignment.call, by)
    begin(session, assignment, by=by)
    _come_along(session, assignment, by)
    record(session, ReviewAction.CALL_TAKEN, assignment, by=by)
    return assignment


def _come_along(session: Session, assignment: Assignment, by: User) -> None:
    """Who hears one call of a client in a plan of contacts hears them all."""
    if assignment.client_id is None:
        return
    same_manager = select(Call.id).where(Call.manager_id == assignment.call.manager_id)
    session.execute(
        update(Assignment)
        .where(
            Assignment.run_id == assignment.run_id,
            Assignment.client_id == assignment.client_id,
            Assignment.state == AssignmentState.WAITING,
            Assignment.reviewer_id.is_(None),
            Assignment.call_id.in_(same_manager),
        )
        .values(reviewer_id=by.id)
        .execution_options(synchronize_session=False)
    )


def _untouched(session: Session, by: User) -> Assignment | None:
    """A call in hand on which nothing is written: a double click brings the same one again."""
    written = exists().where(
        Review.call_id == Assignment.call_id, Review.reviewer_id == by.id, Review.revision > 0, COUNTED
    )
    found = select(Assignment).where(*held(by), ~written).order_by(Assignment.taken_at, Assignment.id)
    return session.scalar(found.limit(1))


def _demand_free_hand(session: Session, by: User) -> None:
    number = session.scalar(select(func.count()).select_from(Assignment).where(*held(by))) or 0
    if number >= settings().claim_limit:
        raise Refused(
            ngettext(
                "You have %(num)d call in hand, which is the limit. Publish it or give it back first.",
                "You have %(num)d calls in hand, which is the limit. Publish one or give one back first.",
                number,
            )
        )


def _finished(by: User, call_id: Any) -> ColumnElement[bool]:
    """Whether this person has scored the call, even if the score is not published yet."""
    return exists().where(
        Review.call_id == call_id, Review.reviewer_id == by.id, Review.state != ReviewState.DRAFT, COUNTED
    )


def _waits_for(assignment: Assignment, by: User) -> bool:
    return assignment.state is AssignmentState.WAITING and assignment.reviewer_id in (None, by.id)


def _take_turns(session: Session, by: User) -> None:
    """Two claims of one person wait for each other, so that the limit holds; a closed account gets nothing."""
    hold(session, User.id == by.id)
    demand(by, Permission.REVIEW)
