"""What waits for a manager, looked for in few questions to the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only

from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import BlockComment, CallScript, ScriptDraft
from qcapp.coaching import queries as coaching
from qcapp.coaching.models import CoachingSession, CoachingTask
from qcapp.onboarding import rules
from qcapp.onboarding.clearance.queries import Standing, standing_of
from qcapp.onboarding.history import Work
from qcapp.onboarding.home.next_thing import Known, OpenTask
from qcapp.onboarding.rules import State
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import SaleState
from qcapp.people.models import User
from qcapp.people.permissions import Permission
from qcapp.reviews import queries as reviews
from qcapp.reviews.models import Review

COMMENTS = 5


@dataclass(frozen=True, slots=True)
class ManagerWork:
    """All that a manager may have to do something about. ``comments``: on the last draft handed in."""

    unread: Sequence[Review]
    talks: Sequence[CoachingSession]
    tasks: Sequence[CoachingTask]
    drafts: Sequence[ScriptDraft]
    comments: Sequence[BlockComment]
    sales: Sequence[Sale]
    standing: Standing

    @property
    def on_the_way(self) -> bool:
        """Whether the manager is on the way to hot leads."""
        return self.standing.trainee is not None and self.standing.works_here and not self.standing.cleared

    @property
    def works(self) -> list[Work]:
        """The deliverables of this attempt."""
        record = self.standing.record
        return [work for work in record.works if work.attempt == record.attempt] if record else []

    @property
    def step(self) -> State | None:
        """What the program asks for next."""
        if self.standing.program is None or self.standing.record is None:
            return None
        return rules.next_step(self.standing.program, self.standing.record)

    def known(self) -> Known:
        """The same as the rule reads it."""
        return Known(
            trainee=self.on_the_way,
            undecided=self.standing.stage is None,
            parted=self.standing.trainee is not None and self.standing.trainee.parted_at is not None,
            drafts=[draft.state for draft in self.drafts],
            works=[work.state for work in self.works],
            tasks=[agreed(task) for task in self.tasks],
            unread_reviews=len(self.unread),
            unread_talks=len(self.talks),
            step=self.step,
        )


def agreed(task: CoachingTask) -> OpenTask:
    """A task as the rule reads it."""
    return OpenTask(task.due_on, task.recheck_call_id is not None)


def waiting_for(session: Session, manager: User) -> ManagerWork:
    """Everything, for the start page."""
    drafts = _drafts(session, manager)
    handed_in = [draft for draft in drafts if draft.state is not DraftState.WRITING]
    return ManagerWork(
        unread=reviews.unread(session, manager),
        talks=coaching.unread_talks(session, manager),
        tasks=coaching.open_tasks(session, manager, manager_id=manager.id),
        drafts=drafts,
        comments=_comments(session, handed_in[-1]) if handed_in else (),
        sales=_sales(session, manager),
        standing=standing_of(session, manager.id, manager, Permission.VIEW_ONBOARDING),
    )


def _drafts(session: Session, manager: User) -> Sequence[ScriptDraft]:
    mine = select(ScriptDraft).join(ScriptDraft.script).where(CallScript.manager_id == manager.id)
    what = load_only(ScriptDraft.number, ScriptDraft.state)  # the words are long, and shown nowhere here
    return session.scalars(mine.options(what).order_by(ScriptDraft.number)).all()


def _comments(session: Session, draft: ScriptDraft) -> Sequence[BlockComment]:
    """The newest ones, in the order of time."""
    found = select(BlockComment).where(BlockComment.draft_id == draft.id)
    found = found.options(
        joinedload(BlockComment.by), joinedload(BlockComment.draft).load_only(ScriptDraft.number)
    )
    return session.scalars(found.order_by(BlockComment.id.desc()).limit(COMMENTS)).all()[::-1]


def _sales(session: Session, manager: User) -> Sequence[Sale]:
    """Reported, and not confirmed yet."""
    mine = select(Sale).where(Sale.manager_id == manager.id, Sale.state == SaleState.ENTERED)
    return session.scalars(mine.order_by(Sale.sold_on, Sale.id)).all()
