"""A transcript as a file: JSON for programs, text for people, SRT and VTT for players. Pure."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from qcapp.transcripts.engine.types import RecognisedSegment, Speaker, Transcript


class Format(StrEnum):
    JSON = "json"
    TXT = "txt"
    SRT = "srt"
    VTT = "vtt"


Names = Mapping[Speaker, str]
NAMES: Names = {Speaker.MANAGER: "Менеджер", Speaker.CLIENT: "Клиент", Speaker.UNKNOWN: ""}


def write(transcript: Transcript, form: Format, names: Names = NAMES) -> str:
    """The whole file. `names` are the labels before each turn; an empty one leaves the label out."""
    writers: dict[Format, Callable[[Transcript, Names], str]] = {
        Format.JSON: lambda whole, _names: json.dumps(as_dict(whole), ensure_ascii=False, indent=1) + "\n",
        Format.TXT: _txt,
        Format.SRT: _srt,
        Format.VTT: _vtt,
    }
    return writers[form](transcript, names)


def as_dict(transcript: Transcript) -> dict[str, Any]:
    """The JSON form. Times are seconds from the start of the recording."""
    return {
        "duration": round(transcript.duration, 3),
        "segments": [_segment(segment) for segment in transcript.segments],
        "removed": [
            {
                "speaker": piece.speaker.value,
                "start": round(piece.start, 3),
                "end": round(piece.end, 3),
                "text": piece.text,
                "reason": piece.reason.value,
            }
            for piece in transcript.removed
        ],
        "lost_s": round(transcript.lost_s, 3),
    }


def _segment(segment: RecognisedSegment) -> dict[str, Any]:
    return {
        "speaker": segment.speaker.value,
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "text": segment.text,
        "words": [
            {
                "start": round(word.start, 3),
                "end": round(word.end, 3),
                "word": word.word.strip(),
                "probability": round(word.probability, 3),
            }
            for word in segment.words
        ],
    }


def _txt(transcript: Transcript, names: Names) -> str:
    lines = (
        f"[{_clock(segment.start, '.', 1)}] {_label(segment, names)}{segment.text}"
        for segment in transcript.segments
    )
    return "".join(line + "\n" for line in lines)


def _srt(transcript: Transcript, names: Names) -> str:
    return "".join(
        f"{number}\n{_clock(segment.start, ',')} --> {_clock(segment.end, ',')}\n"
        f"{_label(segment, names)}{_in_cue(segment.text)}\n\n"
        for number, segment in enumerate(transcript.segments, start=1)
    )


def _vtt(transcript: Transcript, names: Names) -> str:
    cues = (
        f"{_clock(segment.start, '.')} --> {_clock(segment.end, '.')}\n"
        f"{_voice(segment, names)}{_escaped(segment.text)}\n"
        for segment in transcript.segments
    )
    return "\n".join(["WEBVTT\n", *cues])


def _label(segment: RecognisedSegment, names: Names) -> str:
    name = names.get(segment.speaker, "")
    return f"{name}: " if name else ""


def _voice(segment: RecognisedSegment, names: Names) -> str:
    name = names.get(segment.speaker, "")
    return f"<v {_escaped(name)}>" if name else ""


def _in_cue(text: str) -> str:
    """An arrow would end the cue."""
    return " ".join(text.split()).replace("-->", "→")


def _escaped(text: str) -> str:
    return _in_cue(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(seconds: float, point: str, digits: int = 3) -> str:
    unit = 10**digits
    ticks = round(max(seconds, 0.0) * unit)
    whole, rest = divmod(ticks, unit)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{rest:0{digits}}"
