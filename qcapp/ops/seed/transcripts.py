"""Rows of transcripts: text in the search index for all of them, turns with words and times for some."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from qcapp.calls.search import spoken
from qcapp.core.text_index import place
from qcapp.core.text_search import label, month_label, stemmed
from qcapp.ops.seed.bulk import Bulk
from qcapp.ops.seed.calls import moment
from qcapp.ops.seed.figures import SeedFigures
from qcapp.ops.seed.staff import Staff
from qcapp.ops.seed.words import POOL, Pool, company_name
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, SpeechMetrics, Transcription, TranscriptionState

SECONDS_A_SENTENCE = 5
LONGEST = 90  # sentences
EVERY = 25  # of so many transcripts one has its turns: all of them would be a hundred gigabytes of word times
_TRANSCRIPTION = [
    "id",
    "call_id",
    "engine",
    "state",
    "attempts",
    "progress",
    "queued_at",
    "started_at",
    "finished_at",
    "work_s",
    "lost_s",
    "spans",
]
_SEGMENT = ["id", "transcription_id", "channel", "speaker", "start_s", "end_s", "text", "words", "confidence"]
_METRICS = [
    "id",
    "transcription_id",
    "talk_share",
    "longest_monologue_s",
    "interruptions_by_manager",
    "interruptions_by_client",
    "silences",
    "silence_s",
    "pace_wpm",
    "questions",
    "fillers",
    "first_word_s",
]


def write(bulk: Bulk, random: Generator, figures: SeedFigures, people: Staff, pool: Pool) -> None:
    calls = np.flatnonzero(figures.transcribed)
    counts = np.clip(figures.talk_s[calls] // SECONDS_A_SENTENCE, 2, LONGEST)
    said = random.integers(0, POOL, int(counts.sum())).astype(np.int32)
    talks = Talks(figures, pool, calls.tolist(), counts.tolist(), said.tolist())
    bulk.insert(Transcription, _TRANSCRIPTION, talks.transcriptions())
    bulk.insert(SpeechMetrics, _METRICS, talks.metrics())
    bulk.insert(Segment, _SEGMENT, talks.segments())
    labels = [label(people.managers[place]) for place in figures.manager[calls].tolist()]
    bulk.index_texts(spoken, talks.stems(labels))


class Talks:
    """Who said which sentences; the transcription of the n-th transcribed call has the id n, from 1."""

    def __init__(
        self,
        figures: SeedFigures,
        pool: Pool,
        calls: list[int],
        counts: list[int],
        said: list[int],
    ) -> None:
        self._calls = calls
        self._counts = counts
        self._said = said
        self._pool = pool
        self._talk_s: list[int] = figures.talk_s.tolist()
        self._started: list[int] = figures.started.tolist()
        self._client: list[int] = figures.client.tolist()

    def transcriptions(self) -> Iterator[tuple[Any, ...]]:
        for number, call in enumerate(self._calls, 1):
            talk_s = self._talk_s[call]
            done = moment(self._started[call] + talk_s + 900)
            spans = {"0": [[0.5, talk_s * 0.55]], "1": [[talk_s * 0.6, float(talk_s)]]}
            yield (
                number,
                call + 1,
                "seed",
                TranscriptionState.DONE,
                1,
                1.0,
                done,
                done,
                done,
                talk_s / 18,
                0.0,
                spans,
            )

    def metrics(self) -> Iterator[tuple[Any, ...]]:
        for number, call in enumerate(self._calls, 1):
            talk_s, some = self._talk_s[call], call % 10
            yield (
                number, number, 0.35 + some / 25, talk_s / 6, some // 3, some // 4,
                some // 2, some * 2.5, 110.0 + some * 6, some, some * 2, 0.5 + some / 5,
            )  # fmt: skip

    def stems(self, labels: list[str]) -> Iterator[tuple[int, str]]:
        stems, at = self._pool.stems, 0
        for call, count, manager in zip(self._calls, self._counts, labels, strict=True):
            heard = " ".join([stems[place] for place in self._said[at : at + count]])
            started = moment(self._started[call])
            yield (
                place(started, call + 1),
                f"{stemmed(company_name(self._client[call]))} {heard} {month_label(started)} {manager}",
            )
            at += count

    def segments(self) -> Iterator[tuple[Any, ...]]:
        segment_id, at = 1, 0
        for number, (call, count) in enumerate(zip(self._calls, self._counts, strict=True), 1):
            if number % EVERY == 0:
                texts = [self._pool.sentences[place] for place in self._said[at : at + count]]
                texts[0] = f"{company_name(self._client[call])} {texts[0]}"
                length = self._talk_s[call] / count
                for place, sentence in enumerate(texts):
                    yield (segment_id, number, *_turn(sentence, place, place * length, length))
                    segment_id += 1
            at += count


def _turn(sentence: str, place: int, start: float, length: float) -> tuple[Any, ...]:
    spoken_words = sentence.split()
    step = length * 0.9 / len(spoken_words)
    words = [
        {
            "start": round(start + number * step, 2),
            "end": round(start + (number + 1) * step, 2),
            "word": word,
            "probability": 0.8,
        }
        for number, word in enumerate(spoken_words)
    ]
    speaker = Speaker.CLIENT if place % 2 else Speaker.MANAGER
    return place % 2, speaker, round(start, 2), round(start + length * 0.9, 2), sentence, words, 0.8
