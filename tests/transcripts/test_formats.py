"""Transcripts as files: every format is what its readers expect."""

import json

from qcapp.transcripts.engine.types import (
    RecognisedSegment,
    RemovalReason,
    Removed,
    Speaker,
    Transcript,
    Word,
)
from qcapp.transcripts.formats import Format, write

WORDS = (Word(3661.5, 3661.9, " Алло,", 0.91), Word(3662.0, 3662.4, " <да>!", 0.5))
TRANSCRIPT = Transcript(
    4000.0,
    (
        RecognisedSegment(1, Speaker.CLIENT, 3661.5, 3662.4, "Алло, <да>!", WORDS, 0.705),
        RecognisedSegment(0, Speaker.MANAGER, 3663.0, 3664.0, "Здравствуйте.", (), 0.9),
    ),
    (Removed(0, Speaker.MANAGER, 1.0, 2.0, "Продолжение следует", RemovalReason.KNOWN_PHANTOM),),
    lost_s=0.52,
)


def test_json_has_segments_words_what_was_removed_and_what_was_lost() -> None:
    found = json.loads(write(TRANSCRIPT, Format.JSON))
    assert set(found) == {"duration", "segments", "removed", "lost_s"}
    assert found["segments"][0] == {
        "speaker": "client",
        "start": 3661.5,
        "end": 3662.4,
        "text": "Алло, <да>!",
        "words": [
            {"start": 3661.5, "end": 3661.9, "word": "Алло,", "probability": 0.91},
            {"start": 3662.0, "end": 3662.4, "word": "<да>!", "probability": 0.5},
        ],
    }
    assert found["removed"][0]["reason"] == "known_phantom"


def test_text_names_the_speaker_of_each_turn() -> None:
    assert write(TRANSCRIPT, Format.TXT).splitlines() == [
        "[01:01:01.5] Клиент: Алло, <да>!",
        "[01:01:03.0] Менеджер: Здравствуйте.",
    ]


def test_srt_numbers_its_cues_and_writes_commas() -> None:
    assert write(TRANSCRIPT, Format.SRT).startswith(
        "1\n01:01:01,500 --> 01:01:02,400\nКлиент: Алло, <да>!\n\n2\n01:01:03,000 --> 01:01:04,000\n"
    )


def test_vtt_escapes_what_would_be_markup() -> None:
    assert write(TRANSCRIPT, Format.VTT).startswith(
        "WEBVTT\n\n01:01:01.500 --> 01:01:02.400\n<v Клиент>Алло, &lt;да&gt;!\n\n01:01:03.000"
    )


def test_an_empty_transcript_is_a_file_too() -> None:
    empty = Transcript(2.0)
    assert [write(empty, form) for form in (Format.TXT, Format.SRT, Format.VTT)] == ["", "", "WEBVTT\n"]
