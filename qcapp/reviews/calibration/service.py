"""What is done with a calibration: plan it, score blind, end the blind phase, set the reference, close; or cancel.

Nothing of it counts and nothing is undone: each step is one way and stands in the audit log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.scoring import is_valid
from qcapp.core import audit, clock
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission, demand
from qcapp.reviews import service
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.calibration import answers, queries
from qcapp.reviews.calibration.faults import faults
from qcapp.reviews.calibration.models import (
    Calibration,
    CalibrationCall,
    CalibrationReviewer,
    CalibrationState,
    ReferenceAnswer,
)
from qcapp.reviews.models import Purpose, Review, ReviewState

RUNNING = (CalibrationState.BLIND, CalibrationState.REFERENCE)


@dataclass(frozen=True, slots=True)
class AgreedAnswer:
    """The agreed answer to one item; an empty value is not decided yet."""

    value: str = ""
    comment: str = ""


def plan_calibration(
    session: Session,
    *,
    title: str,
    version: ChecklistVersion,
    calls: Sequence[Call],
    reviewers: Sequence[User],
    due_at: datetime,
    by: User,
) -> Calibration:
    """A calibration of these calls by these people on this version; ``Refused`` names everything that is wrong."""
    demand(by, Permission.CALIBRATE)
    if wrong := faults(
        session, title=title.strip(), version=version, calls=calls, reviewers=reviewers, due_at=due_at
    ):
        raise Refused(*wrong)
    now = clock.now()
    version.used_at = version.used_at or now  # from now on this wording stays as it is
    calibration = Calibration(
        title=title.strip(),
        version=version,
        facilitator=by,
        state=CalibrationState.BLIND,
        due_at=due_at,
        created_at=now,
        calls=[CalibrationCall(call=call, position=place, note="") for place, call in enumerate(calls, 1)],
        reviewers=[CalibrationReviewer(reviewer=reviewer) for reviewer in reviewers],
    )
    session.add(calibration)
    session.flush()
    _record(
        session,
        calibration,
        ReviewAction.CALIBRATION_PLANNED,
        by,
        name=calibration.title,
        checklist=version.checklist.key,
        version=version.number,
        calls=", ".join(str(call.id) for call in calls),
        reviewers=[reviewer.id for reviewer in reviewers],
    )
    _tell(session, calibration, "calibration_planned", except_for=by)
    return calibration


def begin(session: Session, calibration: Calibration, call: Call, *, by: User) -> Review:
    """The reviewer's blind review of one of the calls: the one begun before, or a new draft."""
    demand(by, Permission.REVIEW)
    lock(session, calibration)
    part = next((each for each in calibration.reviewers if each.reviewer_id == by.id), None)
    if part is None:
        raise Forbidden(
            _("Only the reviewers of this calibration score its calls. The attempt has been recorded.")
        )
    if call.id not in {each.call_id for each in calibration.calls}:
        raise Missing(_("This call is not part of the calibration."))
    mine = select(Review).where(Review.calibration_id == calibration.id, Review.call_id == call.id)
    if begun := session.scalar(mine.where(Review.reviewer_id == by.id)):
        return begun
    _demand_state(calibration, CalibrationState.BLIND)
    service.demand_unrelated(session, call, by)
    part.left_at = None  # whoever is back takes part again
    return service.new_draft(
        session,
        call,
        calibration.version,
        by=by,
        purpose=Purpose.CALIBRATION,
        calibration_id=calibration.id,
    )


def note_submission(session: Session, review_id: int) -> None:
    """A review was handed in: note who is through, and end the blind phase when everybody is."""
    review = session.get_one(Review, review_id)
    if review.purpose is not Purpose.CALIBRATION or review.calibration_id is None:
        return
    calibration = session.get_one(Calibration, review.calibration_id)
    lock(session, calibration)
    _demand_state(calibration, CalibrationState.BLIND)
    for each in calibration.reviewers:
        if each.reviewer_id == review.reviewer_id and not _missing_calls(session, calibration, each):
            each.submitted_at = review.published_at
    session.flush()
    end_if_through(session, calibration)


def end_if_through(session: Session, calibration: Calibration) -> None:
    """End the blind phase if nobody is waited for: all are through, or can score no more. Call it locked."""
    through = any(each.submitted_at for each in calibration.reviewers)
    if through and all(each.submitted_at or each.left_at for each in calibration.reviewers):
        _discard_drafts(session, calibration, None)
        _end(session, calibration, by=None, reason="")


def end_blind(session: Session, calibration: Calibration, *, by: User, reason: str = "") -> Calibration:
    """End the scoring before everybody is through, which needs a reason; unfinished drafts are removed."""
    demand(by, Permission.CALIBRATE)
    _locked_drafts(session, calibration)
    lock(session, calibration)
    _demand_state(calibration, CalibrationState.BLIND)
    if not reason.strip():
        raise Refused(_("Not everybody is through. Say why the scoring ends now."))
    _discard_drafts(session, calibration, by)
    _end(session, calibration, by=by, reason=reason.strip())
    return calibration


def cancel(session: Session, calibration: Calibration, *, by: User, reason: str) -> Calibration:
    """Give it up before its report opens: drafts are removed, what was handed in counts for nothing and is compared
    with nothing, and its reviewers may score the calls again."""
    demand(by, Permission.CALIBRATE)
    _locked_drafts(session, calibration)
    lock(session, calibration)
    if calibration.state not in RUNNING:
        _demand_state(calibration, CalibrationState.BLIND)
    if not (reason := reason.strip()):
        raise Refused(_("Say why the calibration is cancelled."))
    _discard_drafts(session, calibration, by)
    calibration.state, calibration.closed_at = CalibrationState.CANCELLED, clock.now()
    session.flush()
    _record(session, calibration, ReviewAction.CALIBRATION_CANCELLED, by, reason=reason)
    _tell(session, calibration, "calibration_cancelled", except_for=by, reason=reason)
    return calibration


def set_reference(
    session: Session,
    calibration: Calibration,
    part: CalibrationCall,
    agreed: Mapping[str, AgreedAnswer],
    *,
    note: str,
    by: User,
) -> CalibrationCall:
    """Store what was agreed about one call, whole: items that are not named lose their reference answer."""
    demand(by, Permission.CALIBRATE)
    lock(session, calibration)
    _demand_state(calibration, CalibrationState.REFERENCE)
    items = {item.key: item for item in answers.asked(session, part).items()}
    rows = {item.key: item for section in calibration.version.sections for item in section.items}
    decided = {key: given for key, given in agreed.items() if given.value}
    for key, given in decided.items():
        if key not in items or not is_valid(items[key], given.value):
            raise Refused(
                _("This checklist does not know the answer “%(value)s”. Reload the page.", value=given.value)
            )
    before = {each.item.key: each.value for each in part.reference}
    kept = {each.item_id: each for each in part.reference}
    part.reference = [
        kept.get(rows[key].id) or ReferenceAnswer(item=rows[key], value=decided[key].value, comment="")
        for key in rows
        if key in decided
    ]
    for row in part.reference:
        row.value, row.comment = decided[row.item.key].value, decided[row.item.key].comment.strip()
    part.note = note.strip()
    session.flush()
    after = {each.item.key: each.value for each in part.reference}
    changed = "; ".join(
        f"{key}: {before.get(key, '–')} → {after.get(key, '–')}"
        for key in rows
        if before.get(key) != after.get(key)
    )
    _record(
        session, calibration, ReviewAction.CALIBRATION_REFERENCE_SET, by, call=part.call_id, answers=changed
    )
    return part


def close(session: Session, calibration: Calibration, *, by: User) -> Calibration:
    """Open the report to all who took part; the reference is not changed any more."""
    demand(by, Permission.CALIBRATE)
    lock(session, calibration)
    _demand_state(calibration, CalibrationState.REFERENCE)
    if lacking := [part for part in calibration.calls if answers.undecided(session, part)]:
        raise Refused(
            *(
                _(
                    "Call %(position)d: %(n)d items have no reference answer yet.",
                    position=part.position,
                    n=len(answers.undecided(session, part)),
                )
                for part in lacking
            )
        )
    calibration.state, calibration.closed_at = CalibrationState.CLOSED, clock.now()
    session.flush()
    _record(session, calibration, ReviewAction.CALIBRATION_CLOSED, by)
    _tell(session, calibration, "calibration_closed", except_for=by)
    return calibration


def _missing_calls(session: Session, calibration: Calibration, reviewer: CalibrationReviewer) -> set[int]:
    """The calls this reviewer has not handed in."""
    done = select(Review.call_id).where(
        Review.calibration_id == calibration.id,
        Review.reviewer_id == reviewer.reviewer_id,
        Review.state == ReviewState.PUBLISHED,
    )
    return {each.call_id for each in calibration.calls} - set(session.scalars(done))


def _discard_drafts(session: Session, calibration: Calibration, by: User | None) -> None:
    """A draft left behind would keep its owner blind to the call for ever."""
    for draft in _locked_drafts(session, calibration):
        by_id = by and by.id
        audit.record(
            session, ReviewAction.REVIEW_DISCARDED, service.thing(draft), by_id=by_id, call=draft.call_id
        )
        session.delete(draft)
    session.flush()


def _locked_drafts(session: Session, calibration: Calibration) -> Sequence[Review]:
    """Also to be called before the calibration is locked: who hands in locks his review first, then the calibration."""
    drafts = select(Review).where(Review.calibration_id == calibration.id, Review.state == ReviewState.DRAFT)
    locked = drafts.order_by(Review.id).with_for_update(of=Review)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _end(session: Session, calibration: Calibration, *, by: User | None, reason: str) -> None:
    calibration.state, calibration.blind_until = CalibrationState.REFERENCE, clock.now()
    session.flush()
    _record(
        session,
        calibration,
        ReviewAction.CALIBRATION_BLIND_ENDED,
        by,
        **({"reason": reason} if reason else {}),
    )
    _tell(session, calibration, "calibration_blind_ended", except_for=by)
    if by is None:
        path, people = f"/calibrations/{calibration.id}/reference", queries.who_runs(session, calibration)
        notify_each(session, people, "calibration_all_through", path, title=calibration.title)


def _demand_state(calibration: Calibration, state: CalibrationState) -> None:
    if calibration.state is state:
        return
    sentences = {
        CalibrationState.BLIND: _("The scoring is still going on."),
        CalibrationState.REFERENCE: _("The scoring has ended; nothing more is handed in."),
        CalibrationState.CLOSED: _("This calibration is closed and is not changed any more."),
        CalibrationState.CANCELLED: _("This calibration was cancelled."),
    }
    raise Refused(sentences[calibration.state])


def lock(session: Session, calibration: Calibration) -> None:
    """Steps that arrive at once take turns; the later one sees what the earlier one did."""
    wanted = select(Calibration).where(Calibration.id == calibration.id).with_for_update(of=Calibration)
    session.scalars(wanted.execution_options(populate_existing=True)).one()


def _tell(
    session: Session, calibration: Calibration, kind: str, *, except_for: User | None, **facts: object
) -> None:
    told = (each.reviewer for each in calibration.reviewers)
    path = f"/calibrations/{calibration.id}"
    for reviewer in told:
        if except_for is None or reviewer.id != except_for.id:
            notify(session, reviewer, kind, path, title=calibration.title, **facts)


def _record(
    session: Session, calibration: Calibration, action: audit.Action, by: User | None, **facts: object
) -> None:
    audit.record(session, action, f"calibration:{calibration.id}", by_id=by.id if by else None, **facts)
