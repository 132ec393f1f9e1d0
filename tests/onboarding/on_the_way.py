"""Trainees straight as rows, on a small program, with what their conditions look at."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.onboarding.models import ClearanceDecision, StageRecord, Trainee
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import ProgramState, Result, SaleState
from qcapp.people.models import User
from qcapp.terms import ClearanceVerdict, Stage

PROGRAM: dict[str, Any] = {
    "key": "sales",
    "title": {"en": "Sales", "ru": "Продажи"},
    "stages": [
        {"stage": "product", "title": "Продукт", "what": "Учит продукт"},
        {"stage": "technique", "title": "Техника", "what": "Учит технику"},
        {"stage": "exam", "title": "Экзамен", "what": "Сдаёт"},
        {"stage": "cold_practice", "title": "Холодная", "what": "Звонит", "lead_sources": ["cold"]},
        {
            "stage": "internship",
            "title": "Стажировка",
            "what": "Продаёт",
            "lead_sources": ["cold", "warm"],
            "days": 7,
            "conditions": [{"kind": "sale", "count": 1}],
        },
    ],
}


def program_version(session: Session, document: dict[str, Any] = PROGRAM) -> ProgramVersion:
    """The version of this document, made once."""
    found = session.scalar(select(ProgramVersion).where(ProgramVersion.key == document["key"]))
    if found is not None:
        return found
    now = clock.now()
    version = ProgramVersion(
        key=document["key"],
        number=1,
        state=ProgramState.PUBLISHED,
        document=document,
        created_at=now,
        published_at=now,
        updated_at=now,
    )
    session.add(version)
    session.flush()
    return version


def make_trainee(
    session: Session, manager: User, stage: Stage = Stage.INTERNSHIP, *, entered_at: datetime | None = None
) -> Trainee:
    """A trainee who has just come to the stage, or did at the given moment."""
    entered_at = entered_at or clock.now()
    trainee = Trainee(
        manager=manager, program=program_version(session), started_on=entered_at.date(), parted_at=None
    )
    trainee.stages.append(StageRecord(stage=stage, attempt=1, entered_at=entered_at))
    session.add(trainee)
    session.flush()
    return trainee


def declare(
    session: Session, manager: User, by: User, verdict: ClearanceVerdict = ClearanceVerdict.DECLARED
) -> None:
    """Somebody without an onboarding counts as staff from now on, or does not any more."""
    decision = ClearanceDecision(
        manager=manager, verdict=verdict, computed=False, conditions=[], reason="An old hand", by=by
    )
    decision.at = clock.now()
    session.add(decision)
    session.flush()


def move(session: Session, trainee: Trainee, stage: Stage, at: datetime) -> None:
    """From one stage to the next."""
    trainee.stages[-1].left_at, trainee.stages[-1].result = at, Result.PASSED
    trainee.stages.append(StageRecord(stage=stage, attempt=trainee.stages[-1].attempt, entered_at=at))
    session.flush()


def make_sale(session: Session, manager: User, by: User, *, state: SaleState = SaleState.CONFIRMED) -> Sale:
    """A sale of today, as somebody has decided it."""
    now = clock.now()
    sale = Sale(
        manager=manager,
        sold_on=(now + timedelta(hours=3)).date(),
        state=state,
        entered_by=manager,
        entered_at=now,
        decided_by=by,
        decided_at=now,
    )
    session.add(sale)
    session.flush()
    return sale
