"""What people send about forbidden phrases."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from qcapp.core.forms import PageForm
from qcapp.core.i18n import lazy
from qcapp.people.forms import stripped


class PhraseForm(PageForm):
    text = StringField(lazy("Phrase"), [InputRequired(), Length(max=200)], filters=[stripped])
    instead = TextAreaField(
        lazy("Why not, and what to say instead"), [InputRequired(), Length(max=1000)], filters=[stripped]
    )
