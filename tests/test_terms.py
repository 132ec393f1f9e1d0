"""The vocabulary: each term has a label, and each label is translated."""

import pkgutil
from importlib import import_module

import pytest
from flask import Flask
from flask_babel import force_locale

import qcapp.terms
from qcapp.core.i18n import label
from qcapp.terms import Term

TERMS = sorted(
    {
        kind
        for module in pkgutil.iter_modules(qcapp.terms.__path__, "qcapp.terms.")
        for kind in vars(import_module(module.name)).values()
        if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term
    },
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", TERMS, ids=lambda kind: kind.__name__)
def test_every_term_has_a_label_of_its_own_in_both_languages(kind: type[Term], app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        english = [str(label(term)) for term in kind]
    with app.test_request_context(), force_locale("ru"):
        russian = [str(label(term)) for term in kind]
    for names in (english, russian):
        assert all(names)
        assert len(set(names)) == len(names)
    assert not set(english) & set(russian) - {"HR"}


def test_a_term_is_found_by_its_value() -> None:
    assert all(kind(term.value) is term for kind in TERMS for term in kind)
