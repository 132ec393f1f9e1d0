"""What people send about scripts: the editor's JSON, and the short forms around it."""

from typing import Any

from pydantic import Field
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from qcapp.callscripts import wording
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.service import Typed
from qcapp.callscripts.words import BLOCKS
from qcapp.core.autosave import Piece, SaveForm, understood
from qcapp.core.forms import PageForm, options
from qcapp.core.i18n import lazy
from qcapp.people.forms import stripped

TEXT = 10_000  # characters of one text
OBJECTIONS = 100


class ObjectionForm(Piece):
    objection: str = Field(default="", max_length=TEXT)
    answer: str = Field(default="", max_length=TEXT)


class BlocksForm(Piece):
    preparation: str = Field(default="", max_length=TEXT)
    greeting: str = Field(default="", max_length=TEXT)
    goal: str = Field(default="", max_length=TEXT)
    needs: str = Field(default="", max_length=TEXT)
    presentation: str = Field(default="", max_length=TEXT)
    objections: list[ObjectionForm] = Field(default_factory=list, max_length=OBJECTIONS)
    closing: str = Field(default="", max_length=TEXT)


class ScriptEditorForm(SaveForm):
    """All that an editor's window holds."""

    blocks: BlocksForm


def read_editor(payload: Any) -> Typed:
    """What was typed; ``Refused`` names what is wrong with it."""
    form = understood(ScriptEditorForm, payload)
    return Typed(wording.read(form.blocks.model_dump()), form.revision, form.window, form.turn)


class CommentForm(PageForm):
    block = SelectField(lazy("Block"), choices=options(BLOCKS.items()))
    text = TextAreaField(lazy("Comment"), [Length(max=TEXT)], filters=[stripped], default="")


class ScriptDecisionForm(PageForm):
    words = TextAreaField(lazy("To the manager"), [Length(max=TEXT)], filters=[stripped], default="")
    verdict = RadioField(
        lazy("Decision"),
        choices=options(
            [(DraftState.APPROVED, lazy("Approve")), (DraftState.RETURNED, lazy("Return to be rewritten"))]
        ),
    )
