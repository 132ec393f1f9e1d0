"""The filter of all pages of results: a GET form whose state is the URL."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from qcapp.calls.forms import LEADS
from qcapp.calls.states import LeadSource
from qcapp.core.i18n import _, lazy
from qcapp.people.models import Team
from qcapp.reports.periods import Days, Preset, Unit, before, days_of
from qcapp.reports.queries import Wanted

PRESETS = {
    Preset.THIS_WEEK: lazy("this week"),
    Preset.LAST_WEEK: lazy("last week"),
    Preset.THIS_MONTH: lazy("this month"),
    Preset.LAST_MONTH: lazy("last month"),
    Preset.THIS_QUARTER: lazy("this quarter"),
    Preset.LAST_QUARTER: lazy("last quarter"),
}
USUAL = Preset.THIS_MONTH
UNKNOWN = "unknown"
TRAINEES, STAFF = "trainees", "staff"
LONGEST = 366  # days; a longer report would be slow for everybody


class ResultsForm(FlaskForm):  # type: ignore[misc]
    """Own dates, where given, stand instead of the named period; what is not understood is not applied."""

    class Meta:
        csrf = False  # a GET form changes nothing

    period = SelectField(
        lazy("Period"), choices=[SelectChoice(str(key), name) for key, name in PRESETS.items()], default=USUAL
    )
    since = DateField(lazy("or from"), validators=[Optional()])
    until = DateField(lazy("To"), validators=[Optional()])
    team = SelectField(lazy("Team"), default="")
    lead = SelectField(
        lazy("Lead source"),
        choices=[
            SelectChoice("", lazy("any")),
            *(SelectChoice(str(key), name) for key, name in LEADS.items()),
            SelectChoice(UNKNOWN, lazy("not known")),
        ],
        default="",
    )
    stage = SelectField(
        lazy("Stage"),
        choices=[
            SelectChoice("", lazy("any")),
            SelectChoice(TRAINEES, lazy("trainees")),
            SelectChoice(STAFF, lazy("staff")),
        ],
        default="",
    )
    checklist = SelectField(lazy("Checklist"), default="")

    def offer(self, teams: Sequence[Team], checklists: Sequence[tuple[int, str]]) -> None:
        """What to choose from."""
        any_of = SelectChoice("", _("any"))
        self.team.choices = [any_of, *(SelectChoice(str(team.id), team.name) for team in teams)]
        self.checklist.choices = [any_of, *(SelectChoice(str(key), title) for key, title in checklists)]

    def validate_until(self, field: Field) -> None:
        if not isinstance(self.since.data, date):
            raise ValidationError(_("Give the first day as well."))
        if field.data < self.since.data:
            raise ValidationError(_("This day is before the first one."))
        if (field.data - self.since.data).days >= LONGEST:
            raise ValidationError(_("At most a year at once."))

    @property
    def is_active(self) -> bool:
        """Whether anything but the usual period is shown."""
        chosen = self.period.data if self.period.data != USUAL else ""
        fields = (self.since, self.team, self.lead, self.stage, self.checklist)
        return any((chosen, *(field.data for field in fields)))

    def days(self, today: date) -> tuple[Days, Days]:
        """The period and the one before; call ``validate`` first."""
        own, unit = self._own(today), None
        if own is None:
            preset = Preset(self.period.data) if not self.period.errors else USUAL
            own, unit = days_of(preset, today), Unit(preset.unit)
        return own, before(own, unit)

    def wanted(self, days: Days, zone: ZoneInfo) -> Wanted:
        """The reviews of these days the fields describe; days begin in the installation's time zone."""
        value = {field.short_name: field.data for field in self if field.data and not field.errors}
        since, until = days.moments(zone)
        lead = value.get("lead", "")
        return Wanted(
            since=since,
            until=until,
            team_id=_number(value.get("team")),
            checklist_id=_number(value.get("checklist")),
            lead_source=LeadSource(lead) if lead and lead != UNKNOWN else None,
            lead_unknown=lead == UNKNOWN,
            trainees={TRAINEES: True, STAFF: False}.get(value.get("stage", "")),
        )

    def _own(self, today: date) -> Days | None:
        first, last = self.since.data, self.until.data
        if not isinstance(first, date) or self.since.errors or self.until.errors:
            return None
        last = last if isinstance(last, date) else max(first, today)
        return Days(first, last) if (last - first).days < LONGEST else None


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() else None
