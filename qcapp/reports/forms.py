"""The filter of all pages of results: a GET form whose state is the URL."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from qcapp.core.forms import choices_of, options
from qcapp.core.i18n import _, lazy
from qcapp.core.period_form import PeriodForm
from qcapp.core.periods import Days
from qcapp.people.models import Team
from qcapp.reports.queries import ReviewFilter
from qcapp.terms import Group, LeadSource

UNKNOWN = "unknown"


class ResultsForm(PeriodForm):
    """The period, and what the reviews are narrowed to; what is not understood is not applied."""

    team = SelectField(lazy("Team"), default="")
    lead = SelectField(
        lazy("Lead source"),
        choices=[
            SelectChoice("", lazy("any")),
            *choices_of(LeadSource),
            SelectChoice(UNKNOWN, lazy("not known")),
        ],
        default="",
    )
    stage = SelectField(
        lazy("Stage"),
        choices=[
            SelectChoice("", lazy("any")),
            *choices_of(Group),
        ],
        default="",
    )
    checklist = SelectField(lazy("Checklist"), default="")

    def offer(self, teams: Sequence[Team], checklists: Sequence[tuple[int, str]]) -> None:
        """What to choose from."""
        any_of = SelectChoice("", _("any"))
        self.team.choices = [any_of, *options((team.id, team.name) for team in teams)]
        self.checklist.choices = [any_of, *options(checklists)]

    @property
    def is_active(self) -> bool:
        """Whether anything but the usual period is shown."""
        fields = (self.team, self.lead, self.stage, self.checklist)
        return super().is_active or any(field.data for field in fields)

    def wanted(self, days: Days, zone: ZoneInfo) -> ReviewFilter:
        """The reviews of these days the fields describe; days begin in the installation's time zone."""
        value = {field.short_name: field.data for field in self if field.data and not field.errors}
        since, until = days.moments(zone)
        lead = value.get("lead", "")
        return ReviewFilter(
            since=since,
            until=until,
            team_id=_number(value.get("team")),
            checklist_id=_number(value.get("checklist")),
            lead_source=LeadSource(lead) if lead and lead != UNKNOWN else None,
            lead_unknown=lead == UNKNOWN,
            group=Group(value["stage"]) if value.get("stage") else None,
        )


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() else None
