"""Forms of the knowledge base."""

from datetime import UTC, datetime

from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from qcapp.core.forms import PageForm
from qcapp.core.i18n import lazy
from qcapp.knowledge.markdown import LONGEST
from qcapp.knowledge.service import LONGEST_TITLE
from qcapp.people.forms import stripped


def _id(value: str | int | None) -> int | None:
    return int(value) if value else None


class ArticleForm(PageForm):
    title = StringField(lazy("Title"), [DataRequired(), Length(max=LONGEST_TITLE)], filters=[stripped])
    body = TextAreaField(lazy("Text"), [Length(max=LONGEST)])
    parent = SelectField(lazy("Section"), coerce=_id)
    key = StringField(
        lazy("Key"),
        [Length(max=200)],
        filters=[stripped],
        description=lazy("By it lessons and items of checklists name the article. Empty: one is made."),
    )
    seen = HiddenField()

    def seen_at(self) -> datetime:
        """When the article had last been saved before it was opened here; long ago, if that is not told."""
        try:
            return datetime.fromisoformat(self.seen.data)
        except (TypeError, ValueError):
            return datetime.min.replace(tzinfo=UTC)


class QuestionForm(PageForm):
    question = TextAreaField(lazy("Question"), [DataRequired(), Length(max=5_000)], filters=[stripped])
    origin = HiddenField()
    key = HiddenField()
