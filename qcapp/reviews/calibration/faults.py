"""What speaks against a calibration as it is planned, in sentences; the service refuses it with all of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists import applicability
from qcapp.checklists import queries as checklists
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.core import clock
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.reviews import cards, service
from qcapp.reviews.calibration import queries

FEWEST_REVIEWERS = 2
TITLE = 200  # characters


def faults(
    session: Session,
    *,
    title: str,
    version: ChecklistVersion,
    calls: Sequence[Call],
    reviewers: Sequence[User],
    due_at: datetime,
) -> list[str]:
    """Everything that speaks against such a calibration, in words for the facilitator."""
    wrong = []
    if not title or len(title) > TITLE:
        wrong.append(_("Give the calibration a name of at most %(n)d characters.", n=TITLE))
    if version.state is not VersionState.PUBLISHED:
        wrong.append(_("This checklist is not in force. Choose another one."))
    if not calls:
        wrong.append(_("Choose at least one call."))
    if len({reviewer.id for reviewer in reviewers}) < FEWEST_REVIEWERS:
        wrong.append(_("A calibration compares people: choose at least two reviewers."))
    if due_at <= clock.now():
        wrong.append(_("The deadline has passed already. Choose a later day."))
    wrong += [
        _("%(name)s may not score calls.", name=each.name)
        for each in reviewers
        if not holds(each, Permission.REVIEW)
    ]
    for call in calls:
        wrong += _unfit(call, version)
        wrong += _too_close(session, call, reviewers)
    return wrong + _known(session, calls, reviewers)


def _known(session: Session, calls: Sequence[Call], reviewers: Sequence[User]) -> list[str]:
    """In words: who would score a call that he has an opinion of already."""
    names = {each.id: each.name for each in reviewers}
    found = queries.scored_by(session, [call.id for call in calls], names.keys())
    return [
        _(
            "%(reviewer)s has scored call %(id)d already, or begun to: choose another call.",
            reviewer=names[reviewer_id],
            id=call_id,
        )
        for call_id, reviewer_id in found
    ]


def _unfit(call: Call, version: ChecklistVersion) -> list[str]:
    if call.recording is None:
        return [_("Call %(id)d has no recording, so there is nothing to score.", id=call.id)]
    if call.role_play:
        return [_("Call %(id)d is the recording of an exam, which its coach scores.", id=call.id)]
    asked = applicability.for_call(checklists.card_of(version), cards.facts_of(call))
    if not any(asked.items()):
        return [_("No item of the checklist applies to call %(id)d.", id=call.id)]
    return []


def _too_close(session: Session, call: Call, reviewers: Sequence[User]) -> list[str]:
    """In words: who may not score this call because it is his own, or of his team."""
    return [
        _(
            "%(reviewer)s may not score call %(id)d: its manager %(manager)s is in the same team.",
            reviewer=each.name,
            id=call.id,
            manager=call.manager.name,
        )
        for each in reviewers
        if call.manager and service.relation_to(session, call, each)
    ]
