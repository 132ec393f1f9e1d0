"""Text that nobody said is taken out, and what people do say stays."""

import pytest

from qcapp.transcripts.engine.phantoms import Opinion, cut_repetition, why_removed
from qcapp.transcripts.engine.types import RemovalReason, Word

SURE = Opinion(mean_logprob=-0.3, no_speech=0.05)


def said(text: str, probability: float = 0.9, seconds_a_word: float = 0.4) -> list[Word]:
    return [
        Word(n * seconds_a_word, (n + 1) * seconds_a_word, f" {word}", probability)
        for n, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Продолжение следует...",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Субтитры сделал DimaTorzok",
        "Субтитры создавал DimaTorzok",
        "ДИНАМИЧНАЯ МУЗЫКА",
        "Спасибо за просмотр!",
        "Thanks for watching!",
        "Subtitles by the Amara.org community",
        "ТЕЛЕФОННЫЙ ЗВОНОК",
    ],
)
def test_known_phantoms_are_removed_however_sure_the_model_is(text: str) -> None:
    assert why_removed(said(text), SURE) is RemovalReason.KNOWN_PHANTOM


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо.",
        "Угу.",
        "Продолжение разговора следует записать.",
        "У нас в магазине играет музыка, покупателям нравится.",
        "Подписывайтесь на рассылку, там скидки.",
        "Да, да, да.",
    ],
)
def test_what_people_say_stays(text: str) -> None:
    assert why_removed(said(text), SURE) is None


def test_a_lone_thanks_that_the_model_doubts_is_removed() -> None:
    assert why_removed(said("Спасибо.", probability=0.2), SURE) is RemovalReason.UNLIKELY


def test_a_single_word_that_the_model_hardly_believes_is_removed_and_an_uncertain_answer_stays() -> None:
    assert why_removed(said("У", probability=0.1), SURE) is RemovalReason.UNLIKELY
    assert why_removed(said("Конечно.", probability=0.3), SURE) is None


def test_text_over_what_the_model_takes_for_silence_is_removed() -> None:
    doubt = Opinion(mean_logprob=-1.2, no_speech=0.8)
    assert why_removed(said("Ну что, поехали дальше"), doubt) is RemovalReason.NO_SPEECH


def test_more_words_than_anybody_can_say_are_removed() -> None:
    hurried = said("переподготовка квалифицированных специалистов предприятия", seconds_a_word=0.05)
    assert why_removed(hurried, SURE) is RemovalReason.TOO_FAST


def test_one_endless_word_is_repetition() -> None:
    assert why_removed(said("У" * 80), SURE) is RemovalReason.REPETITION


def test_a_loop_is_cut_and_the_words_around_it_stay() -> None:
    kept, cut = cut_repetition(said("Мы пришлём договор " + "до связи " * 9 + "всего доброго"))
    assert "".join(word.word for word in kept).split() == [
        "Мы",
        "пришлём",
        "договор",
        "до",
        "связи",
        "всего",
        "доброго",
    ]
    assert len(cut) == 16


def test_a_phrase_said_three_times_is_no_loop() -> None:
    words = said("алло алло алло вы меня слышите")
    assert cut_repetition(words) == (words, [])
