"""What the editor of programs sends."""

from typing import Any

from qcapp.core.autosave import SaveForm, understood
from qcapp.onboarding.program.versions import Typed


class ProgramEditorForm(SaveForm):
    """All that an editor's window holds; whether the document is a program, program.py says."""

    document: dict[str, Any]


def read_editor(payload: Any) -> Typed:
    """What was typed; ``Refused`` when it is none of our pages."""
    form = understood(ProgramEditorForm, payload)
    return Typed(form.document, form.revision, form.window, form.turn)
