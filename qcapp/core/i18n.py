"""Languages: English in the source, Russian complete. Numbers and plurals follow the person's language."""

from functools import lru_cache

from babel.support import LazyProxy, NullTranslations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_translations, gettext, lazy_gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

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
    # Babel looks for the catalogue anew at each text, and Jinja marks and formats it anew:
    # a page with a list has five hundred, which was a third of its time.
    app.jinja_env.globals.update(_=_marked, gettext=_marked, ngettext=_marked_plural)


def _marked(message: str, **variables: object) -> Markup:
    catalogue = _catalogue()
    return _text(catalogue, message) % variables if variables else _plain(catalogue, message)


def _marked_plural(one: str, many: str, num: int, **variables: object) -> Markup:
    return Markup(_catalogue().ungettext(one, many, num)) % {"num": num, **variables}  # noqa: S704  # our own texts


@lru_cache(maxsize=20_000)
def _text(catalogue: NullTranslations, message: str) -> Markup:
    return Markup(catalogue.ugettext(message))  # noqa: S704  # our own texts


@lru_cache(maxsize=20_000)
def _plain(catalogue: NullTranslations, message: str) -> Markup:
    """A text without variables, ready to be shown: a sign of per cent is written twice in all of them."""
    return _text(catalogue, message) % {}


def _catalogue() -> NullTranslations:
    """The reader's translations, found once a request."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    catalogue: NullTranslations = g.catalogue
    return catalogue
