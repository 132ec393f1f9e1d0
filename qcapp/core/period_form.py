"""The period of a report as a GET form whose state is the URL: one by name, or own dates."""

from datetime import date

from wtforms import Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from qcapp.core.dates import DateField
from qcapp.core.forms import PageForm
from qcapp.core.i18n import _, lazy
from qcapp.core.periods import Days, Preset, Unit, before, days_of

PRESETS = {
    Preset.THIS_WEEK: lazy("this week"),
    Preset.LAST_WEEK: lazy("last week"),
    Preset.THIS_MONTH: lazy("this month"),
    Preset.LAST_MONTH: lazy("last month"),
    Preset.THIS_QUARTER: lazy("this quarter"),
    Preset.LAST_QUARTER: lazy("last quarter"),
}
USUAL = Preset.THIS_MONTH
LONGEST = 366  # days; a longer report would be slow for everybody


class PeriodForm(PageForm):
    """Own dates, where given, stand instead of the named period; what is not understood is not applied."""

    class Meta:
        csrf = False  # a GET form changes nothing

    period = SelectField(
        lazy("Period"), choices=[SelectChoice(str(key), name) for key, name in PRESETS.items()], default=USUAL
    )
    since = DateField(lazy("or from"), validators=[Optional()])
    until = DateField(lazy("To"), validators=[Optional()])

    def validate_until(self, field: Field) -> None:
        if field.errors:
            return
        if not isinstance(self.since.data, date):
            raise ValidationError(_("Give the first day as well."))
        if field.data < self.since.data:
            raise ValidationError(_("This day is before the first one."))
        if (field.data - self.since.data).days >= LONGEST:
            raise ValidationError(_("At most a year at once."))

    @property
    def is_active(self) -> bool:
        """Whether anything but the usual period is shown."""
        return bool(self.since.data) or self.period.data != USUAL

    def days(self, today: date) -> tuple[Days, Days]:
        """The period and the one before; call ``validate`` first."""
        own, unit = self._own(today), None
        if own is None:
            preset = Preset(self.period.data) if not self.period.errors else USUAL
            own, unit = days_of(preset, today), Unit(preset.unit)
        return own, before(own, unit)

    def _own(self, today: date) -> Days | None:
        first, last = self.since.data, self.until.data
        if not isinstance(first, date) or self.since.errors or self.until.errors:
            return None
        last = last if isinstance(last, date) else max(first, today)
        return Days(first, last) if (last - first).days < LONGEST else None
