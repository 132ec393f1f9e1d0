"""What of a script was heard, what beside it; and what holds for any script and any talk."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qcapp.evidence.adherence import Adherence, Finding, Heard, ScriptPart, compare
from qcapp.evidence.speech import SpokenWord, Turn

GREETING = ScriptPart(
    "Здравствуйте! Меня зовут [имя], веб-студия «Северный сайт». Разговор записывается. Удобно сейчас две минуты?"
)
NEEDS = ScriptPart(
    "Задаю по одному, жду ответа.\n"
    "1. Расскажите, откуда сейчас приходят покупатели?\n"
    "2. Сколько заявок в месяц, и сколько доходит до покупки?\n"
    "3. Что нравится в нынешнем сайте, а чего не хватает?\n"
    "4. Кто ещё участвует в решении, кого позвать на показ?"
)
CLOSING = ScriptPart(
    "Давайте в [день] в [время] выйду на видеосвязь и покажу разбор.\n"
    "Если не наш клиент: спасибо, что уделили внимание, больше беспокоить звонками не будем."
)
CHEAPER = ScriptPart("А с чем сравниваете? Цена складывается из дизайна, текстов и поддержки.", optional=True)
SCRIPT = (GREETING, NEEDS, CLOSING, CHEAPER)

WINDOWS = (
    "Мастер вчера снимал размеры балкона и кухни. Откосы широкие, подоконник под рассаду, шов закроем пеной, "
    "створку усилим, потому что северная стена промерзает зимой. Монтаж займёт один день, бригада увезёт старые рамы."
)


def said(*texts: str, every_s: float = 10.0) -> list[Turn]:
    """Turns of words half a second apart, one every so many seconds."""
    return [
        [SpokenWord(word, number * every_s + place / 2) for place, word in enumerate(text.split())]
        for number, text in enumerate(texts)
    ]


def heard(parts: tuple[ScriptPart, ...], *texts: str) -> list[Heard]:
    return [finding.heard for finding in compare(parts, said(*texts)).findings]


def test_own_words_in_another_order_with_words_misheard_are_said() -> None:
    talk = said(
        "Алло!",
        "Добрый день, меня зовут Ольга, студия Северный сайд, разговор у нас записываеться, вам удобно сейчас?",
        WINDOWS,
    )
    greeting, needs, closing, cheaper = compare(SCRIPT, talk).findings
    assert greeting.heard is Heard.SAID
    assert greeting.share >= 0.5
    assert 10 <= (greeting.at or 0) < 12
    assert (needs.heard, closing.heard) == (Heard.NOT_HEARD, Heard.NOT_HEARD)
    assert needs == Finding(Heard.NOT_HEARD, 0.0, None)
    assert cheaper.heard is Heard.NOT_CALLED_FOR


def test_some_of_the_questions_are_partly_the_needs_and_lead_to_where_they_were_asked() -> None:
    talk = said("Понятно.", WINDOWS, "А сколько заявок в месяц бывает, и сколько из них доходит до покупки?")
    needs = compare((NEEDS,), talk).findings[0]
    assert needs.heard is Heard.PARTLY
    assert 0 < needs.share < 0.5
    assert 20 <= (needs.at or 0) < 30


def test_an_objection_that_nobody_made_needs_no_answer_and_one_that_was_answered_shows_where() -> None:
    assert heard((CHEAPER,), WINDOWS) == [Heard.NOT_CALLED_FOR]
    assert heard(
        (CHEAPER,), WINDOWS, "А с чем вы сравниваете? Цена же складывается из текстов, дизайна и поддержки."
    ) == [Heard.SAID]


def test_a_line_for_another_case_is_not_missed() -> None:
    talk = "Давайте в четверг в двенадцать выйду с вами на видеосвязь и покажу разбор."
    assert heard((CLOSING,), WINDOWS, talk) == [Heard.SAID]


def test_what_is_to_be_filled_in_is_nobodys_words() -> None:
    assert heard((ScriptPart("[Короткий ответ. Именно на\nэто!]"),), WINDOWS) == [Heard.NOT_CALLED_FOR]


def test_nothing_is_missed_in_a_talk_that_was_over_before_it_began() -> None:
    assert heard(SCRIPT, "Ой, хорошо, извините, пожалуйста. До свидания!") == [Heard.NOT_CALLED_FOR] * 4


def test_a_longer_passage_of_other_words_is_beside_the_script_as_it_was_said() -> None:
    talk = said("Здравствуйте! Меня зовут Ольга, веб-студия «Северный сайт».", "Угу.", WINDOWS, "Ну, хорошо.")
    extras = compare(SCRIPT, talk).extras
    assert [extra.at for extra in extras] == [20.0]
    assert extras[0].text.startswith("Мастер вчера снимал размеры")
    assert (
        compare(SCRIPT, said("Мастер вчера приезжал?", "Тогда завтра созвонимся.", every_s=60)).extras == ()
    )


def test_only_the_longest_passages_are_shown_in_the_order_of_the_talk() -> None:
    talk = [WINDOWS] * 3 + [WINDOWS + " " + WINDOWS] * 3
    extras = compare(SCRIPT, said(*talk, every_s=100)).extras
    assert [extra.at for extra in extras] == [0.0, 300.0, 400.0, 500.0]


# ---------- For any script and any talk ----------

LETTERS = "абвгдежзиклмнопрст"
WORDS = st.text(LETTERS, min_size=4, max_size=9).filter(lambda word: word != "если")
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(lambda words: " ".join(words) + ".")
PARTS = st.builds(ScriptPart, st.lists(SENTENCES, min_size=1, max_size=5).map("\n".join), st.booleans())
SCRIPTS = st.lists(PARTS, min_size=1, max_size=5).map(tuple)
TALKS = st.lists(SENTENCES, max_size=6).map(lambda texts: said(*texts))


def unlike(word: str) -> str:
    """A word of letters that no word of the scripts above has."""
    return "".join(chr(ord("q") + LETTERS.index(letter) % 10) for letter in word)


@given(SCRIPTS)
def test_whoever_reads_the_script_aloud_has_said_all_of_it_and_nothing_beside(
    script: tuple[ScriptPart, ...],
) -> None:
    found = compare(script, said(*(part.text for part in script)))
    assert {finding.heard for finding in found.findings} == {Heard.SAID}
    assert {finding.share for finding in found.findings} == {1.0}
    assert found.extras == ()


@given(SCRIPTS, st.lists(WORDS.map(unlike), min_size=20, max_size=60))
def test_other_words_are_none_of_the_script(script: tuple[ScriptPart, ...], words: list[str]) -> None:
    found = compare(script, said(" ".join(words)))
    for part, finding in zip(script, found.findings, strict=True):
        assert finding == Finding(Heard.NOT_CALLED_FOR if part.optional else Heard.NOT_HEARD, 0.0, None)
    assert [extra.text for extra in found.extras] == [" ".join(words)]


@given(SCRIPTS, TALKS, st.randoms(use_true_random=False))
def test_the_order_of_the_blocks_changes_no_finding(script, talk, random) -> None:
    order = list(range(len(script)))
    random.shuffle(order)
    found = compare(script, talk).findings
    assert compare([script[n] for n in order], talk).findings == tuple(found[n] for n in order)


ANY = st.text(st.sampled_from("аб вгд[].!\n-1eЁ"), max_size=60)


@given(st.lists(st.builds(ScriptPart, ANY, st.booleans()), max_size=4), st.lists(ANY, max_size=4))
def test_any_text_can_be_compared(script: list[ScriptPart], texts: list[str]) -> None:
    found = compare(script, said(*texts))
    assert len(found.findings) == len(script)


@given(SCRIPTS, TALKS)
def test_findings_are_sound(script: tuple[ScriptPart, ...], talk: list[Turn]) -> None:
    found: Adherence = compare(script, talk)
    moments = {word.at for turn in talk for word in turn}
    for finding in found.findings:
        assert 0 <= finding.share <= 1
        assert (finding.at is None) == (finding.share == 0)
        assert finding.at is None or finding.at in moments
    assert [extra.at for extra in found.extras] == sorted(extra.at for extra in found.extras)


@given(SCRIPTS, TALKS)
def test_nothing_is_missed_of_what_is_optional(script: tuple[ScriptPart, ...], talk: list[Turn]) -> None:
    optional = [replace(part, optional=True) for part in script]
    assert {each.heard for each in compare(optional, talk).findings} <= {Heard.SAID, Heard.NOT_CALLED_FOR}
