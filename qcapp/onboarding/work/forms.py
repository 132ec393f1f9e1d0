"""What people send about deliverables: the editors' JSON, and the coach's word."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from qcapp.core.errors import Refused
from qcapp.core.forms import Form
from qcapp.core.i18n import _, lazy
from qcapp.onboarding.states import Kind
from qcapp.onboarding.work.deliverables import Typed

Words = Annotated[str, Field(max_length=20_000)]


class EditorForm(BaseModel):
    """Which save of which window this is; with all rows that the window holds."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0)
    window: str = Field(min_length=1, max_length=36)
    turn: int = Field(ge=1, lt=2**31)


class SpveForm(EditorForm):
    rows: list[list[Words]] = Field(max_length=5_000)


class ReasonsForm(EditorForm):
    rows: list[Words] = Field(max_length=5_000)


def read_editor(kind: Kind, payload: Any) -> Typed:
    """What was typed; ``Refused`` when it comes from none of our pages."""
    try:
        form = (SpveForm if kind is Kind.SPVE else ReasonsForm).model_validate(payload)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "draft"
        raise Refused(
            _("The draft could not be understood (%(place)s). Reload the page.", place=place)
        ) from error
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
