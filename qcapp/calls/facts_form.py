"""The form behind the facts of a call."""

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qcapp.calls.facts import Facts
from qcapp.calls.forms import LEADS
from qcapp.calls.models import Call
from qcapp.calls.states import LeadSource
from qcapp.core.i18n import _, lazy
from qcapp.people.models import User

CONTACTS = {1: lazy("first contact"), 2: lazy("second contact"), 3: lazy("third contact or later")}


class FactsForm(FlaskForm):  # type: ignore[misc]
    """Filled with what is known of the call; empty choices mean "not known"."""

    manager = SelectField(lazy("Manager"))
    lead_source = SelectField(lazy("Lead source"))
    contact_no = SelectField(lazy("Contact"))

    def fill(self, call: Call, managers: list[User]) -> None:
        """Offer the choices; without a submission show what the call has."""
        unknown = SelectChoice("", _("not known"))
        self._people = {str(user.id): user for user in managers}
        if call.manager:
            self._people.setdefault(str(call.manager.id), call.manager)
        people = [SelectChoice(key, user.name) for key, user in self._people.items()]
        self.manager.choices = [unknown, *people]
        self.lead_source.choices = [unknown, *(SelectChoice(key.value, name) for key, name in LEADS.items())]
        self.contact_no.choices = [unknown, *(SelectChoice(str(n), name) for n, name in CONTACTS.items())]
        if not self.is_submitted():
            self.manager.data = str(call.manager_id or "")
            self.lead_source.data = call.lead_source.value if call.lead_source else ""
            self.contact_no.data = str(min(call.contact_no, max(CONTACTS)) if call.contact_no else "")

    def facts(self) -> Facts:
        """What was chosen; call ``validate`` first."""
        lead, contact = self.lead_source.data, self.contact_no.data
        return Facts(
            self._people.get(self.manager.data),
            LeadSource(lead) if lead else None,
            int(contact) if contact else None,
        )
