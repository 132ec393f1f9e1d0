"""Texts that are kept say the same in every reader's language, and no number loses its sign at the end of a line."""

import pickle

from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from qcapp.core.errors import Refused
from qcapp.core.formats import percent
from qcapp.core.i18n import _, lazy, ngettext, stored, told


def test_a_text_is_told_in_the_language_of_its_reader(session):
    with force_locale("ru"):
        kept = stored(
            Refused(
                _("%(name)s, row %(row)d", name="Master.csv", row=3),
                ngettext("%(num)d call found its manager.", "%(num)d calls found their managers.", 2),
            ).reasons
        )
        assert told(kept) == "Master.csv, строка 3 Менеджеры найдены для 2 звонков."
    assert told(kept) == "Master.csv, row 3 2 calls found their managers."


def test_a_refusal_of_another_process_is_told_in_every_language_too(session):
    with force_locale("ru"):
        refused = pickle.loads(pickle.dumps(Refused(_("Nothing has been changed."))))
    assert told(stored(refused.reasons)) == "Nothing has been changed."


@given(st.lists(st.text(), max_size=3))
def test_what_was_written_as_it_is_stays_so(texts):
    assert told(stored(texts)) == " ".join(texts)
    assert stored(texts) == " ".join(texts) or any(text.startswith("[") for text in texts)


@given(st.text())
def test_nothing_that_was_kept_before_breaks_a_page(text):
    for old in (text, f"[{text}", f'[["{text}", null, {{}}]]', '[["%(gone)s", null, {}]]'):
        assert isinstance(told(old), str)


def test_a_sign_of_per_cent_stays_with_its_number(session, app):
    assert percent(87.5, 1) == "87.5\u00a0%"
    assert _("average score below %(percent)s %%", percent=70) == "average score below 70\u00a0%"
    assert str(lazy("usually 40–60 %")) == "usually 40–60\u00a0%"
    assert str(lazy("%(told)s Reason: %(why)s")) == "%(told)s Reason: %(why)s"  # to be filled in later
    page = app.jinja_env.from_string('{{ _("average score below %(percent)s %%", percent=70) }}').render()
    assert page == "average score below 70\u00a0%"
