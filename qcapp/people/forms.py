"""Forms about people. Labels are translated when shown."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from qcapp.core.i18n import lazy
from qcapp.people import passwords


class SignInForm(FlaskForm):
    login = StringField(lazy("Login"), [InputRequired(), Length(max=200)], filters=[lambda text: text and text.strip()])
    password = PasswordField(lazy("Password"), [InputRequired(), Length(max=passwords.LONGEST)])


class PasswordForm(FlaskForm):
    old = PasswordField(lazy("Present password"), [InputRequired(), Length(max=passwords.LONGEST)])
    new = PasswordField(lazy("New password"), [InputRequired(), Length(max=passwords.LONGEST)])
