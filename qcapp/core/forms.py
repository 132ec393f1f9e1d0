"""Forms without a token of their own, for the page carries it; what they complain of is in the reader's language."""

import wtforms
from flask_wtf.i18n import Translations, translations
from wtforms.meta import DefaultMeta


class Form(wtforms.Form):  # type: ignore[misc]  # WTForms is untyped
    class Meta(DefaultMeta):  # type: ignore[misc]
        def get_translations(self, _form: wtforms.Form) -> Translations:
            return translations
