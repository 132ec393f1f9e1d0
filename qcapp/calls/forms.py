"""The filter of the list of calls: a GET form whose state is the URL. And the name under which it is kept."""

from datetime import date
from zoneinfo import ZoneInfo

from babel.support import LazyProxy
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from qcapp.calls.listing import NEWEST_FIRST, CallSort, Sorting
from qcapp.calls.models import ENDING_DIGITS
from qcapp.calls.phones import e164
from qcapp.calls.queries import CallFilter, Phone
from qcapp.calls.tags import read_tags
from qcapp.core import text_search
from qcapp.core.dates import DateField
from qcapp.core.forms import PageForm, choices_of, options
from qcapp.core.i18n import _, lazy
from qcapp.core.periods import moments_of
from qcapp.terms import Direction, Disposition, LeadSource, Stage

LENGTHS = {
    "0-30": lazy("up to 30 seconds"),
    "30-120": lazy("30 seconds to 2 minutes"),
    "120-600": lazy("2 to 10 minutes"),
    "600-1800": lazy("10 to 30 minutes"),
    "1800-": lazy("30 minutes and more"),
}
SORTS = {
    CallSort.STARTED: lazy("Started"),
    CallSort.MANAGER: lazy("Manager"),
    CallSort.DIRECTION: lazy("Direction"),
    CallSort.LEAD: lazy("Lead source"),
    CallSort.TALK: lazy("Talk"),
    CallSort.DISPOSITION: lazy("Disposition"),
    CallSort.SCORE: lazy("Score"),
}
NOBODY = "none"
TRAINEES = "trainees"
NOT_KNOWN = "unknown"


def _choice(name: LazyProxy, choices: list[SelectChoice]) -> SelectField:
    return SelectField(name, choices=[SelectChoice("", lazy("any")), *choices], default="")


class CallFilterForm(PageForm):
    """Nothing is required; what cannot be understood is shown at its field and not applied."""

    class Meta:
        csrf = False  # a GET form changes nothing

    q = StringField(lazy("Words in the call"))
    manager = SelectField(lazy("Manager"), default="")
    since = DateField(lazy("From"), validators=[Optional()])
    until = DateField(lazy("To"), validators=[Optional()])
    direction = _choice(lazy("Direction"), choices_of(Direction))
    lead = _choice(lazy("Lead source"), choices_of(LeadSource))
    stage = _choice(
        lazy("Stage of the manager"), [SelectChoice(TRAINEES, lazy("all trainees")), *choices_of(Stage)]
    )
    length = _choice(lazy("Length"), options(LENGTHS.items()))
    disposition = _choice(lazy("Disposition"), choices_of(Disposition))
    transcript = _choice(
        lazy("Transcript"),
        options([("yes", lazy("there")), ("no", lazy("missing")), ("no_recording", lazy("no recording"))]),
    )
    score = _choice(lazy("Score"), options([("yes", lazy("scored")), ("no", lazy("not scored"))]))
    start = _choice(lazy("Start of the call"), [SelectChoice(NOT_KNOWN, lazy("not known"))])
    tag = StringField(lazy("Tag"))
    phone = StringField(lazy("Client's phone"))
    sort = SelectField(
        lazy("Sort by"),
        choices=[
            SelectChoice("", lazy("newest first")),
            *(SelectChoice(str(sort), lazy("%(column)s ↑", column=name)) for sort, name in SORTS.items()),
            *(SelectChoice(f"-{sort}", lazy("%(column)s ↓", column=name)) for sort, name in SORTS.items()),
        ],
        default="",
    )

    def offer_managers(self, names: dict[int, str]) -> None:
        """The managers to choose from, by id."""
        people = options(names.items())
        self.manager.choices = [SelectChoice("", _("any")), *people, SelectChoice(NOBODY, _("no manager"))]

    def validate_q(self, field: Field) -> None:
        if field.data and not text_search.parse(field.data):
            raise ValidationError(_("There is no word in it to look for."))

    def validate_tag(self, field: Field) -> None:
        if field.data and not read_tags(field.data):
            raise ValidationError(_("There is no tag in it to look for."))

    def validate_phone(self, field: Field) -> None:
        digits = "".join(sign for sign in field.data or "" if sign.isdigit())
        if field.data and not e164(field.data) and len(digits) < ENDING_DIGITS:
            raise ValidationError(
                _("Give the whole number, or at least its last %(n)d digits.", n=ENDING_DIGITS)
            )

    def validate_until(self, field: Field) -> None:
        if field.data and isinstance(self.since.data, date) and field.data < self.since.data:
            raise ValidationError(_("This day is before the first one."))

    @property
    def is_active(self) -> bool:
        """Whether anything narrows the list."""
        return any(field.data for field in self if field is not self.sort)

    def order(self) -> Sorting:
        """How the list is sorted; call ``validate`` first."""
        return Sorting.parse(self.sort.data) if self.sort.data and not self.sort.errors else NEWEST_FIRST

    def wanted(self, zone: ZoneInfo) -> CallFilter:
        """The filter the fields describe; call ``validate`` first. Days begin in the installation's time zone."""
        value = {field.short_name: field.data for field in self if field.data and not field.errors}
        shortest, _dash, longest = value.get("length", "").partition("-")
        manager = value.get("manager", "")
        transcript = value.get("transcript", "")
        stage = value.get("stage", "")
        since, until = moments_of(value.get("since"), value.get("until"), zone)
        return CallFilter(
            manager_id=int(manager) if manager.isdigit() else None,
            without_manager=manager == NOBODY,
            since=since,
            until=until,
            direction=Direction(value["direction"]) if "direction" in value else None,
            lead_source=LeadSource(value["lead"]) if "lead" in value else None,
            stage=Stage(stage) if stage and stage != TRAINEES else None,
            trainees=stage == TRAINEES,
            disposition=Disposition(value["disposition"]) if "disposition" in value else None,
            shortest_s=int(shortest) if shortest else None,
            longest_s=int(longest) if longest else None,
            recorded={"no_recording": False, "no": True}.get(transcript),
            transcribed={"yes": True, "no": False}.get(transcript),
            scored={"yes": True, "no": False}.get(value.get("score", "")),
            without_start="start" in value,
            tag=next(iter(read_tags(value.get("tag", ""))), None),
            phone=_phone(value.get("phone")),
            query=text_search.parse(value["q"]) if "q" in value else None,
        )


class SavedViewForm(PageForm):
    """The name of a view."""

    name = StringField(
        lazy("Name"),
        [InputRequired(), Length(min=1, max=60)],
        filters=[lambda text: " ".join((text or "").split())],
    )


def _phone(text: str | None) -> Phone | None:
    if not text:
        return None
    digits = "".join(sign for sign in text if sign.isdigit())
    number = e164(text)
    return Phone(number, None) if number else Phone(None, digits)
