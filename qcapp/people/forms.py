"""Forms about people. Labels are translated when shown; what is right or wrong, the service says."""

import re

from wtforms import (
    EmailField,
    PasswordField,
    SearchField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from qcapp.core.dates import DateField
from qcapp.core.forms import Form, PageForm, choices_of, options
from qcapp.core.i18n import LOCALES, lazy
from qcapp.people import passwords
from qcapp.people.models import TokenScope
from qcapp.terms import Role

ANY = SelectChoice("", lazy("All"))


def stripped(text: str | None) -> str | None:
    return text.strip() if text else text


def _id(value: str | int | None) -> int | None:
    """A choice of somebody or something by id; the empty choice is None."""
    return int(value) if value else None


class SignInForm(PageForm):
    login = StringField(lazy("Login"), [InputRequired(), Length(max=200)], filters=[stripped])
    password = PasswordField(lazy("Password"), [InputRequired(), Length(max=passwords.LONGEST)])


class PasswordForm(PageForm):
    old = PasswordField(lazy("Present password"), [InputRequired(), Length(max=passwords.LONGEST)])
    new = PasswordField(lazy("New password"), [InputRequired(), Length(max=passwords.LONGEST)])


class UserForm(PageForm):
    """The login is asked for once, when a person is added."""

    login = StringField(
        lazy("Login"),
        [InputRequired(), Length(max=200)],
        filters=[stripped],
        description=lazy("Latin letters, digits and . _ - @. It cannot be changed later."),
    )
    name = StringField(lazy("Name"), [InputRequired(), Length(max=200)], filters=[stripped])
    role = SelectField(lazy("Role"), choices=choices_of(Role))
    team = SelectField(lazy("Team"), coerce=_id)
    extensions = StringField(
        lazy("Telephone extensions"),
        [Length(max=400)],
        description=lazy("Several are separated by commas. Calls from them are this person's."),
    )
    email = EmailField(lazy("E-mail"), [Optional(), Length(max=320)], filters=[stripped])
    locale = SelectField(
        lazy("Language"),
        choices=options([("", lazy("As in the browser")), *LOCALES.items()]),
        default="",
    )

    def numbers(self) -> list[str]:
        """The extensions one by one."""
        return [number for number in re.split(r"[,;\s]+", self.extensions.data or "") if number]


class TeamForm(PageForm):
    name = StringField(lazy("Name"), [InputRequired(), Length(max=200)], filters=[stripped])
    head = SelectField(lazy("Head of sales"), coerce=_id)
    members = SelectMultipleField(
        lazy("Members"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class HandoverForm(PageForm):
    giver = SelectField(lazy("From whom"), [InputRequired()], coerce=_id)
    taker = SelectField(lazy("To whom"), [InputRequired()], coerce=_id)
    since = DateField(lazy("From"), [InputRequired()])
    until = DateField(
        lazy("Return on"), [Optional()], description=lazy("Empty: for good, until somebody returns them.")
    )
    reason = StringField(lazy("Why"), [DataRequired(), Length(max=500)], filters=[stripped])


class DelegationForm(PageForm):
    lender = SelectField(lazy("For whom"), [InputRequired()], coerce=_id)
    holder = SelectField(lazy("Stands in"), [InputRequired()], coerce=_id)
    since = DateField(lazy("From"), [InputRequired()])
    until = DateField(lazy("Last day"), [InputRequired()])
    reason = StringField(lazy("Why"), [DataRequired(), Length(max=500)], filters=[stripped])


class TokenForm(PageForm):
    name = StringField(
        lazy("Name"),
        [InputRequired(), Length(max=200)],
        filters=[stripped],
        description=lazy("Which program it is for, such as “telephone exchange”."),
    )
    scope = SelectField(lazy("Scope"), choices=choices_of(TokenScope))
    user = SelectField(lazy("Acts as"), coerce=_id)
    last_day = DateField(
        lazy("Last day"),
        [InputRequired()],
        description=lazy("Afterwards the program is refused. Administrators are told two weeks before."),
    )


class PeopleFilter(Form):
    q = SearchField(lazy("Name, login or extension"), filters=[stripped])
    role = SelectField(lazy("Role"), choices=[ANY, *choices_of(Role)], default="")
    team = SelectField(lazy("Team"), coerce=_id)
    state = SelectField(
        lazy("State"),
        choices=options(
            [("active", lazy("Active")), ("inactive", lazy("Deactivated")), ("all", lazy("All"))]
        ),
        default="active",
    )


class AuditFilterForm(Form):
    who = SelectField(lazy("Who"), coerce=_id)
    action = SelectField(lazy("Action"), default="")
    since = DateField(lazy("From"), [Optional()])
    until = DateField(lazy("To"), [Optional()])
