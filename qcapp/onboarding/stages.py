"""What moves a manager along the way: the beginning, the next stage, back to the first, and out of it."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallCorrection
from qcapp.callscripts.models import ScriptDraft
from qcapp.core import audit, clock, events, local
from qcapp.core.errors import Refused
from qcapp.core.formats import day
from qcapp.core.i18n import _
from qcapp.core.periods import midnight
from qcapp.core.web import settings
from qcapp.onboarding import news, rules, standing
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.clearance.notices import tell_of_readiness
from qcapp.onboarding.current import current_trainee, may_begin_again, was_parted_with
from qcapp.onboarding.events import StandingChanged
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.overtaken import Overtaken
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.program.plan import WAY
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.states import ProgramState, Result
from qcapp.people.at_work import demand_works_here, works_here
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission, demand, may_train
from qcapp.people.queries import holders_of
from qcapp.reviews.changes import former_manager
from qcapp.reviews.models import Review
from qcapp.terms import Stage

EARLIER = timedelta(days=365)
"""How long before the account was added an onboarding may have begun: the past is written down at the start."""


def begin_onboarding(
    session: Session,
    manager: User,
    *,
    by: User,
    program: ProgramVersion,
    coach: User | None = None,
    started_on: date | None = None,
    reason: str = "",
) -> Trainee:
    """Send a manager on the way by a program in force, from today or from a day that has been.

    Once more, if an onboarding has ended or was interrupted: that one is history, and nothing made in it counts. One
    that still goes on ends with it, for a reason.
    """
    demand(by, Permission.RUN_ONBOARDING, session=session, manager_id=manager.id)
    hold(session, User.id == manager.id)
    started_on = started_on or local.today()
    earlier = current_trainee(session, manager.id)
    if earlier is not None:
        lock(session, earlier.id)
        if earlier.parted_at is None and may_begin_again(earlier) and not reason.strip():
            raise Refused(
                _("Say why the onboarding that goes on is to end: nothing made in it counts any more.")
            )
        if was_parted_with(earlier) and not reason.strip():
            raise Refused(_("Say why another one begins: it was decided to part with this trainee."))
    session.refresh(program, with_for_update={"read": True})  # nobody takes it out of force until the commit
    _demand_new(manager, program, started_on, earlier)
    _demand_coach(session, coach, manager.id)
    if earlier is not None and earlier.parted_at is None:
        now = earlier.stages[-1]
        enter_stage(session, earlier, None, result=Result.BEGUN_ANEW, attempt=now.attempt, why=reason, by=by)
    trainee = Trainee(manager=manager, program=program, started_on=started_on)
    session.add(trainee)
    ended = earlier.parted_at if earlier else None
    trainee.stages.append(StageRecord(stage=WAY[0], attempt=1, entered_at=_beginning(started_on, ended)))
    session.flush()
    audit.record(
        session,
        OnboardingAction.ONBOARDING_BEGUN,
        _thing(trainee),
        by_id=by.id,
        manager=manager.id,
        started_on=str(started_on),
        version=program.number,
        **({"reason": reason.strip()} if reason.strip() else {}),
    )
    notify(session, manager, "onboarding_begun", news.path(trainee))
    if earlier is not None and was_parted_with(earlier):
        deciders = [each for each in holders_of(session, Permission.CLEAR) if each is not by]
        facts = {"manager": manager.name, "by": by.name, "why": reason.strip()}
        notify_each(session, deciders, "trainee_taken_back", news.path(trainee), **facts)
    if coach is not None:
        give_coach(session, trainee, coach, by=by)
    begun = {"stage": WAY[0].value, "coach": coach.name if coach else None}
    news.tell_head(session, trainee, "trainee_begun" if coach else "trainee_begun_alone", **begun)
    progress(session, trainee.id)
    standing.note_stages(session, manager.id, trainee.stages[0].entered_at)
    events.emit(session, StandingChanged(manager.id))
    return trainee


def choose_coach(session: Session, trainee: Trainee, coach: User | None, *, by: User) -> None:
    """Who trains the manager and holds the exam; None: nobody yet.

    Until the onboarding ends, a coach of any team may do with this trainee what he may do in his own team.
    """
    demand(by, Permission.RUN_ONBOARDING, session=session, manager_id=trainee.manager_id)
    hold(session, User.id == trainee.manager_id)
    demand_works_here(trainee.manager)
    lock(session, trainee.id)
    if trainee.parted_at is not None:
        raise Refused(_("This onboarding is over."))
    if coach is trainee.coach:
        return
    _demand_coach(session, coach, trainee.manager_id)
    give_coach(session, trainee, coach, by=by)
    kind = "trainee_coach_chosen" if coach else "trainee_left_alone"
    news.tell_head(session, trainee, kind, coach=coach.name if coach else None)


def progress(session: Session, trainee_id: int) -> None:
    """Something that conditions look at has changed: on to the next stage as far as everything is met."""
    trainee = lock(session, trainee_id)
    _go_on(session, trainee)
    if trainee.stages[-1].stage is not WAY[-1] or trainee.parted_at is not None:
        return
    record = record_of(session, trainee)
    if not rules.missing_for_clearance(program_of(trainee), record) and not rules.refusal_stands(record):
        tell_of_readiness(session, trainee)


def follow_draft(session: Session, draft_id: int) -> None:
    """A draft of a script was decided upon."""
    _follow(session, session.get_one(ScriptDraft, draft_id).script.manager_id)


def follow_review(session: Session, review_id: int) -> None:
    """A score was published, or is another one now."""
    _follow(session, session.get_one(Review, review_id).manager_id)


def follow_call(session: Session, call_id: int) -> None:
    """What is known of a call was corrected: with a score it may count for another stage, or no longer."""
    call = session.get_one(Call, call_id)
    if call.scored_at is not None:
        _follow(session, call.manager_id)


def follow_former_manager(session: Session, correction_id: int) -> None:
    """A score that counted for him belongs to another manager now."""
    former = former_manager(session, session.get_one(CallCorrection, correction_id))
    _follow(session, former and former.id)


def move(
    session: Session, trainee: Trainee, happening: Happening, *, why: str = "", by: User | None = None
) -> StageRecord | None:
    """Let this happen to the trainee, as the rules say; the stay he is in afterwards, None where nothing moved.

    ``why`` stands in the history and is the reason of a grant. Who may decide so, the caller has asked.
    """
    lock(session, trainee.id)
    found = rules.after(program_of(trainee), record_of(session, trainee), happening, reason=why)
    if found is None:
        return None
    enter_stage(session, trainee, found.stage, result=found.result, attempt=found.attempt, why=why, by=by)
    if happening is Happening.REVOKED:
        _go_on(session, trainee)  # who decides has just decided, and is not asked to
    elif happening is not Happening.CHANGED:
        progress(session, trainee.id)  # past stages that ask for nothing
    return trainee.stages[-1]


def enter_stage(
    session: Session,
    trainee: Trainee,
    stage: Stage | None,
    *,
    result: Result,
    attempt: int,
    why: str = "",
    by: User | None = None,
    unmet: list[str] | None = None,
) -> StageRecord:
    """Leave the stage of today with this result, for another or (None) for good; the stay of then.

    ``unmet``: by hand, the kinds of conditions that are not met.
    """
    now = clock.now()
    before = trainee.stages[-1]
    before.left_at, before.result, before.why = now, result, why.strip()
    before.by, before.unmet = by, unmet
    if stage is None:
        trainee.parted_at = now
    else:
        trainee.stages.append(StageRecord(stage=stage, attempt=attempt, entered_at=now))
    _keep_access(trainee)
    session.flush()
    audit.record(
        session,
        OnboardingAction.STAGE_LEFT,
        _thing(trainee),
        by_id=by and by.id,
        manager=trainee.manager_id,
        stage=audit.change(before.stage, stage),
        **({"attempt": audit.change(before.attempt, attempt)} if attempt != before.attempt else {}),
        result=result,
        **({"reason": why.strip()} if why.strip() else {}),
        **({"unmet": unmet} if unmet else {}),
    )
    news.tell_of_stage(session, trainee, result, why.strip())
    if result is Result.PARTED:
        news.tell_of_parting(session, trainee, why.strip(), by)
    events.emit(session, StandingChanged(trainee.manager_id))
    return trainee.stages[-1]


def lock(session: Session, trainee_id: int) -> Trainee:
    """The trainee as the database has him now; whoever else moves him waits."""
    wanted = select(Trainee).where(Trainee.id == trainee_id).with_for_update()
    trainee = session.scalars(wanted.execution_options(populate_existing=True)).one()
    session.refresh(trainee, ["stages"])
    return trainee


def shown_of(trainee: Trainee) -> int:
    """For forms: how many stays and decisions about their time a page shows; it grows with each."""
    return len(trainee.stages) + sum(len(stay.overdue) for stay in trainee.stages)


def demand_shown(trainee: Trainee, seen: int | None) -> None:
    """Raise Overtaken if the trainee has been moved, or his time decided about, since ``seen`` was shown."""
    if seen is not None and seen != shown_of(trainee):
        raise Overtaken


def _go_on(session: Session, trainee: Trainee) -> None:
    """Through all stages in which everything is met."""
    while move(session, trainee, Happening.CHANGED) is not None:
        pass


def give_coach(session: Session, trainee: Trainee, coach: User | None, *, by: User | None) -> None:
    """Who is the coach from now on; ``by`` None: nobody has chosen, the former one can train no more."""
    change = audit.change(trainee.coach_id, coach and coach.id)
    trainee.coach = coach
    _keep_access(trainee)
    session.flush()
    audit.record(session, OnboardingAction.COACH_CHOSEN, _thing(trainee), by_id=by and by.id, coach=change)
    if coach is not None:
        notify(session, coach, "coach_chosen", news.path(trainee), manager=trainee.manager.name)


def _keep_access(trainee: Trainee) -> None:
    """What the coach may see and do by being the coach, he may until the onboarding ends."""
    over = trainee.parted_at is not None or trainee.stages[-1].stage is Stage.STAFF
    trainee.manager.coach_id = None if over or trainee.coach is None else trainee.coach.id


def _follow(session: Session, manager_id: int | None) -> None:
    if (trainee := current_trainee(session, manager_id)) is not None:
        progress(session, trainee.id)


def _demand_new(manager: User, program: ProgramVersion, started_on: date, earlier: Trainee | None) -> None:
    if not works_here(manager):
        raise Refused(_("Only an active manager can be trained."))
    if earlier is not None and not may_begin_again(earlier):
        raise Refused(_("The onboarding of %(manager)s has begun already.", manager=manager.name))
    if program.state is not ProgramState.PUBLISHED:
        raise Refused(_("This program is not in force any more. Choose another one."))
    if started_on > local.today():
        raise Refused(_("Onboarding cannot begin in the future."))
    added = local.day_of(manager.created_at)
    if started_on < (earliest := min(added, local.today()) - EARLIER):
        raise Refused(
            _(
                "The first day cannot lie before %(day)s: a year before the account was added.",
                day=day(earliest),
            )
        )
    if earlier is not None and started_on < (ended := _last_day(earlier)):
        raise Refused(
            _(
                "The earlier onboarding lasts until %(day)s: another one cannot begin before.",
                day=day(ended),
            )
        )


def _last_day(trainee: Trainee) -> date:
    return local.day_of(trainee.parted_at) if trainee.parted_at else local.today()


def _demand_coach(session: Session, coach: User | None, manager_id: int) -> None:
    if coach is not None and not may_train(session, coach, manager_id):
        raise Refused(
            _("%(coach)s does not train people of this team. Choose somebody else.", coach=coach.name)
        )


def _beginning(day: date, ended: datetime | None) -> datetime:
    """Now, if it is today; of another day its first moment, but not before an earlier onboarding ended."""
    now = clock.now()
    if day == local.day_of(now):
        return now
    first = midnight(day, settings().zone).astimezone(UTC)
    return first if ended is None else max(first, ended)


def _thing(trainee: Trainee) -> str:
    return f"trainee:{trainee.id}"
