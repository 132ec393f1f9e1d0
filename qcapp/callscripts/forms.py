"""What people send about scripts: the editor's JSON, and the short forms around it."""

from typing import Any

from flask_wtf import FlaskForm
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from qcapp.callscripts import wording
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.service import Typed
from qcapp.callscripts.words import BLOCKS
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, lazy
from qcapp.people.forms import options, stripped

TEXT = 10_000  # characters of one text
OBJECTIONS = 100


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ObjectionForm(_Form):
    objection: str = Field(default="", max_length=TEXT)
    answer: str = Field(default="", max_length=TEXT)


class BlocksForm(_Form):
    preparation: str = Field(default="", max_length=TEXT)
    greeting: str = Field(default="", max_length=TEXT)
    goal: str = Field(default="", max_length=TEXT)
    needs: str = Field(default="", max_length=TEXT)
    presentation: str = Field(default="", max_length=TEXT)
    objections: list[ObjectionForm] = Field(default_factory=list, max_length=OBJECTIONS)
    closing: str = Field(default="", max_length=TEXT)


class EditorForm(_Form):
    """All that an editor's window holds."""

    blocks: BlocksForm
    revision: int = Field(ge=0)
    window: str = Field(min_length=1, max_length=36)
    turn: int = Field(ge=1, lt=2**31)


def read_editor(payload: Any) -> Typed:
    """What was typed; ``Refused`` names what is wrong with it."""
    try:
        form = EditorForm.model_validate(payload)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "string_too_long":
            raise Refused(_("A text is longer than %(limit)d characters. Shorten it.", limit=TEXT)) from error
        place = ".".join(str(part) for part in first["loc"]) or "draft"
        raise Refused(
            _("The draft could not be understood (%(place)s). Reload the page.", place=place)
        ) from error
    return Typed(wording.read(form.blocks.model_dump()), form.revision, form.window, form.turn)


class CommentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    block = SelectField(lazy("Block"), choices=options(BLOCKS.items()))
    text = TextAreaField(lazy("Comment"), [Length(max=TEXT)], filters=[stripped], default="")


class DecisionForm(FlaskForm):  # type: ignore[misc]
    words = TextAreaField(lazy("To the manager"), [Length(max=TEXT)], filters=[stripped], default="")
    verdict = RadioField(
        lazy("Decision"),
        choices=options(
            [(DraftState.APPROVED, lazy("Approve")), (DraftState.RETURNED, lazy("Return to be rewritten"))]
        ),
    )
