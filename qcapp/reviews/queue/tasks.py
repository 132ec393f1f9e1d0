"""Background work of the plans: the draws of the open periods, and replacements of removed calls."""

import logging

from qcapp.core import local
from qcapp.core.errors import Refused
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, settings
from qcapp.reviews.queue import draws
from qcapp.reviews.queue.assignments import REFILL
from qcapp.reviews.queue.models import PlanRun, SamplingPlan

log = logging.getLogger(__name__)
EVERY_MINUTES = 10


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.job(REFILL, refill)
    queue.periodic("queue.draw", draw_due, minutes=EVERY_MINUTES)


def draw_due() -> None:
    """Draw the open period of every plan, and fill up the one before while there is time. Twice is once."""
    today = local.today()
    with database().reading() as session:
        spans = [
            (plan.id, span.first)
            for plan in draws.open_plans(session)
            for span in draws.due_periods(plan, today, settings().zone)
        ]
    for plan_id, first_day in spans:
        try:
            with database().transaction() as session:
                draws.draw(session, session.get_one(SamplingPlan, plan_id), first_day)
        except Refused as refusal:  # stopped in the meantime
            log.info("plan %d was not drawn: %s", plan_id, refusal)


def refill(run_id: int) -> None:
    """Replace what was removed from a draw, if its plan still draws."""
    with database().transaction() as session:
        run = session.get_one(PlanRun, run_id)
        if run.plan.active:
            draws.draw(session, run.plan, run.first_day)
