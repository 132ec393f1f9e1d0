"""Forms without a token of their own, for the page carries it; what they complain of is in the reader's language."""

from typing import Any

import wtforms
from flask import request
from flask_wtf.i18n import Translations, translations
from wtforms.meta import DefaultMeta


class Form(wtforms.Form):  # type: ignore[misc]  # WTForms is untyped
    class Meta(DefaultMeta):  # type: ignore[misc]
        def get_translations(self, _form: wtforms.Form) -> Translations:
            return translations


def kept(form: wtforms.Form) -> dict[str, Any]:
    """What of this address a filter's fields take, for links; whatever else it holds goes into none."""
    names = (field.short_name for field in form)
    return {name: value for name in names if (value := request.args.get(name))}
