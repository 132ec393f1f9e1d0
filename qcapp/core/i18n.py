"""Languages: English in the source, Russian complete. Numbers and plurals follow the person's language."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import flask_babel
from babel.support import LazyProxy, NullTranslations
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_translations
from flask_babel.speaklater import LazyString
from flask_login import current_user
from markupsafe import Markup

from qcapp.settings import Settings
from qcapp.terms import Term

_PER_CENT = re.compile(r" %(?![\w(+])")
LOCALES = {"ru": "Русский", "en": "English"}
__all__ = ["LOCALES", "_", "init_app", "label", "lazy", "ngettext", "stored", "told", "unbroken"]


class Sentence(str):
    """A text in one language that remembers what it says, so that it can be said again in another one."""

    message: str
    many: str | None
    facts: dict[str, Any]


def _(message: str, /, **variables: object) -> str:
    """The text in the reader's language, with its variables filled in."""
    return _sentence(flask_babel.gettext(message, **variables), message, None, variables)


def ngettext(one: str, many: str, /, num: int, **variables: object) -> str:
    """The same for a text that depends on a number."""
    text = flask_babel.ngettext(one, many, num, **variables)
    return _sentence(text, one, many, {**variables, "num": num})


def lazy(message: str, **variables: object) -> LazyProxy:
    """A text translated when shown, for labels that exist before a request does."""
    text: LazyProxy = LazyString(_, message, **variables)
    return text


def label(term: Term) -> LazyProxy:
    """What a term is called, in the reader's language when it is shown."""
    return lazy(term.label)


def unbroken(text: str) -> str:
    """No line ends between a number and its sign of per cent. Signs that variables are put in by are none."""
    return _PER_CENT.sub("\u00a0%", text)


def stored(texts: str | Iterable[str]) -> str:
    """Texts for the database: what they say and the facts in it, not the words of one language."""
    parts = [texts] if isinstance(texts, str) else list(texts)
    if not any(isinstance(each, Sentence) or each.startswith("[") for each in parts):
        return " ".join(parts)
    told = [
        [each.message, each.many, {name: _plain_fact(fact) for name, fact in each.facts.items()}]
        if isinstance(each, Sentence)
        else each
        for each in parts
    ]
    return json.dumps(told, ensure_ascii=False)


def told(text: str | None) -> str | None:
    """What ``stored`` wrote, in the reader's language; texts that were stored as they were stay so."""
    if not text or not text.startswith("["):
        return text
    try:
        return " ".join(each if isinstance(each, str) else _said_again(*each) for each in json.loads(text))
    except (ValueError, TypeError, KeyError):
        return text


def _said_again(message: str, many: str | None, facts: dict[str, Any]) -> str:
    if many is None:
        return _(message, **facts)
    return ngettext(
        message, many, facts["num"], **{name: fact for name, fact in facts.items() if name != "num"}
    )


def _sentence(text: str, message: str, many: str | None, facts: dict[str, Any]) -> Sentence:
    sentence = Sentence(unbroken(str(text)))
    sentence.message, sentence.many, sentence.facts = message, many, facts
    return sentence


def _plain_fact(fact: object) -> object:
    return fact if isinstance(fact, int | float) else str(fact)


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
    app.add_template_filter(told)
    app.add_template_filter(_term_label, "label")


def _marked(message: str, **variables: object) -> Markup:
    catalogue = _catalogue()
    return _text(catalogue, message) % variables if variables else _plain(catalogue, message)


def _term_label(term: Term) -> Markup:
    return _plain(_catalogue(), term.label)


def _marked_plural(one: str, many: str, num: int, **variables: object) -> Markup:
    text = unbroken(_catalogue().ungettext(one, many, num))
    return Markup(text) % {"num": num, **variables}  # noqa: S704  # our own texts


@lru_cache(maxsize=20_000)
def _text(catalogue: NullTranslations, message: str) -> Markup:
    return Markup(unbroken(catalogue.ugettext(message)))  # noqa: S704  # our own texts


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
