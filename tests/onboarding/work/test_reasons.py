"""A list of reasons: cleaned of what a paste brings with it, counted, and repeated lines found."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.onboarding.work.reasons import Repeat, clean, count, repeats

WORDS = st.sampled_from(
    [
        "сайт",
        "быстро",
        "клиент",
        "скидка",
        "гарантия",
        "договор",
        "дизайн",
        "реклама",
        "срок",
        "цена",
        "2",
        "не",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), max_size=30)


@pytest.mark.parametrize(
    ("pasted", "reasons"),
    [
        ("1. Быстро\n2) Дёшево\r\n\n 3.Надёжно", ["Быстро", "Дёшево", "Надёжно"]),
        ("- быстро\n• дёшево\n* надёжно\n— 4. красиво", ["быстро", "дёшево", "надёжно", "красиво"]),
        ("1\tБыстро\n2\tДёшево   и  просто", ["Быстро", "Дёшево и просто"]),
        ("7 – экономия\n5 – 7 дней под ключ", ["экономия", "5 – 7 дней под ключ"]),
        (
            "24 часа на связи\n1.5 раза дешевле\n-20 % на первый год\n№1 на рынке",
            ["24 часа на связи", "1.5 раза дешевле", "-20 % на первый год", "№1 на рынке"],
        ),
        ("6.\n-\n  \n", []),
        ("с\0нулём", ["с нулём"]),
    ],
)
def test_a_paste_becomes_reasons_without_numbers_and_bullets(pasted: str, reasons: list[str]) -> None:
    assert clean(pasted) == reasons


@given(st.text())
def test_cleaning_takes_nothing_but_the_beginning_and_spaces(pasted: str) -> None:
    lines = [" ".join(line.replace("\0", " ").split()) for line in pasted.splitlines()]
    cleaned = clean(pasted)
    rest = iter(lines)
    assert all(any(line.endswith(reason) for line in rest) for reason in cleaned)
    assert all(reason == reason.strip() != "" for reason in cleaned)


@given(LINES)
def test_cleaning_loses_no_line_that_says_something_and_keeps_the_order(lines: list[str]) -> None:
    numbered = "\n".join(f"{number}. {line}\n" for number, line in enumerate(lines, start=1))
    bulleted = "\n".join(f"• {line}" for line in lines)
    assert clean(numbered) == clean(bulleted) == lines


def test_the_same_words_are_one_reason() -> None:
    lines = ["Экономит время", "экономит время!", "Экономит  ВРЕМЯ", "", "Ещё", "Еще", "Растут продажи"]
    assert count(lines) == 3
    assert repeats(lines) == [Repeat(0, 1, True), Repeat(0, 2, True), Repeat(4, 5, True)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Экономит время", "Экономия времени"),
        ("Быстрая доставка", "Доставка быстрая"),
        ("Сайт виден в поиске", "Сайт видно в поиске"),
        ("Работаем по договору", "Работа по договору"),
        ("Сайт приводит клиентов", "Сайт приводит новых клиентов"),
        ("Saves your time", "Saving your time"),
    ],
)
def test_nearly_the_same_is_pointed_out_and_counts_all_the_same(one: str, other: str) -> None:
    assert repeats(["Растут продажи", one, other]) == [Repeat(1, 2, False)]
    assert count([one, other]) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Гарантия 2 года", "Гарантия 3 года"),
        ("Нужно платить вперёд", "Не нужно платить вперёд"),
        ("Бесплатная доставка", "Платная доставка"),
        ("Удобно для клиентов", "Удобно для менеджеров"),
        ("Снижает затраты на рекламу", "Снижает затраты на телефонию"),
        ("Причина про опыт", "Причина про оплату"),
        ("!!!", "???"),
    ],
)
def test_what_says_something_else_is_let_alone(one: str, other: str) -> None:
    assert repeats([one, other]) == []


def test_a_line_is_held_against_the_one_it_is_most_like() -> None:
    lines = ["Сайт приводит клиентов", "Сайт приводит новых клиентов", "Сайты приводят новых клиентов"]
    assert repeats(lines) == [Repeat(0, 1, False), Repeat(1, 2, False)]


@given(LINES, st.data())
def test_exact_duplicates_are_always_found(lines: list[str], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(lines), max_size=5)) if lines else []
    written = lines + [line.upper() + "." for line in again]
    found = {each.second: each for each in repeats(written)}
    for second, line in enumerate(written):
        said = line.casefold().strip(".")
        first = next(n for n, each in enumerate(written) if each.casefold().strip(".") == said)
        exact = second in found and found[second].exact
        assert exact == (first != second)
        if exact:
            assert found[second].first == first
    assert count(written) == len({line.casefold().strip(".") for line in written})


@given(LINES)
def test_repeats_look_back_and_come_in_order_once_a_line(lines: list[str]) -> None:
    found = repeats(lines)
    assert [each.second for each in found] == sorted({each.second for each in found})
    assert all(each.first < each.second for each in found)


def test_three_hundred_lines_take_no_time() -> None:
    lines = [f"Причина {n % 40} купить у нас сайт и рекламу {n % 7}" for n in range(300)]
    begun = time.process_time()
    assert len(repeats(lines)) > 15
    assert time.process_time() - begun < 1
