"""The forms of plans and of the queue. What is right or wrong, the services say; here stand only types and limits."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from qcapp.checklists.models import Checklist
from qcapp.core import local
from qcapp.core.dates import DateField
from qcapp.core.forms import Form, PageForm, choices_of, options
from qcapp.core.i18n import _, lazy
from qcapp.core.periods import DAY, midnight
from qcapp.people.choices import told_apart
from qcapp.people.forms import stripped
from qcapp.people.models import Team, User
from qcapp.reviews.queue import words
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import SamplingPlan
from qcapp.reviews.queue.plans import PlanTerms
from qcapp.reviews.queue.states import Period, PlanKind
from qcapp.terms import Direction, LeadSource, Stage

ANY = SelectChoice("", lazy("any"))
DAY_S = 86_400
MOST = 500  # of one manager in a period
REASON = 1000  # characters


def _id(value: str | int | None) -> int | None:
    return int(value) if value else None


def _checks(label: Any, coerce: Any = int, **more: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, coerce=coerce, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **more
    )


class SamplingPlanForm(PageForm):
    """A plan as a sentence."""

    name = StringField(lazy("Title"), [InputRequired(), Length(max=200)], filters=[stripped])
    per_manager = IntegerField(lazy("How many"), [InputRequired(), NumberRange(1, MOST)], default=5)
    kind = SelectField(lazy("What"), choices=options(words.KINDS.items()), default=PlanKind.CALLS.value)
    period = SelectField(lazy("How often"), choices=options(words.PERIODS.items()), default=Period.WEEK.value)
    shortest_s = IntegerField(lazy("From, seconds"), [Optional(), NumberRange(0, DAY_S)], default=60)
    longest_s = IntegerField(lazy("Shorter than, seconds"), [Optional(), NumberRange(1, DAY_S)])
    direction = SelectField(lazy("Direction"), choices=[ANY, *choices_of(Direction)], default="")
    lead_source = SelectField(lazy("Lead source"), choices=[ANY, *choices_of(LeadSource)], default="")
    stages = _checks(
        lazy("Stage of the manager"),
        coerce=Stage,
        choices=choices_of(Stage),
        description=lazy("As it was when he called. None chosen: any."),
    )
    category = StringField(lazy("Client's category"), [Optional(), Length(max=32)], filters=[stripped])
    outcome = StringField(lazy("Outcome in the CRM"), [Optional(), Length(max=64)], filters=[stripped])
    tag = StringField(lazy("Tag"), [Optional(), Length(max=64)], filters=[stripped])
    teams = _checks(lazy("Teams"), description=lazy("None chosen: everybody's."))
    score_from = IntegerField(lazy("Average score from, %"), [Optional(), NumberRange(0, 200)])
    score_below = IntegerField(lazy("Average score below, %"), [Optional(), NumberRange(1, 200)])
    checklist = SelectField(lazy("Checklist"), coerce=_id)
    reviewers = _checks(lazy("Who scores"), description=lazy("None chosen: whoever takes the next call."))
    due_days = IntegerField(
        lazy("Days to score after the period"), [InputRequired(), NumberRange(0, 60)], default=3
    )
    priority = SelectField(
        lazy("In the queue"), choices=options(words.PRIORITIES.items()), coerce=int, default=0
    )

    def offer(
        self, teams: Sequence[Team], checklists: Sequence[tuple[int, str]], reviewers: Sequence[User]
    ) -> None:
        """The choices that stand in tables."""
        self.teams.choices = options((team.id, team.name) for team in teams)
        self.checklist.choices = options([("", _("the one that fits the call best")), *checklists])
        self.reviewers.choices = options(told_apart(reviewers).items())

    def conditions(self) -> Conditions:
        """What is asked of calls; fields with errors are left out, so that it serves the live count as well."""
        value = {field.short_name: field.data for field in self if not field.errors}
        return Conditions(
            shortest_s=value.get("shortest_s") or None,
            longest_s=value.get("longest_s"),
            direction=Direction(value["direction"]) if value.get("direction") else None,
            lead_source=LeadSource(value["lead_source"]) if value.get("lead_source") else None,
            stages=tuple(value.get("stages") or ()),
            teams=tuple(value.get("teams") or ()),
            category=value.get("category") or None,
            outcome=value.get("outcome") or None,
            tag=(value.get("tag") or "").lower() or None,
            score_from=value.get("score_from") or None,
            score_below=value.get("score_below"),
        )

    def terms(self, checklist: Checklist | None, reviewers: Sequence[User]) -> PlanTerms:
        """The plan that was written; call ``validate`` first."""
        return PlanTerms(
            name=self.name.data,
            kind=PlanKind(self.kind.data),
            period=Period(self.period.data),
            per_manager=self.per_manager.data,
            conditions=self.conditions(),
            checklist=checklist,
            reviewers=tuple(reviewers),
            due_days=self.due_days.data,
            priority=self.priority.data,
        )


class CountForm(SamplingPlanForm):
    """The same fields while somebody writes them: GET, nothing is changed."""

    class Meta:
        csrf = False


def written(plan: SamplingPlan) -> dict[str, Any]:
    """A plan as the form shows it."""
    asked = Conditions.read(plan.conditions)
    return {
        "name": plan.name,
        "per_manager": plan.per_manager,
        "kind": plan.kind.value,
        "period": plan.period.value,
        "shortest_s": asked.shortest_s,
        "longest_s": asked.longest_s,
        "direction": asked.direction.value if asked.direction else "",
        "lead_source": asked.lead_source.value if asked.lead_source else "",
        "category": asked.category,
        "outcome": asked.outcome,
        "tag": asked.tag,
        "stages": list(asked.stages),
        "teams": list(asked.teams),
        "score_from": asked.score_from,
        "score_below": asked.score_below,
        "checklist": plan.checklist_id,
        "reviewers": list(plan.reviewers),
        "due_days": plan.due_days,
        "priority": plan.priority,
    }


class AssignForm(PageForm):
    """Put one call into the queue."""

    reviewer = SelectField(lazy("Who scores"), coerce=_id)
    due = DateField(lazy("Due"), [InputRequired()])
    priority = SelectField(
        lazy("In the queue"), choices=options(words.PRIORITIES.items()), coerce=int, default=0
    )

    def offer(self, reviewers: Sequence[User], today: date) -> None:
        self.reviewer.choices = options([("", _("whoever takes it")), *told_apart(reviewers).items()])
        if not self.is_submitted():
            self.due.data = today + timedelta(days=3)

    def validate_due(self, field: DateField) -> None:
        if not field.errors and field.data < local.today():
            raise ValidationError(_("This day is over. Choose today or a later one."))

    def due_at(self, zone: ZoneInfo) -> datetime:
        """The end of the day that was chosen."""
        return midnight(self.due.data + DAY, zone)


class QueueReasonForm(PageForm):
    reason = StringField(lazy("Why"), [DataRequired(), Length(max=REASON)], filters=[stripped])


class HandOnForm(QueueReasonForm):
    """Several calls at once: handed to somebody, or taken out."""

    calls = SelectMultipleField(lazy("Calls"), [InputRequired()], coerce=int, validate_choice=False)
    reviewer = SelectField(lazy("Who scores"), coerce=_id)

    def offer(self, reviewers: Sequence[User]) -> None:
        self.reviewer.choices = options([("", _("whoever takes it")), *told_apart(reviewers).items()])


class OpenFilterForm(Form):
    """The filter of everything in the queue: a GET form."""

    reviewer = SelectField(lazy("Reviewer"), default="")
    plan = SelectField(lazy("Plan"), default="")
    overdue = SelectField(
        lazy("Due"), choices=options([("", lazy("any")), ("yes", lazy("overdue"))]), default=""
    )

    def offer(self, reviewers: Sequence[User], plans: Sequence[SamplingPlan]) -> None:
        self.reviewer.choices = options(
            [("", _("any")), ("0", _("nobody yet")), *told_apart(reviewers).items()]
        )
        self.plan.choices = options(
            [("", _("any")), ("0", _("put in by hand")), *((each.id, each.name) for each in plans)]
        )


class ContactReportForm(PageForm):
    """The end of a plan of contacts for one manager."""

    report = TextAreaField(lazy("What the calls showed"), [Length(max=20_000)])
    agreed = TextAreaField(lazy("What was agreed"), [Length(max=20_000)])
    talked_on = DateField(lazy("Day of the talk"), [Optional()])
