"""What people send about deliverables: the editors' JSON, and the coach's word."""

from typing import Annotated, Any

from pydantic import Field
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from qcapp.core.autosave import SaveForm, understood
from qcapp.core.forms import Form
from qcapp.core.i18n import _, lazy
from qcapp.onboarding.states import Kind
from qcapp.onboarding.work.deliverables import Typed

Words = Annotated[str, Field(max_length=20_000)]


class SpveForm(SaveForm):
    rows: list[list[Words]] = Field(max_length=5_000)


class ReasonsForm(SaveForm):
    rows: list[Words] = Field(max_length=5_000)


FORMS: dict[Kind, type[SpveForm | ReasonsForm]] = {Kind.SPVE: SpveForm, Kind.REASONS: ReasonsForm}


def read_editor(kind: Kind, payload: Any) -> Typed:
    """What was typed; ``Refused`` when it comes from none of our pages."""
    form = understood(FORMS[kind], payload)
    return Typed(form.rows, form.revision, form.window, form.turn)


class DecisionForm(Form):
    """``number`` is the submission the coach has read: another may have been handed in since."""

    number = IntegerField(validators=[InputRequired()])
    comment = TextAreaField(lazy("Comment"), [Length(max=5_000)], filters=[lambda text: (text or "").strip()])

    def demand_comment(self) -> bool:
        """Work is not returned without a word."""
        if not self.comment.data:
            self.comment.errors = [*self.comment.errors, _("Say what is to be done better.")]
        return bool(self.comment.data)
