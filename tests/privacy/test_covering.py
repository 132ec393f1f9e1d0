"""Numbers, names and quotations in free text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Text, create_engine, literal, select

from qcapp.privacy.covering import COVER, Quotations, Traces, is_part, throughout
from qcapp.privacy.traces import hinted

SQLITE = create_engine("sqlite://")

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
        "8,916,123,45,67",
        "8  -  916  -  123  -  45  -  67",
        "8=916*123|45'6;7",
        "Ким А.П.",
        "А. П. Ким",
        "Ким А.",
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
        "Анна К.",
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
        ("Пётр Сидоренко", "Сидоренко Пётр Андреевич"),
        ("Сидоренко Пётр Андреевич", "Сидоренко П. А."),
        ("Юрий Живаго", "Живаго Юрию"),
        ("Павел Кравец", "Павла Кравца"),
        ("Лев Заяц", "Льва Зайца"),
        ("Иван Королёк", "Корольку И."),
        ("Юля Цой", "Цой Юли"),
        ("Абрамович Роман Аркадьевич", "Роману Абрамовичу"),
    ],
)
def test_a_name_is_covered_in_every_case_of_the_grammar(name: str, written: str) -> None:
    traces = Traces(names=(name,))
    assert traces.gives_away(f"Обещал {written} перезвонить")
    assert asked_for(written, traces)


NAMES = [
    "Сидоренко",
    "Живаго",
    "Отто",
    "Руссо",
    "Гёте",
    "Лев",
    "Ия",
    "Ли",
    "Кравец",
    "O'Neil",
    "Петрович",
    "Ёж",
]
WORDS = st.sampled_from(NAMES) | st.text("абвгдеёжзийклмноптуьюяaz", min_size=1)


@given(st.lists(WORDS, min_size=2, max_size=4), st.data())
def test_every_name_matches_itself(words: list[str], data: st.DataObject) -> None:
    traces = Traces(names=(" ".join(words),))
    for written in (words, data.draw(st.permutations(words))):
        assert traces.cover(" ".join(written)) == COVER
        assert asked_for(" ".join(written), traces)


def test_another_persons_name_stays() -> None:
    for name, other in (
        ("Олег Ким", "Ольга Ким"),
        ("Анна Ким", "Анна Кимова-Уварова"),
        ("Лев Ким", "Люба Ким"),
    ):
        assert Traces(names=(name,)).cover(other) == other


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Анна Щукина", "Щукина Анна"),
        ("Федор", "Фёдор Мироненко"),
        ("ромашк", "Ксения Ромашкина"),
        ("Щукиной", "Щукина Анна Сергеевна"),
    ],
)
def test_a_name_is_found_by_a_part_of_it(asked: str, name: str) -> None:
    assert is_part(asked, name)
    assert not is_part(f"{asked} Вера", name)


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
    st.lists(st.sampled_from(["", "\u00a0", "%", " - ", "\n"]), min_size=10, max_size=10),
)
def test_the_database_is_asked_for_every_text_with_a_number(digits: str, signs: list[str]) -> None:
    traces = Traces(("+7" + digits,))
    text = "8" + "".join(sign + digit for sign, digit in zip(signs, digits, strict=True))
    assert traces.gives_away(text)
    assert asked_for(text, traces)
    assert asked_for({"phone": text, "имя": "ё"}, traces)


def asked_for(value: Any, traces: Traces) -> bool:
    """Whether a database that is asked for the traces gives the text, or the JSON, back."""
    kind = Text() if isinstance(value, str) else JSON()
    with SQLITE.connect() as connection:
        return bool(connection.scalar(select(hinted(literal(value, kind), traces))))


def test_quotations_are_covered_and_other_words_stay() -> None:
    spoken = Quotations(("Я перееду в Тверь весной, ещё не знаю когда.",))
    said = "Клиент сказал: «перееду в тверь весной». Спросить о сроке, еще не знаю когда, но скоро."
    assert spoken.cover(said) == f"Клиент сказал: «{COVER}». Спросить о сроке, {COVER}, но скоро."
    assert spoken.is_quoted(said)
    assert not spoken.is_quoted("Весной в Тверь")


@given(
    st.lists(st.sampled_from(["да", "нет", "мы", "они", "дом"])),
    st.lists(st.sampled_from(["да", "мы", "дом", "я"])),
)
def test_nothing_covered_quotes_any_more(call: list[str], note: list[str]) -> None:
    spoken = Quotations((" ".join(call),))
    assert not spoken.is_quoted(spoken.cover(" ".join(note)))


def test_json_is_covered_at_every_depth() -> None:
    value = {"a": ["8 916 123-45-67", 3, None], "+79161234567": {"b": True}}
    assert throughout(value, ANNA.cover) == {"a": [COVER, 3, None], COVER: {"b": True}}
