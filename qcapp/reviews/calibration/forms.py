"""The form that plans a calibration: while calls are looked for its state is the URL, planning sends it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from qcapp.calls.forms import LENGTHS
from qcapp.core.dates import DateField
from qcapp.core.forms import Form, options
from qcapp.core.i18n import _, lazy
from qcapp.core.periods import DAY, midnight
from qcapp.people.choices import told_apart
from qcapp.people.models import User
from qcapp.reviews.calibration.faults import TITLE
from qcapp.reviews.calibration.queries import OfferFilter
from qcapp.reviews.calibration.service import AgreedAnswer

NUMBER = re.compile(r"\d{1,15}")
TEXT = 10_000  # characters of one comment


class CalibrationForm(Form):
    title = StringField(lazy("Name of the calibration"), [InputRequired(), Length(max=TITLE)])
    checklist = SelectField(lazy("Checklist"))
    due = DateField(lazy("To be scored by the end of"), [InputRequired()])
    reviewers = SelectMultipleField(
        lazy("Reviewers"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    manager = SelectField(lazy("Manager"), default="")
    length = SelectField(
        lazy("Length"),
        choices=[SelectChoice("", lazy("any")), *(SelectChoice(key, name) for key, name in LENGTHS.items())],
        default="",
    )
    score = SelectField(
        lazy("Score"),
        choices=[SelectChoice("", lazy("any")), SelectChoice("no", lazy("not scored"))],
        default="",
    )
    numbers = StringField(
        lazy("Call numbers"), description=lazy("As in the address of a call’s page, such as 12, 15.")
    )

    def offer(
        self, cards: Sequence[tuple[str, str]], reviewers: Sequence[User], managers: Sequence[User]
    ) -> None:
        """What there is to choose from."""
        self.checklist.choices = [SelectChoice(key, title) for key, title in cards]
        self.reviewers.choices = options(told_apart(reviewers).items())
        self.manager.choices = options([("", _("any")), *told_apart(managers).items()])

    def wanted(self) -> OfferFilter:
        """Which calls to offer; what cannot be understood narrows nothing."""
        shortest, _dash, longest = (self.length.data or "").partition("-")
        manager = self.manager.data or ""
        return OfferFilter(
            reviewers=tuple(self.reviewers.data or ()),
            numbers=tuple(int(each) for each in NUMBER.findall(self.numbers.data or "")),
            manager_id=int(manager) if manager.isdecimal() else None,
            shortest_s=int(shortest) if shortest.isdecimal() else None,
            longest_s=int(longest) if longest.isdecimal() else None,
            unscored=self.score.data == "no",
        )

    def due_at(self, zone: ZoneInfo) -> datetime:
        """The end of the chosen day in the installation's time zone."""
        return midnight(self.due.data + DAY, zone)


def read_agreed(form: Any, keys: Sequence[str]) -> dict[str, AgreedAnswer]:
    """The reference answers in a sent form, by item key."""
    return {
        key: AgreedAnswer(form.get(f"value-{key}", ""), form.get(f"comment-{key}", "")[:TEXT]) for key in keys
    }
