"""What the editor of programs sends."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.onboarding.program.versions import Typed


class EditorForm(BaseModel):
    """All that an editor's window holds; whether the document is a program, program.py says."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, Any]
    revision: int = Field(ge=0)
    window: str = Field(min_length=1, max_length=36)
    turn: int = Field(ge=1, lt=2**31)


def read_editor(payload: Any) -> Typed:
    """What was typed; ``Refused`` when it is none of our pages."""
    try:
        form = EditorForm.model_validate(payload)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "draft"
        raise Refused(
            _("The draft could not be understood (%(place)s). Reload the page.", place=place)
        ) from error
    return Typed(form.document, form.revision, form.window, form.turn)
