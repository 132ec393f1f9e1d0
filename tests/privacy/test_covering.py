"""Numbers, names and quotations in free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.privacy.covering import COVER, Spoken, Traces, throughout

ANNA = Traces(numbers=("+79161234567",), names=("Анна Петровна Ким", "Иван"))


@pytest.mark.parametrize(
    "spelled",
    [
        "+79161234567",
        "89161234567",
        "79161234567",
        "9161234567",
        "8 (916) 123-45-67",
        "+7 916 123 45 67",
        "8-916-123-45-67",
        "8.916.123.45.67",
        "810 7 916 1234567",
        "+7\u00a0916\u00a0123\u00a045\u00a067",
        "8 916 123\u201145\u201167",
        "+7 916 123 45 - 67",
        "8/916/123_45_67",
        "Ким, Анна Петровна",
        "ПЕТРОВНА КИМ АННА",
        "анна  петровна ким",
        "Анна Петровна\nКим",
        "Анне Ким",
        "Ким Анну",
        "Ким Анны Петровны",
    ],
)
def test_every_usual_spelling_is_covered(spelled: str) -> None:
    assert ANNA.cover(f"Перезвонить: {spelled}, завтра") == f"Перезвонить: {COVER}, завтра"


@pytest.mark.parametrize(
    "other",
    [
        "+79161234568",
        "891612345671",
        "Иван",
        "Анна",
        "Анна Петровна",
        "Анна Кимова-Уварова",
        "179161234567",
        "2026-11-28 10:15",
    ],
)
def test_what_is_somebody_elses_stays(other: str) -> None:
    assert ANNA.cover(f"см. {other}.") == f"см. {other}."


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Пётр Семёнов", "Петру Семенову"),
        ("Петр Семенов", "у Семёнова Петра"),
        ("Достоевский Фёдор Михайлович", "с Фёдором Достоевским"),
        ("Мария Толстая", "Марии Толстой"),
        ("Илья Кузьмич Заяц", "Ильёй Заяц"),
        ("John Smith", "SMITH, JOHN"),
    ],
)
def test_a_name_is_covered_in_every_case_of_the_grammar(name: str, written: str) -> None:
    traces = Traces(names=(name,))
    assert COVER in traces.cover(f"Обещал {written} перезвонить")
    assert any(hint.lower() in written.lower() for hint in traces.hints)


def test_a_foreign_number_is_covered() -> None:
    assert Traces(("+4915112345678",)).cover("0049 151 12345678 / +49 151 12345678") == f"{COVER} / {COVER}"


@given(
    st.text(st.sampled_from("0123456789"), min_size=10, max_size=10),
    st.sampled_from(["+7", "8", "7", ""]),
    st.lists(
        st.sampled_from(["", " ", "-", "(", ") ", "\u00a0", "\u2011", " - ", " · "]), min_size=10, max_size=10
    ),
)
def test_a_number_is_found_however_its_digits_are_parted(digits: str, country: str, signs: list[str]) -> None:
    written = country + "".join(sign + digit for sign, digit in zip(signs, digits, strict=True))
    traces = Traces(("+7" + digits,))
    assert traces.cover(f"тел. {written}!").endswith(f"{COVER}!")


@given(
    st.text(st.sampled_from("0123456789"), min_size=10, max_size=10),
    st.lists(st.sampled_from(["", "\u00a0", "\u2011", " - "]), min_size=8, max_size=8),
    st.permutations(["Анна", "Петровна", "Ким"]),
)
def test_the_database_is_asked_for_every_text_with_a_trace(
    digits: str, signs: list[str], name: list[str]
) -> None:
    number = "".join(digit + sign for digit, sign in zip(digits, [*signs, "", ""], strict=True))
    for traces, text in (
        (Traces(("+7" + digits,)), f"8{number}"),
        (Traces(names=("Анна Петровна Ким",)), " ".join(name)),
    ):
        assert traces.gives_away(text)
        assert any(hint in text for hint in traces.hints)


def test_quotations_are_covered_and_other_words_stay() -> None:
    spoken = Spoken(("Я перееду в Тверь весной, ещё не знаю когда.",))
    said = "Клиент сказал: «перееду в тверь весной». Спросить о сроке, еще не знаю когда, но скоро."
    assert spoken.cover(said) == f"Клиент сказал: «{COVER}». Спросить о сроке, {COVER}, но скоро."
    assert spoken.is_quoted(said)
    assert not spoken.is_quoted("Весной в Тверь")


@given(
    st.lists(st.sampled_from(["да", "нет", "мы", "они", "дом"])),
    st.lists(st.sampled_from(["да", "мы", "дом", "я"])),
)
def test_nothing_covered_quotes_any_more(call: list[str], note: list[str]) -> None:
    spoken = Spoken((" ".join(call),))
    assert not spoken.is_quoted(spoken.cover(" ".join(note)))


def test_json_is_covered_at_every_depth() -> None:
    value = {"a": ["8 916 123-45-67", 3, None], "+79161234567": {"b": True}}
    assert throughout(value, ANNA.cover) == {"a": [COVER, 3, None], COVER: {"b": True}}
