"""What people send about checklists: the editor's JSON, and the short forms around it."""

from datetime import date
from typing import Annotated, Any

from flask_wtf import FlaskForm
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from wtforms import DateField, FileField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from qcapp.checklists.drafts import Typed
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, lazy


def _nothing(value: Any) -> Any:
    """An empty field of a page is no value."""
    return None if value == "" else value


class EditorForm(BaseModel):
    """All that an editor's window holds; whether the document is a card, ``documents`` says."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, Any]
    owner: Annotated[int | None, BeforeValidator(_nothing)] = None
    review_on: Annotated[date | None, BeforeValidator(_nothing)] = None
    mode: str = Field(default="force", pattern="^(force|shadow)$")
    revision: int = Field(ge=0)
    window: str = Field(min_length=1, max_length=36)
    turn: int = Field(ge=1, lt=2**31)


def read_editor(payload: Any) -> tuple[Typed, bool]:
    """What was typed, and whether publishing means the shadow; ``Refused`` when it is none of our pages."""
    try:
        form = EditorForm.model_validate(payload)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "draft"
        raise Refused(
            _("The draft could not be understood (%(place)s). Reload the page.", place=place)
        ) from error
    typed = Typed(form.document, form.owner, form.review_on, form.revision, form.window, form.turn)
    return typed, form.mode == "shadow"


class NewCardForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    title = StringField(
        lazy("Title"),
        [DataRequired(), Length(max=4000)],
        filters=[lambda text: text.strip() if text else text],
    )
    like = SelectField(lazy("Begin with"), default="")


class CardFileForm(FlaskForm):  # type: ignore[misc]
    file = FileField(lazy("YAML file"))


class CardSettingsForm(FlaskForm):  # type: ignore[misc]
    """Who answers for the card, and until when it is on trial."""

    owner = SelectField(lazy("Card owner"), coerce=lambda value: int(value) if value else None)
    review_on = DateField(lazy("Trial until"), validators=[Optional()])
