"""The fields of a call that comes in through the API, checked."""

from enum import StrEnum
from zoneinfo import ZoneInfo

from wtforms import Field, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from qcapp.calls.import_service import CallDetails
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.tags import demand_tags
from qcapp.core.dates import read_moment
from qcapp.core.errors import Refused
from qcapp.core.forms import Form
from qcapp.core.i18n import _
from qcapp.terms import Direction, Disposition, LeadSource

LONGEST_S = 10**6


def _offered(states: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(""), *(SelectChoice(state.value) for state in states)]


class CallForm(Form):
    """Everything is optional: what is missing may stand in the file's name."""

    external_id = StringField(validators=[Optional(), Length(max=200)])
    source = StringField(validators=[Length(max=100)], filters=[lambda name: name or "api"])
    started_at = StringField(validators=[Optional()])
    timezone = StringField(validators=[Optional()])
    direction = SelectField(choices=_offered(Direction), default="")
    disposition = SelectField(choices=_offered(Disposition), default="")
    lead_source = SelectField(choices=_offered(LeadSource), default="")
    extension = StringField(validators=[Optional(), Length(max=32)])
    phone = StringField(validators=[Optional(), Length(max=64)])
    duration_s = IntegerField(validators=[Optional(), NumberRange(0, LONGEST_S)])
    talk_s = IntegerField(validators=[Optional(), NumberRange(0, LONGEST_S)])
    manager_channel = IntegerField(validators=[Optional(), NumberRange(0, 1)])
    contact_no = IntegerField(validators=[Optional(), NumberRange(1, 1000)])
    crm_ref = StringField(validators=[Optional(), Length(max=200)])
    outcome = StringField(validators=[Optional(), Length(max=64)])
    tags = StringField(validators=[Optional(), Length(max=2000)])
    company = StringField(validators=[Optional(), Length(max=200)])
    category = StringField(validators=[Optional(), Length(max=32)])

    def validate_timezone(self, field: Field) -> None:
        try:
            ZoneInfo(field.data)
        except (KeyError, ValueError, OSError):
            raise ValidationError(
                _("This is no time zone. Write a name such as Europe/Moscow or UTC.")
            ) from None

    def validate_started_at(self, field: Field) -> None:
        try:
            moment = read_moment(field.data)
        except ValueError:
            raise ValidationError(_("Write the time as in 2026-10-06T10:12:04+03:00.")) from None
        if moment.tzinfo is None and not self.timezone.data:
            raise ValidationError(
                _("Give the time with its offset, or say in “timezone” which zone it is in.")
            )

    def validate_tags(self, field: Field) -> None:
        try:
            demand_tags(field.data)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def facts(self) -> ImportedFacts:
        """What the caller says; empty fields say nothing."""
        given = {name: field.data for name, field in self._fields.items() if field.data not in ("", None)}
        return ImportedFacts(
            external_id=self.external_id.data or None,
            direction=Direction(self.direction.data or Direction.UNKNOWN),
            extension=self.extension.data or None,
            client_number=self.phone.data or None,
            local_start=read_moment(self.started_at.data) if self.started_at.data else None,
            duration_s=self.duration_s.data,
            talk_s=self.talk_s.data,
            disposition=Disposition(self.disposition.data or Disposition.UNKNOWN),
            manager_channel=self.manager_channel.data,
            raw=given,
        )

    def details(self) -> CallDetails:
        lead = self.lead_source.data
        return CallDetails(
            crm_ref=self.crm_ref.data or None,
            lead_source=LeadSource(lead) if lead else None,
            contact_no=self.contact_no.data,
            outcome=self.outcome.data or None,
            tags=demand_tags(self.tags.data or ""),
            company=self.company.data or None,
            category=self.category.data or None,
        )

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.timezone.data) if self.timezone.data else None
