"""The form behind the facts of a call, and the same facts as a program tells them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pydantic
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from qcapp.calls.corrections import changed_of
from qcapp.calls.facts import NO_NUMBER, UNCHANGED, Changes, Facts, facts_of
from qcapp.calls.importers.facts import to_utc
from qcapp.calls.models import Call
from qcapp.calls.numbers import Numbers
from qcapp.calls.phones import e164
from qcapp.calls.starts import start_problem
from qcapp.calls.tags import demand_tags, write_tags
from qcapp.core.dates import DateTimeLocalField, of_our_time
from qcapp.core.errors import Refused
from qcapp.core.forms import PageForm, choices_of, options
from qcapp.core.i18n import _, label, lazy
from qcapp.people.choices import told_apart
from qcapp.people.models import User
from qcapp.terms import Direction, LeadSource

MINUTE = "%Y-%m-%dT%H:%M"
WORDS = frozenset(["outcome", "company", "category"])  # of the CRM
CONTACTS = {1: lazy("first contact"), 2: lazy("second contact"), 3: lazy("third contact or later")}


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _choice_of(contact_no: int | None) -> str:
    return str(min(contact_no, max(CONTACTS))) if contact_no else ""


class FactsForm(PageForm):
    """Filled with what is known of the call; empty means "not known". What is left alone stays to the second."""

    start = DateTimeLocalField(lazy("Started"), [Optional()], format=[MINUTE, "%Y-%m-%dT%H:%M:%S"])
    direction = SelectField(lazy("Direction"), choices=choices_of(Direction))
    phone = StringField(lazy("Client's phone"), [Length(max=64)], filters=[_stripped])
    manager = SelectField(lazy("Manager"))
    lead_source = SelectField(lazy("Lead source"))
    contact_no = SelectField(lazy("Contact"))
    outcome = StringField(lazy("Outcome in the CRM"), [Length(max=64)], filters=[_stripped])
    tags = StringField(lazy("Tags"), [Length(max=2000)], filters=[_stripped])
    company = StringField(lazy("Client's company"), [Length(max=200)], filters=[_stripped])
    category = StringField(lazy("Client's category"), [Length(max=32)], filters=[_stripped])
    why = TextAreaField(lazy("Why it is corrected"), [Length(max=2000)], filters=[_stripped])

    def fill(
        self, call: Call, managers: list[User], zone: ZoneInfo, numbers: Numbers, *, counted: bool
    ) -> None:
        """Offer the choices; without a submission show what the call has, with the numbers that may be seen.

        ``zone``: of the times that are typed. ``counted``: what a published score counts by may be corrected.
        """
        known = self._known = facts_of(call)
        self._call, self._numbers, self._zone = call, numbers, zone
        self._start = known.start.astimezone(zone).strftime(MINUTE) if known.start else ""
        self._phone = numbers.of(call) or ""
        if not numbers.whole(call):
            del self.phone
        if call.scored_at is None:
            del self.why
        elif not counted:
            del self.manager, self.start, self.direction, self.lead_source, self.contact_no, self.why
        self._people = {str(user.id): user for user in managers}
        if known.manager:
            self._people.setdefault(str(known.manager.id), known.manager)
        self._offer("manager", options(told_apart(self._people.values()).items()))
        self._offer("lead_source", choices_of(LeadSource))
        self._offer("contact_no", options(CONTACTS.items()))
        if not self.is_submitted():
            self._show()

    def _offer(self, name: str, choices: list[SelectChoice]) -> None:
        if name in self:
            self[name].choices = [SelectChoice("", _("not known")), *choices]

    def _show(self) -> None:
        known, call, text = self._known, self._call, self._numbers.text
        shown: dict[str, Any] = {
            "start": known.start and known.start.astimezone(self._zone),
            "direction": known.direction.value,
            "phone": self._phone,
            "manager": str(known.manager.id) if known.manager else "",
            "lead_source": known.lead_source.value if known.lead_source else "",
            "contact_no": _choice_of(known.contact_no),
            "tags": write_tags(tuple(text(tag, call) or "" for tag in known.tags)),
            **{name: text(getattr(known, name), call) for name in WORDS},
        }
        for name in shown.keys() & self._fields.keys():
            self[name].data = shown[name]

    def facts(self) -> Facts:
        """What was chosen; call ``validate`` first."""
        told: dict[str, Any] = {name: self._meant(self[name]) for name in WORDS}
        told["tags"] = self._meant_tags()
        if "phone" in self and self.phone.data != self._phone:
            told["phone"] = e164(self.phone.data) or self.phone.data or None
        if "start" in self:
            told |= {"manager": self._people.get(self.manager.data), "start": self._moment()}
            told |= {"direction": Direction(self.direction.data)}
            told["lead_source"] = LeadSource(self.lead_source.data) if self.lead_source.data else None
            # "third or later" left alone: a fourth one stays a fourth
            if self.contact_no.data != _choice_of(self._known.contact_no):
                told["contact_no"] = int(self.contact_no.data) if self.contact_no.data else None
        return replace(self._known, **told)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A reason is asked for where a published score counts by what is corrected."""
        if not super().validate(*args, **kwargs):
            return False
        if "why" in self and not self.why.data and changed_of(self._known, self.facts()):
            self.why.errors = [_("Say why: a score of this call has been published.")]
            return False
        return True

    def validate_start(self, field: Field) -> None:
        if field.data is None:
            return
        moment = self._moment()
        if moment is None:
            raise ValidationError(
                _(
                    "The clock was changed at that hour: this time was there twice or never. Choose one near it."
                )
            )
        if moment != self._known.start and (problem := start_problem(self._call, moment)):
            raise ValidationError(problem)

    def validate_phone(self, field: Field) -> None:
        if field.data and field.data != self._phone and e164(field.data) is None:
            raise ValidationError(str(NO_NUMBER))

    def validate_tags(self, _field: Field) -> None:
        _at_the_field(self._meant_tags)

    def _check_words(self, field: Field) -> None:
        _at_the_field(lambda: self._meant(field))

    validate_outcome = validate_company = validate_category = _check_words

    def _meant(self, field: Field) -> str | None:
        known = getattr(self._known, field.short_name)
        return self._numbers.meant(field.data or "", known, self._call)

    def _meant_tags(self) -> tuple[str, ...]:
        return self._numbers.meant_tags(demand_tags(self.tags.data or ""), self._known.tags, self._call)

    def _moment(self) -> datetime | None:
        """None: not known, or there twice or never."""
        typed: datetime | None = self.start.data
        if typed is None:
            return None
        unchanged = typed.strftime(MINUTE) == self._start
        return self._known.start if unchanged else to_utc(typed, self._zone)


def _at_the_field(read: Callable[[], object]) -> None:
    """A refusal of what was typed is shown where it was typed."""
    try:
        read()
    except Refused as refusal:
        raise ValidationError(str(refusal)) from refusal


KEPT, NONE = "", "none"


class SeveralFactsForm(PageForm):
    """What several calls get at once; what is left alone stays as it is."""

    direction = SelectField(lazy("Direction"), default=KEPT)
    manager = SelectField(lazy("Manager"), default=KEPT)
    lead_source = SelectField(lazy("Lead source"), default=KEPT)
    contact_no = SelectField(lazy("Contact"), default=KEPT)
    tags = StringField(lazy("Add tags"), [Length(max=2000)], filters=[_stripped])
    without_tags = StringField(lazy("Remove tags"), [Length(max=2000)], filters=[_stripped])

    def offer(self, managers: list[User]) -> None:
        """The choices."""
        self._people = {str(user.id): user for user in managers}
        self.direction.choices = [SelectChoice(KEPT, _("as it is")), *choices_of(Direction)]
        for field, names in (
            (self.manager, told_apart(managers)),
            (self.lead_source, {lead.value: label(lead) for lead in LeadSource}),
            (self.contact_no, CONTACTS),
        ):
            field.choices = [
                SelectChoice(KEPT, _("as it is")),
                *(SelectChoice(str(key), name) for key, name in names.items()),
                SelectChoice(NONE, _("not known")),
            ]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Something must be filled in."""
        return super().validate(*args, **kwargs) and any(
            field.data for field in self if field.type != "CSRFTokenField"
        )

    def _check_tags(self, field: Field) -> None:
        _at_the_field(lambda: demand_tags(field.data or ""))

    validate_tags = validate_without_tags = _check_tags

    def changes(self) -> Changes:
        """What was filled in; call ``validate`` first."""
        return Changes(
            _chosen(self.manager.data, self._people.get),
            _chosen(self.lead_source.data, LeadSource),
            _chosen(self.contact_no.data, int),
            _chosen(self.direction.data, Direction),
            demand_tags(self.tags.data),
            demand_tags(self.without_tags.data),
        )


def _chosen(data: str, read: Callable[[str], Any]) -> Any:
    if data == KEPT:
        return UNCHANGED
    return None if data == NONE else read(data)


Words = Annotated[str, StringConstraints(strip_whitespace=True)]


def _in_utc(moment: datetime) -> datetime:
    return of_our_time(moment).astimezone(UTC)


class ToldFacts(BaseModel):
    """What a CRM tells: fields left out stay as they are, null and empty ones become unknown."""

    model_config = ConfigDict(extra="forbid")

    started_at: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = None
    direction: Direction | None = None
    lead_source: LeadSource | None = None
    contact_no: Annotated[int, pydantic.Field(ge=1, le=1000)] | None = None
    outcome: Annotated[Words, pydantic.Field(max_length=64)] | None = None
    tags: list[Words] | None = None
    company: Annotated[Words, pydantic.Field(max_length=200)] | None = None
    category: Annotated[Words, pydantic.Field(max_length=32)] | None = None


def told_facts(call: Call, payload: Any, numbers: Numbers) -> Facts:
    """The facts of the call with what a program tells of them; Refused names the field that cannot be used.

    What it was shown masked and sends back is left as it is.
    """
    try:
        told = ToldFacts.model_validate(payload)
    except pydantic.ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "body"
        raise Refused(
            _("“%(place)s” cannot be used. The fields stand in /api/v1/openapi.json.", place=place)
        ) from error
    known = facts_of(call)
    given: dict[str, Any] = {name: getattr(told, name) or None for name in told.model_fields_set}
    if "direction" in given:
        given["direction"] = told.direction or Direction.UNKNOWN
    if "started_at" in given:
        given["start"] = given.pop("started_at")
    for name in WORDS & given.keys():
        given[name] = numbers.meant(given[name] or "", getattr(known, name), call)
    if "tags" in given:
        given["tags"] = numbers.meant_tags(demand_tags(",".join(given["tags"] or ())), known.tags, call)
    return replace(known, **given)
