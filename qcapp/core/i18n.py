"""Languages: English in the source, Russian complete. Numbers and plurals follow the person's language."""

from typing import Any

from babel.support import LazyProxy
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_translations, gettext, lazy_gettext, ngettext
from flask_login import current_user

from qcapp.settings import Settings

LOCALES = {"ru": "Русский", "en": "English"}
__all__ = ["LOCALES", "_", "init_app", "lazy", "ngettext"]


def _(message: str, **variables: object) -> str:
    """The text in the reader's language, with its variables filled in."""
    return str(gettext(message, **variables))


def lazy(message: str, **variables: object) -> LazyProxy:
    """A text translated when shown, for labels that exist before a request does."""
    text: LazyProxy = lazy_gettext(message, **variables)
    return text


def init_app(app: Flask, settings: Settings) -> None:
    def locale() -> str:
        if not has_request_context():
            return settings.locale
        if chosen := session.get("locale"):
            return str(chosen)
        if current_user and getattr(current_user, "locale", None):
            return str(current_user.locale)
        return request.accept_languages.best_match(LOCALES, default=settings.locale) or settings.locale

    Babel(
        app,
        default_locale=settings.locale,
        default_timezone=settings.timezone,
        default_translation_directories=str(app.root_path) + "/translations",
        locale_selector=locale,
        timezone_selector=lambda: settings.timezone,
    )
    # Babel looks for the catalogue anew at each text, which was a third of the time of a page with a list.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of Jinja's i18n extension
        lambda message: _catalogue().ugettext(message),
        lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )


def _catalogue() -> Any:
    """The reader's translations, found once a request."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue
