"""Passwords that are tried first are refused, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.people import passwords
from qcapp.people.guessing import common_words, guessable

OWN = ("o.petrova", "Ольга Петрова", "olga@horns-hooves.ru")


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "Password123!",
        "P@ssw0rd2026",
        "qwertyuiop",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "йцукенгшщз",
        "Пароль2026",
        "gfhjkm12345",
        "Привет123456",
        "пароль-пароль",
        "admin-admin-1",
        "QCapp12345",
        "o.petrova1985",
        "Ольга1985Петрова",
        "horns-hooves-1",
        "лето2026лето",
        "987654321aaa",
        "+7 916 123-45-68",
    ],
)
def test_what_everybody_tries_is_refused(password):
    assert guessable(password, *OWN)


@pytest.mark.parametrize(
    "password",
    [
        "правильная лошадь",
        "надёжный пароль",
        "k7xp-m2qv-9dfh",
        "зонт под кроватью",
        "Tr0mbone&ladder",
    ],
)
def test_what_has_to_be_guessed_is_taken(password):
    assert not guessable(password, *OWN)


def test_nobody_elses_name_is_a_secret_of_mine():
    assert not guessable("Ольга1985Петрова", "max", "Макс Сидоров", None)


@given(st.data())
def test_common_words_with_digits_and_signs_around_them_stay_common(data):
    words = data.draw(st.lists(st.sampled_from(common_words()), min_size=1, max_size=3))
    end = data.draw(st.from_regex(r"[!?. -]{0,3}(19|20)[0-9]{2}[!?. -]{0,3}", fullmatch=True))
    assert guessable(data.draw(st.sampled_from(("", " ", "-"))).join(words).upper() + end)


@given(st.text(max_size=40))
def test_it_judges_whatever_is_typed(password):
    assert guessable(password) in (True, False)


def test_passwords_made_here_are_not_of_that_kind():
    assert not any(guessable(passwords.generated(), *OWN) for _time in range(50))
