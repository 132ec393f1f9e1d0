"""Parents of all forms. What they complain of is in the reader's language."""

from collections.abc import Iterable
from typing import Any

import wtforms
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.i18n import Translations, translations
from wtforms import SelectChoice
from wtforms.meta import DefaultMeta

from qcapp.core.i18n import label
from qcapp.terms import Term


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """Brings its token, and takes what the browser sent with it; JSON, which no browser sends, fills in nothing."""

    class Meta:
        def wrap_formdata(self, form: wtforms.Form, formdata: Any) -> Any:
            if request.is_json and not hasattr(formdata, "getlist"):
                return None
            return super().wrap_formdata(form, formdata)  # type: ignore[misc]


class Form(wtforms.Form):  # type: ignore[misc]  # WTForms is untyped
    """Without a token of its own, for the page carries it."""

    class Meta(DefaultMeta):  # type: ignore[misc]
        def get_translations(self, _form: wtforms.Form) -> Translations:
            return translations


def options(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Choices of a select field out of values and labels."""
    return [SelectChoice(str(value), name) for value, name in pairs]


def choices_of(terms: Iterable[Term]) -> list[SelectChoice]:
    """Choices of a select field out of terms."""
    return options((term.value, label(term)) for term in terms)


def seen() -> int:
    """What the page that sends this form knew as the newest of its kind; 0: nothing."""
    return request.form.get("seen", 0, type=int)


def kept(form: wtforms.Form) -> dict[str, Any]:
    """What of this address a filter's fields take, for links; whatever else it holds goes into none."""
    names = (field.short_name for field in form)
    return {name: value for name in names if (value := request.args.get(name))}
