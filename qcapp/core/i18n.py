"""Languages: English in the source, Russian complete. Numbers and plurals follow the person's language."""

from babel.support import LazyProxy
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, gettext, lazy_gettext, ngettext
from flask_login import current_user

from qcapp.settings import Settings

LOCALES = {"ru": "Русский", "en": "English"}
__all__ = ["LOCALES", "_", "init_app", "lazy", "ngettext"]


def _(message: str, **variables: object) -> str:
    """The text in the reader's language, with its variables filled in."""
    return str(gettext(message, **variables))


def lazy(message: str, **variables: object) -> LazyProxy:
    """A text translated when shown, for labels that exist before a request does."""
    return lazy_gettext(message, **variables)


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
