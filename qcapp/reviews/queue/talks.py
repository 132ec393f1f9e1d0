"""The end of a plan of contacts for one manager: what all calls with his clients show, and the talk about it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call, Client
from qcapp.core import audit, clock, local
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.periods import Days
from qcapp.core.web import settings
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.reviews import queries as reviews
from qcapp.reviews.audited import ReviewAction
from qcapp.reviews.models import Review
from qcapp.reviews.queue import candidates
from qcapp.reviews.queue.models import ContactTalk, PlanRun
from qcapp.reviews.queue.states import PlanKind


@dataclass(frozen=True, slots=True)
class ContactCall:
    """A call with the scores it got; none yet: an empty list."""

    call: Call
    reviews: list[Review]


@dataclass(frozen=True, slots=True)
class ClientReport:
    """All calls of the period with one client, the earliest first."""

    client: Client
    calls: list[ContactCall]

    @property
    def scores(self) -> list[float]:
        return [review.score for heard in self.calls for review in heard.reviews if review.score is not None]

    @property
    def average(self) -> float | None:
        return sum(self.scores) / len(self.scores) if self.scores else None


@dataclass(frozen=True, slots=True)
class MonthReport:
    clients: list[ClientReport]

    @property
    def calls(self) -> int:
        return sum(len(each.calls) for each in self.clients)

    @property
    def scores(self) -> list[float]:
        return [score for each in self.clients for score in each.scores]

    @property
    def average(self) -> float | None:
        return sum(self.scores) / len(self.scores) if self.scores else None


def month_report(session: Session, run: PlanRun, manager: User, *, by: User) -> MonthReport:
    """Every call of the period between the manager and the clients drawn, whether it was queued or not."""
    kept, _gone = candidates.drawn_clients(session, run)
    drawn = [client_id for manager_id, client_id in kept if manager_id == manager.id]
    since, until = Days(run.first_day, run.last_day).moments(settings().zone)
    calls = session.scalars(
        select(Call)
        .where(
            Call.manager_id == manager.id,
            Call.client_id.in_(drawn),
            Call.started_at >= since,
            Call.started_at < until,
        )
        .options(joinedload(Call.client), joinedload(Call.recording))
        .order_by(Call.started_at, Call.id)
    ).all()
    scored = _scores(session, [call.id for call in calls], by)
    reports: dict[int, ClientReport] = {}
    for call in calls:
        assert call.client is not None
        report = reports.setdefault(call.client.id, ClientReport(call.client, []))
        report.calls.append(ContactCall(call, scored.get(call.id, [])))
    return MonthReport(list(reports.values()))


def talk_of(session: Session, run: PlanRun, manager: User) -> ContactTalk | None:
    wanted = select(ContactTalk).where(ContactTalk.run_id == run.id, ContactTalk.manager_id == manager.id)
    return session.scalar(wanted.options(joinedload(ContactTalk.by)))


def talks_of(session: Session, run: PlanRun) -> dict[int, ContactTalk]:
    """Manager → what was written and agreed."""
    found = session.scalars(select(ContactTalk).where(ContactTalk.run_id == run.id))
    return {talk.manager_id: talk for talk in found}


def write_talk(
    session: Session,
    run: PlanRun,
    manager: User,
    *,
    report: str,
    agreed: str,
    talked_on: date | None,
    by: User,
) -> ContactTalk:
    """Keep what the calls showed and what was agreed; writing again replaces the text."""
    demand(by, Permission.PLAN)
    if run.plan.kind is not PlanKind.CONTACTS:
        raise Refused(_("Only a plan of contacts ends in a report."))
    if not (report.strip() or agreed.strip()):
        raise Refused(_("Write what the calls showed, or what was agreed."))
    if talked_on is not None and talked_on > local.today():
        raise Refused(
            _("The day of the talk is still to come. Leave it empty until the talk has taken place.")
        )
    talk = talk_of(session, run, manager)
    if talk is None:
        talk = ContactTalk(run=run, manager=manager)
        session.add(talk)
    talk.report, talk.agreed, talk.talked_on = report.strip(), agreed.strip(), talked_on
    talk.by, talk.updated_at = by, clock.now()
    session.flush()
    audit.record(
        session,
        ReviewAction.TALK_WRITTEN,
        f"plan:{run.plan_id}",
        by_id=by.id,
        manager=manager.id,
        first_day=run.first_day.isoformat(),
        talked_on=talked_on.isoformat() if talked_on else None,
    )
    return talk


def _scores(session: Session, calls: list[int], by: User) -> dict[int, list[Review]]:
    """Call → the published reviews the person may read."""
    found = (
        select(Review)
        .join(Review.call)
        .where(Review.call_id.in_(calls), reviews.readable(by))
        .options(joinedload(Review.version), joinedload(Review.reviewer))
        .order_by(Review.published_at, Review.id)
    )
    scored: dict[int, list[Review]] = {}
    for review in session.scalars(found):
        scored.setdefault(review.call_id, []).append(review)
    return scored
