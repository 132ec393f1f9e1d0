"""The forms of coaching: what a talk was about, its tasks (one small form each, told apart by prefix), their end."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError

from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.labels import STATES
from qcapp.coaching.models import TaskState
from qcapp.core.dates import DateField, DateTimeLocalField
from qcapp.core.forms import PageForm, options
from qcapp.core.i18n import _, lazy
from qcapp.people.choices import told_apart
from qcapp.people.models import User

TOPIC, TEXT = 200, 20_000
USUAL_TIME = timedelta(days=7)  # in which a task is usually done
ENDS = (TaskState.DONE, TaskState.DROPPED)
Data = MultiDict[str, str] | None


class _Form(PageForm):
    """Says in the reader's language what is wrong; the request's CSRF token is checked before any view."""

    class Meta:
        csrf = False


def stripped(text: str | None) -> str:
    return (text or "").strip()


class SessionForm(_Form):
    topic = StringField(lazy("Topic"), [InputRequired(), Length(max=TOPIC)], filters=[stripped])
    held_at = DateTimeLocalField(lazy("Held on"), [InputRequired()], format=["%Y-%m-%dT%H:%M"])
    notes = TextAreaField(lazy("What was talked over and found"), [Length(max=TEXT)], filters=[stripped])

    def moment(self, zone: ZoneInfo) -> datetime:
        """When it was held; the browser gives the wall clock of this installation."""
        held_at: datetime = self.held_at.data
        return held_at.replace(tzinfo=zone)


def needed_if_meant(form: "TaskForm", field: DateField) -> None:
    """A task has its day; what is left out needs none."""
    if form.meant and not field.data:
        field.errors = []  # that nothing is no date
        raise StopValidation(_("Say until when."))


class TaskForm(_Form):
    """One task; left out as long as nothing is written in it."""

    text = TextAreaField(lazy("What the manager does"), [Length(max=TEXT)], filters=[stripped])
    item = SelectField(lazy("Item of the checklist it is about"), default="")
    due_on = DateField(lazy("Due"), [needed_if_meant, Optional()])
    skip = BooleanField(lazy("Leave this task out"))

    @property
    def meant(self) -> bool:
        """Whether a task is to be agreed."""
        return not self.skip.data and bool(self.text.data or self.item.data)

    def validate_text(self, field: TextAreaField) -> None:
        if self.meant and not field.data:
            raise ValidationError(_("Say what is to be done."))

    def agreed(self) -> AgreedTask:
        """The task as it was agreed; call ``validate`` first."""
        checklist_id, _colon, item_key = self.item.data.partition(":")
        about = (int(checklist_id), item_key) if item_key else (None, None)
        return AgreedTask(self.text.data, self.due_on.data, *about)


class CloseTaskForm(_Form):
    state = RadioField(
        lazy("The task"),
        [InputRequired()],
        choices=options((state.value, STATES[state]) for state in ENDS),
    )
    closing = TextAreaField(lazy("What came of it"), [Length(max=TEXT)], filters=[stripped])

    def validate_closing(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(_("Say in a few words what came of it."))


class RecheckForm(_Form):
    call = SelectField(lazy("Checked on the call of"), default="")


class TalksFilter(_Form):
    manager = SelectField(lazy("Manager"), default="")

    def offer(self, managers: Sequence[User]) -> None:
        """Whose talks there are to choose from."""
        self.manager.choices = options([("", _("All")), *told_apart(managers).items()])

    @property
    def manager_id(self) -> int | None:
        return int(self.manager.data) if self.manager.data and self.validate() else None


def all_valid(filled: Iterable[_Form]) -> bool:
    """Whether all of them are, each with its errors in it: none is left unchecked because of one before."""
    found = [form.validate() for form in filled]
    return all(found)


def task_form(data: Data, number: int, choices: Sequence[SelectChoice], **given: Any) -> TaskForm:
    """The task of this number on the page, with what is suggested for it."""
    form = TaskForm(data, prefix=f"task{number}-", data=given)
    form.item.choices = [SelectChoice("", _("no single item")), *choices]
    return form


def sent_tasks(data: MultiDict[str, str], choices: Sequence[SelectChoice], most: int) -> list[TaskForm]:
    """Those of the tasks that the page had."""
    numbers = (number for number in range(most) if f"task{number}-text" in data)
    return [task_form(data, number, choices) for number in numbers]


def recheck_form(
    data: Data, task_id: int, choices: Sequence[SelectChoice], chosen: int | None
) -> RecheckForm:
    form = RecheckForm(data, prefix=f"recheck{task_id}-", data={"call": str(chosen or "")})
    form.call.choices = [SelectChoice("", _("not checked yet")), *choices]
    return form
