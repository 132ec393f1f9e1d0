"""The life of a version after its draft: tried in the shadow, on trial, archived, put in force again.

A shadow version is scored beside the one in force and counts for nobody until it is published.
"""

from datetime import date

from sqlalchemy.orm import Session

from qcapp.checklists import drafts, service
from qcapp.checklists.audited import ChecklistAction
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


def start_shadow(
    session: Session, version: ChecklistVersion, *, review_on: date | None = None, by: User
) -> None:
    """Have a sound draft scored beside the version in force, perhaps until a day to decide."""
    _take(session, version, {VersionState.DRAFT}, _("Only a draft can be tried in the shadow."), by)
    other = service.locked_version(session, version.checklist, VersionState.SHADOW)
    if other is not None:
        raise Refused(
            _(
                "Version %(number)d of this checklist is being tried already. End that trial first.",
                number=other.number,
            )
        )
    service.settle(session, version, by=by)
    version.state, version.review_on = VersionState.SHADOW, review_on
    _record(session, ChecklistAction.CHECKLIST_SHADOW_STARTED, version, by)


def switch_on(
    session: Session, version: ChecklistVersion, *, review_on: date | None = None, by: User
) -> None:
    """Put what was tried in the shadow in force; from now on it counts."""
    _take(session, version, {VersionState.SHADOW}, _("This version is not being tried in the shadow."), by)
    version.review_on = review_on
    session.flush()
    service.publish_version(session, version, by=by)


def stop_shadow(session: Session, version: ChecklistVersion, *, by: User) -> None:
    """End the trial: a draft again while no review was made with it and no other draft is there, else archived."""
    _take(session, version, {VersionState.SHADOW}, _("This version is not being tried in the shadow."), by)
    if version.used_at is None and drafts.draft_of(session, version.checklist) is None:
        version.state = VersionState.DRAFT
    else:
        version.state, version.archived_at = VersionState.ARCHIVED, clock.now()
    _record(session, ChecklistAction.CHECKLIST_SHADOW_STOPPED, version, by)


def archive_version(session: Session, version: ChecklistVersion, *, by: User) -> None:
    """Take the version in force out of use; nothing is in force afterwards, and its reviews stay."""
    _take(session, version, {VersionState.PUBLISHED}, _("Only the version in force can be archived."), by)
    version.state, version.archived_at = VersionState.ARCHIVED, clock.now()
    _record(session, ChecklistAction.CHECKLIST_ARCHIVED, version, by)


def restore_version(session: Session, version: ChecklistVersion, *, by: User) -> None:
    """Put an archived version in force again; what was in force takes its place in the archive."""
    _take(session, version, {VersionState.ARCHIVED}, _("Only an archived version can be restored."), by)
    now = clock.now()
    before = service.locked_version(session, version.checklist, VersionState.PUBLISHED)
    if before is not None:
        before.state, before.archived_at = VersionState.ARCHIVED, now
        session.flush()
    version.state, version.published_at = VersionState.PUBLISHED, now
    version.archived_at = version.review_on = None
    _record(session, ChecklistAction.CHECKLIST_RESTORED, version, by)


def set_trial(session: Session, version: ChecklistVersion, review_on: date | None, *, by: User) -> None:
    """Until when a version is on trial; None: it is kept for good."""
    states = {VersionState.PUBLISHED, VersionState.SHADOW}
    _take(session, version, states, _("Only a version in use can be on trial."), by)
    if version.review_on == review_on:
        return
    change = audit.change(version.review_on and str(version.review_on), review_on and str(review_on))
    version.review_on = review_on
    session.flush()
    audit.record(
        session,
        ChecklistAction.CHECKLIST_TRIAL_SET,
        service.thing(version.checklist),
        by_id=by.id,
        version=version.number,
        review_on=change,
    )


def _take(
    session: Session, version: ChecklistVersion, states: set[VersionState], otherwise: str, by: User
) -> None:
    demand(by, Permission.EDIT_CHECKLISTS)
    service.lock(session, version)
    if version.state not in states:
        raise Refused(otherwise)


def _record(session: Session, action: audit.Action, version: ChecklistVersion, by: User) -> None:
    session.flush()
    audit.record(session, action, service.thing(version.checklist), by_id=by.id, version=version.number)
