"""Forms around a trainee: who begins, by which program, with which coach."""

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from qcapp.core.dates import DateField
from qcapp.core.forms import Form
from qcapp.core.i18n import lazy


def _id(value: str | int | None) -> int | None:
    """A choice by id; the empty choice is None."""
    return int(value) if value else None


class BeginForm(Form):
    manager = SelectField(lazy("Manager"), [InputRequired()], coerce=_id)
    program = SelectField(lazy("Program"), [InputRequired()], coerce=_id)
    coach = SelectField(lazy("Coach"), [Optional()], coerce=_id)
    started_on = DateField(lazy("First day"), [InputRequired()])
    sure_of = IntegerField(validators=[Optional()])
    """The manager for whom the person knows what ends with it."""
    reason = StringField(lazy("Reason"), [Length(max=5_000)])


class CoachForm(Form):
    coach = SelectField(lazy("Coach"), [Optional()], coerce=_id)
