"""Corrects what an exchange cannot know of a call or got wrong: whose it was, from what lead, which contact."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.calls.states import LeadSource
from qcapp.core import audit
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import Role, User
from qcapp.people.permissions import Permission, demand


@dataclass(frozen=True, slots=True)
class Facts:
    manager: User | None
    lead_source: LeadSource | None
    contact_no: int | None


def correct_facts(session: Session, call: Call, facts: Facts, *, by: User) -> None:
    """Write the facts down. Raises Refused once a score has been published for the manager who had the call."""
    demand(by, Permission.CORRECT_CALLS, session=session, manager_id=call.manager_id)
    if facts.manager is not None and facts.manager.role is not Role.MANAGER:
        raise Refused(_("%(name)s is not a manager.", name=facts.manager.name))
    new = {
        "manager": facts.manager.id if facts.manager else None,
        "lead_source": facts.lead_source,
        "contact_no": facts.contact_no,
    }
    old = {"manager": call.manager_id, "lead_source": call.lead_source, "contact_no": call.contact_no}
    if call.scored_at is not None and new["manager"] != old["manager"]:
        raise Refused(_("This call has been scored for its manager; it cannot become somebody else's."))
    changed = {name: [old[name], value] for name, value in new.items() if value != old[name]}
    if not changed:
        return
    call.manager, call.lead_source, call.contact_no = facts.manager, facts.lead_source, facts.contact_no
    audit.record(session, "call_corrected", f"call:{call.id}", by_id=by.id, **changed)
    session.flush()
