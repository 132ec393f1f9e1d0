"""What happens to calls in the queue: put in, given back, handed on, taken out, done. Taking stands in claims.py."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.core import audit, clock
from qcapp.core.autosave import Seen
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.core.jobs import wake
from qcapp.people.models import User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.reviews import service
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.calibration.models import CalibrationCall
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.queries import calibrated_blind
from qcapp.reviews.queue.candidates import COUNTED
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import OPEN, AssignmentState

REFILL = "queue.refill"


def follow_client(session: Session, call_id: int) -> None:
    """A call was with another client than had been written down: it is heard together with that one's."""
    drawn = update(Assignment).where(Assignment.call_id == call_id, Assignment.client_id.is_not(None))
    client_id = session.get_one(Call, call_id).client_id
    session.execute(drawn.values(client_id=client_id).execution_options(synchronize_session="fetch"))


def assign(
    session: Session,
    calls: Collection[Call],
    *,
    reviewer: User | None,
    due_at: datetime,
    by: User,
    priority: int = 0,
    checklist: Checklist | None = None,
    why: str = "",
) -> list[Assignment]:
    """Put calls into the queue of this reviewer, or of anybody. All of them, or none and the reasons."""
    demand(by, Permission.PLAN)
    reasons = [reason for call in calls if (reason := _against(session, call, reviewer))]
    if reasons:
        raise Refused(*dict.fromkeys(reasons))
    now = clock.now()
    made = [
        Assignment(
            call=call,
            reviewer=reviewer,
            checklist=checklist,
            state=AssignmentState.WAITING,
            priority=priority,
            due_at=due_at,
            why=why,
            created_by=by,
            created_at=now,
        )
        for call in sorted(calls, key=lambda call: call.id)
    ]
    try:
        with session.begin_nested():
            session.add_all(made)
    except IntegrityError:  # the index of open calls: somebody was faster
        raise Refused(_("One of these calls has just been put into the queue. Reload the page.")) from None
    for each in made:
        record(session, ReviewAction.CALL_QUEUED, each, by=by, reviewer=reviewer.id if reviewer else None)
    if reviewer is not None and reviewer.id != by.id:
        notify(session, reviewer, "calls_assigned", "/queue", num=len(made))
    return made


def assign_fitting(
    session: Session,
    calls: Collection[Call],
    *,
    reviewer: User | None,
    due_at: datetime,
    by: User,
    priority: int = 0,
) -> tuple[list[Assignment], dict[str, list[Call]]]:
    """Put those of the calls into the queue that can be, and say of the others, by reason, why not."""
    demand(by, Permission.PLAN)
    fitting: list[Call] = []
    refused: dict[str, list[Call]] = {}
    for call in calls:
        reason = _against(session, call, reviewer)
        (refused.setdefault(reason, []) if reason else fitting).append(call)
    if not fitting:
        return [], refused
    made = assign(session, fitting, reviewer=reviewer, due_at=due_at, by=by, priority=priority)
    return made, refused


def complete(session: Session, review_id: int) -> None:
    """A published review closes its call's place in the queue, whoever made it."""
    review = session.get_one(Review, review_id)
    if review.purpose is not Purpose.COUNTED:
        return
    found = open_of_call(session, review.call_id)
    if found is None:
        return
    found.state, found.done_at = AssignmentState.DONE, clock.now()
    found.review, found.reviewer = review, review.reviewer
    session.flush()
    record(session, ReviewAction.CALL_DONE, found, by=review.reviewer)


def release(session: Session, assignment: Assignment, *, by: User, discard: Seen | None = None) -> Assignment:
    """Give a taken call back to everybody. What one has written on it is removed first, or now with ``discard``."""
    demand(by, Permission.REVIEW)
    _lock_with_draft(session, assignment)
    _demand_holder(assignment, by)
    _leave(session, assignment, by, discard=discard)
    assignment.state, assignment.reviewer, assignment.taken_at = AssignmentState.WAITING, None, None
    assignment.released_by_id = by.id
    session.flush()
    record(session, ReviewAction.CALL_RELEASED, assignment, by=by)
    return assignment


def reassign(
    session: Session, assignment: Assignment, *, reviewer: User | None, reason: str, by: User
) -> Assignment:
    """Hand a call to another reviewer or to anybody, even while somebody is at it; his draft stays his."""
    demand(by, Permission.PLAN)
    reason = _reason(reason)
    lock(session, assignment)
    _demand_open(assignment)
    if reviewer is not None and (against := _unfit(session, assignment.call, reviewer)):
        raise Refused(against)
    before = assignment.reviewer
    assignment.state, assignment.reviewer, assignment.taken_at = AssignmentState.WAITING, reviewer, None
    assignment.why, assignment.released_by_id = reason, None
    session.flush()
    change = audit.change(before and before.id, reviewer and reviewer.id)
    record(session, ReviewAction.CALL_REASSIGNED, assignment, by=by, reviewer=change, reason=reason)
    if reviewer is not None and reviewer.id != by.id:
        notify(session, reviewer, "calls_assigned", "/queue", num=1)
    return assignment


def remove(
    session: Session, assignment: Assignment, *, reason: str, by: User, discard: Seen | None = None
) -> Assignment:
    """Take a call out of the queue, with a reason; a plan replaces it. Its reviewer may, and who plans.

    What he has written on it is removed first, or now with ``discard``.
    """
    demand(by, Permission.REVIEW)
    reason = _reason(reason)
    _lock_with_draft(session, assignment)
    _demand_open(assignment)
    if not allowed(session, by, Permission.PLAN, assignment.call.manager_id):
        _demand_holder(assignment, by)
    if assignment.reviewer_id == by.id and assignment.state is AssignmentState.TAKEN:
        _leave(session, assignment, by, discard=discard)
    assignment.state, assignment.why = AssignmentState.REMOVED, reason
    session.flush()
    record(session, ReviewAction.CALL_REMOVED, assignment, by=by, reason=reason)
    if assignment.run_id is not None:
        wake(session, REFILL, assignment.run_id)
    return assignment


def lock(session: Session, assignment: Assignment) -> None:
    """Two deeds with one call take turns; the later one sees what the earlier one did."""
    wanted = select(Assignment).where(Assignment.id == assignment.id).with_for_update(of=Assignment)
    session.scalars(wanted.execution_options(populate_existing=True)).one()


def _lock_with_draft(session: Session, assignment: Assignment) -> None:
    """What its reviewer has written as well, and that first: so does whoever publishes it."""
    draft = _own_drafts(assignment).with_for_update(of=Review)
    session.scalars(draft.execution_options(populate_existing=True)).all()
    lock(session, assignment)


def open_among(session: Session, ids: Collection[int]) -> list[Assignment]:
    """Those of these ids that are still open, all locked before anything is recorded: who claims one now waits for
    nobody who waits for him."""
    found = (
        select(Assignment).where(Assignment.id.in_(ids), Assignment.state.in_(OPEN)).order_by(Assignment.id)
    )
    return list(
        session.scalars(found.with_for_update(of=Assignment).execution_options(populate_existing=True))
    )


def open_of_call(session: Session, call_id: int) -> Assignment | None:
    """The call's place in the queue, locked; None: it has none."""
    found = select(Assignment).where(Assignment.call_id == call_id, Assignment.state.in_(OPEN))
    return session.scalar(found.with_for_update(of=Assignment).execution_options(populate_existing=True))


def own_draft(session: Session, assignment: Assignment) -> Review | None:
    """The draft its reviewer has begun on the call."""
    return session.scalars(_own_drafts(assignment)).first()


def _own_drafts(assignment: Assignment) -> Select[Review]:
    return (
        select(Review)
        .where(
            Review.call_id == assignment.call_id,
            Review.reviewer_id == assignment.reviewer_id,
            Review.state == ReviewState.DRAFT,
            COUNTED,
        )
        .order_by(Review.id)
    )


def _leave(session: Session, assignment: Assignment, by: User, *, discard: Seen | None) -> None:
    """Remove the draft of a call one gives up; a written one only if the person has said so, and has seen it all."""
    draft = own_draft(session, assignment)
    if draft is None:
        return
    if service.has_content(draft) and discard is None:
        raise Refused(
            _("You have written on this call already. Publish the review, or remove its draft first.")
        )
    service.discard_draft(session, draft, by=by, seen=discard)


def _demand_open(assignment: Assignment) -> None:
    if assignment.state not in OPEN:
        raise Refused(_("This call has left the queue already."))


def _demand_holder(assignment: Assignment, by: User) -> None:
    _demand_open(assignment)
    if assignment.reviewer_id != by.id:
        raise Forbidden(_("Only its reviewer can do this. The attempt has been recorded."))
    if assignment.state is not AssignmentState.TAKEN:
        raise Refused(_("Take this call first."))


def _against(session: Session, call: Call, reviewer: User | None) -> str | None:
    """Why a call cannot be put into the queue."""
    if call.recording is None:
        return _("This call has no recording, so there is nothing to score.")
    if call.role_play:
        return _("This is the recording of an exam, which its coach scores.")
    if open_of_call(session, call.id) is not None:
        return _("This call is in the queue already.")
    return _unfit(session, call, reviewer) if reviewer else None


def _unfit(session: Session, call: Call, reviewer: User) -> str | None:
    """Why this person cannot score this call."""
    if not allowed(session, reviewer, Permission.REVIEW, call.manager_id):
        return _("%(name)s cannot score calls.", name=reviewer.name)
    if service.relation_to(session, call, reviewer) is not None:
        return _("%(name)s cannot score calls of his own team.", name=reviewer.name)
    if session.scalar(calibrated_blind(reviewer).where(CalibrationCall.call_id == call.id)) is not None:
        return _(
            "%(name)s scores this call blind in a calibration that is still going on.", name=reviewer.name
        )
    return None


def _reason(text: str) -> str:
    if not (stripped := text.strip()):
        raise Refused(_("Say why: it is kept with the call."))
    return stripped


def record(
    session: Session, action: audit.Action, assignment: Assignment, *, by: User | None, **facts: Any
) -> None:
    """The deed in the audit log; ``by`` None: nobody's, it followed from something else."""
    audit.record(
        session,
        action,
        f"assignment:{assignment.id}",
        by_id=by and by.id,
        call=assignment.call_id,
        **facts,
    )
