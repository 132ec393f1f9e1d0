"""What people send about checklists: the editor's JSON, and the short forms around it."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from wtforms import FileField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from qcapp.checklists.drafts import Typed
from qcapp.core.autosave import SaveForm, understood
from qcapp.core.dates import DateField
from qcapp.core.forms import PageForm
from qcapp.core.i18n import lazy


def _nothing(value: Any) -> Any:
    """An empty field of a page is no value."""
    return None if value == "" else value


class CardEditorForm(SaveForm):
    """All that an editor's window holds; whether the document is a card, ``documents`` says."""

    document: dict[str, Any]
    owner: Annotated[int | None, BeforeValidator(_nothing)] = None
    review_on: Annotated[date | None, BeforeValidator(_nothing)] = None
    mode: str = Field(default="force", pattern="^(force|shadow)$")


def read_editor(payload: Any) -> tuple[Typed, bool]:
    """What was typed, and whether publishing means the shadow; ``Refused`` when it is none of our pages."""
    form = understood(CardEditorForm, payload)
    typed = Typed(form.document, form.owner, form.review_on, form.revision, form.window, form.turn)
    return typed, form.mode == "shadow"


class NewCardForm(PageForm):
    title = StringField(
        lazy("Title"),
        [DataRequired(), Length(max=4000)],
        filters=[lambda text: text.strip() if text else text],
    )
    like = SelectField(lazy("Begin with"), default="")


class CardFileForm(PageForm):
    file = FileField(lazy("YAML file"))


class CardSettingsForm(PageForm):
    """Who answers for the card, and until when it is on trial."""

    owner = SelectField(lazy("Card owner"), coerce=lambda value: int(value) if value else None)
    review_on = DateField(lazy("Trial until"), validators=[Optional()])
