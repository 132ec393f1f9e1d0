"""Tells whom it concerns where a trainee is now: the trainee, the coach, the head of the team, and others in charge."""

from sqlalchemy.orm import Session

from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import Result
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of
from qcapp.people.teams import head_of
from qcapp.terms import Stage


def tell_of_stage(session: Session, trainee: Trainee, result: Result, why: str) -> None:
    """The trainee, the coach and the head of the team learn where he is now; of clearance others tell."""
    stay = trainee.stages[-1]
    if stay.stage is Stage.STAFF:
        return
    facts = {"manager": trainee.manager.name, "stage": stay.stage.value, "attempt": stay.attempt, "why": why}
    kinds = {
        Result.PASSED: "stage_passed",
        Result.FAILED: "stage_again",
        Result.REPEATED: "stage_again",
        Result.PARTED: "parted",
        Result.BEGUN_ANEW: "begun_anew",
    }
    if kind := kinds.get(result):
        notify(session, trainee.manager, kind, path(trainee), **facts)
        if trainee.coach is not None:
            notify(session, trainee.coach, f"trainee_{kind}", path(trainee), **facts)
        tell_head(session, trainee, f"trainee_{kind}", **facts)


def tell_of_parting(session: Session, trainee: Trainee, why: str, by: User | None) -> None:
    """Whoever runs onboardings learns it, and administrators that the account is still open."""
    knows = {by, trainee.coach, head_of(trainee.manager)}
    facts = {"manager": trainee.manager.name, "why": why}
    for permission, kind, page in (
        (Permission.RUN_ONBOARDING, "trainee_parted", path(trainee)),
        (Permission.MANAGE_PEOPLE, "parted_account_open", f"/users/{trainee.manager_id}"),
    ):
        told = [each for each in holders_of(session, permission) if each not in knows]
        notify_each(session, told, kind, page, **facts)


def tell_head(session: Session, trainee: Trainee, kind: str, **facts: object) -> None:
    """The head of the trainee's team, if there is one."""
    if (head := head_of(trainee.manager)) is not None:
        notify(session, head, kind, path(trainee), **{"manager": trainee.manager.name, **facts})


def path(trainee: Trainee) -> str:
    """The page of the trainee's way."""
    return f"/onboarding/{trainee.manager_id}"
