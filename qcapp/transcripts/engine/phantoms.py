"""Text that nobody said: what whisper invents over silence, tones, music and noise. Pure.

The checks see one stretch of text at a time, with what the model itself thought of it.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from qcapp.transcripts.engine.types import RemovalReason, Word

# Subtitlers' credits and stage directions that whisper learnt from films. Lower case, ё = е.
KNOWN_PHANTOMS = (
    r"(?:редактор|корректор)\w* субтитров",
    r"субтитры (?:и перевод )?(?:сделал|создавал|делал|подготовил|подогнал|добавил|предоставил)\w*",
    r"субтитры (?:от|по|а) \w+",
    r"перевод и субтитры",
    r"dimatorzok",
    r"амара орг|amara org",
    r"продолжение следует",
    r"(?:динамичн|спокойн|тревожн|напряженн|весел|лиричн|торжественн)\w* музыка",
    r"(?:приятн|драматичн|интригующ|грустн|медленн|быстр)\w* музыка",
    r"(?:играет|звучит) музыка",
    r"музыка(?:льная заставка)?",
    r"телефонный звонок|звонок телефона|телефон звонит",
    r"звон(?:ит|ок) (?:в )?(?:дверь|телефон)",
    r"аплодисменты|смех в зале|стук в дверь|выстрел\w*",
    r"подпи(?:сывайтесь|шитесь) на (?:наш |мой |этот )?канал",
    r"ставьте лайки?|не забудьте (?:подписаться|поставить)",
    r"(?:всем )?спасибо за (?:просмотр|внимание к каналу|подписку)",
    r"до новых встреч|до встречи в следующ\w+ (?:видео|выпуск\w*|серии)",
    r"с вами был[аи]? \w+ \w+",
    r"thank(?:s| you)(?: so much| very much)? for watching",
    r"please (?:like and )?subscribe(?: to (?:my|our|the) channel)?",
    r"subtitles? (?:by|provided by)",
    r"(?:transcribed|translated|captioned) by",
    r"to be continued",
    r"(?:dramatic|upbeat|soft|tense) music",
    r"phone (?:ringing|rings)|applause|music playing",
)
# Phrases that people also say: phantoms only when nothing else is there and the model is unsure.
DOUBTFUL_PHANTOMS = frozenset(
    {"спасибо", "thank you", "you", "bye", "музыка", "а", "и", "the", "пока", "угу", "ага", "да", "ну"}
)

_WHOLE = re.compile(rf"(?:{'|'.join(KNOWN_PHANTOMS)})(?: \w+){{0,4}}")
_ANYWHERE = re.compile(
    r"(?:редактор|корректор)\w* субтитров|субтитры (?:сделал|создавал|подогнал)\w*|dimatorzok|amara org"
)
_WORD = re.compile(r"\w+")

NO_SPEECH = 0.6
UNSURE = -1.0  # mean log probability of a token
VERY_UNSURE = -1.5
DOUBTED_UNSURE = -0.7  # where the model had heard nothing at first
DOUBTFUL_WORD = 0.35  # mean probability of the words of a doubtful phrase
LONELY_WORD = 0.2  # probability of a single word between pauses; music gives 0.1
COMPRESSION = 2.4  # text that shrinks more than this repeats itself
FASTEST_CHARS_PER_S = 40.0  # a hurried speaker reaches 25
MOST_REPEATS = 5  # nobody says a phrase more often than this without a pause
LONGEST_PHRASE = 8  # words


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thought of the window in which the text stood."""

    mean_logprob: float
    no_speech: float


def went_astray(words: Sequence[Word], opinion: Opinion) -> bool:
    """Whether the text of a whole window shows that the model got lost in it."""
    repeated = cut_repetition(words)[1] or _by_text(
        " ".join(plain_words("".join(word.word for word in words)))
    )
    return bool(words) and (bool(repeated) or opinion.mean_logprob < UNSURE)


def why_removed(words: Sequence[Word], opinion: Opinion, *, doubted: bool = False) -> RemovalReason | None:
    """The reason to take this stretch of text out, or None if it may stand."""
    phrase = " ".join(plain_words("".join(word.word for word in words)))
    if doubted and opinion.mean_logprob < DOUBTED_UNSURE:
        return RemovalReason.UNLIKELY
    return _by_text(phrase) or _by_opinion(opinion) or _by_words(phrase, words)


def _by_text(phrase: str) -> RemovalReason | None:
    if not phrase:
        return RemovalReason.UNLIKELY
    if _WHOLE.fullmatch(phrase) or _ANYWHERE.search(phrase):
        return RemovalReason.KNOWN_PHANTOM
    encoded = phrase.encode()
    return RemovalReason.REPETITION if len(encoded) / len(zlib.compress(encoded)) > COMPRESSION else None


def _by_opinion(opinion: Opinion) -> RemovalReason | None:
    if opinion.no_speech > NO_SPEECH and opinion.mean_logprob < UNSURE:
        return RemovalReason.NO_SPEECH
    return RemovalReason.UNLIKELY if opinion.mean_logprob < VERY_UNSURE else None


def _by_words(phrase: str, words: Sequence[Word]) -> RemovalReason | None:
    sureness = sum(word.probability for word in words) / len(words)
    if phrase in DOUBTFUL_PHANTOMS and sureness < DOUBTFUL_WORD:
        return RemovalReason.UNLIKELY
    if len(words) == 1 and sureness < LONELY_WORD:
        return RemovalReason.UNLIKELY
    length = max(words[-1].end - words[0].start, 0.5)
    return RemovalReason.TOO_FAST if len(phrase) > FASTEST_CHARS_PER_S * length else None


def plain_words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


def cut_repetition(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The words without a phrase that comes again and again (its first time stays), and what was cut."""
    plain = [" ".join(plain_words(word.word)) for word in words]
    for size in range(1, LONGEST_PHRASE + 1):
        start = 0
        while start + size <= len(plain):
            repeats = 1
            while plain[start : start + size] == plain[start + repeats * size : start + (repeats + 1) * size]:
                repeats += 1
            if repeats > MOST_REPEATS:
                first, last = start + size, start + repeats * size
                kept, cut = cut_repetition(words[last:])
                return [*words[:first], *kept], [*words[first:last], *cut]
            start += 1
    return list(words), []
