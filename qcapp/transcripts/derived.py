"""What follows from the text and the speakers of a transcript: speech metrics and the search index."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.lanes import side_of
from qcapp.calls.models import Recording
from qcapp.calls.search import index_call
from qcapp.transcripts import metrics
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, SpeechMetrics, Transcription


def refresh(session: Session, call_id: int) -> None:
    """Measure the speech again and put the newest text into the search index."""
    transcription, recording = _of_call(session, call_id)
    if transcription is None or recording is None:
        return
    segments = _heard(session, transcription)
    index_call(session, transcription.call, "\n".join(segment.text for segment in segments))
    figures = _figures(transcription, recording, segments)
    row = session.scalar(select(SpeechMetrics).where(SpeechMetrics.transcription_id == transcription.id))
    if row is None:
        session.add(SpeechMetrics(transcription_id=transcription.id, **asdict(figures)))
    else:
        for name, value in asdict(figures).items():
            setattr(row, name, value)
    session.flush()


def follow_call(session: Session, call_id: int) -> None:
    """Let a transcript be found among the calls of the manager that the call has now."""
    transcription, _recording = _of_call(session, call_id)
    if transcription is not None and transcription.call.transcribed_at is not None:
        said = "\n".join(segment.text for segment in _heard(session, transcription))
        index_call(session, transcription.call, said)


def follow_sides(session: Session, call_id: int) -> None:
    """Put the speakers of a two-channel transcript, old wordings included, where the recording says they are."""
    transcription, recording = _of_call(session, call_id)
    if transcription is None or recording is None or recording.channels != 2:
        return
    for segment in _segments(session, transcription):
        speaker = Speaker(side_of(segment.channel, recording.channels, recording.manager_channel))
        segment.speaker = speaker
        for revision in segment.revisions:
            revision.speaker = speaker
    session.flush()
    refresh(session, call_id)


def _of_call(session: Session, call_id: int) -> tuple[Transcription | None, Recording | None]:
    transcription = session.scalar(select(Transcription).where(Transcription.call_id == call_id))
    return transcription, session.scalar(select(Recording).where(Recording.call_id == call_id))


def _segments(session: Session, transcription: Transcription) -> list[Segment]:
    rows = select(Segment).where(Segment.transcription_id == transcription.id)
    return list(session.scalars(rows.order_by(Segment.start_s, Segment.id)))


def _heard(session: Session, transcription: Transcription) -> list[Segment]:
    return [segment for segment in _segments(session, transcription) if segment.removed is None]


def _figures(
    transcription: Transcription, recording: Recording, segments: list[Segment]
) -> metrics.SpeechFigures:
    speech = _speech(transcription, recording, segments)
    if speech[Speaker.UNKNOWN] or not speech[Speaker.MANAGER]:
        return metrics.measure_unknown([span for spans in speech.values() for span in spans])
    turns = [
        metrics.Turn(segment.text, _first_word(segment), segment.end_s, len(segment.text.split()))
        for segment in segments
        if segment.speaker is Speaker.MANAGER
    ]
    return metrics.measure(speech[Speaker.MANAGER], speech[Speaker.CLIENT], turns)


def _speech(
    transcription: Transcription, recording: Recording, segments: Iterable[Segment]
) -> dict[Speaker, list[metrics.Span]]:
    """Who speaks when. Two channels: where their sound holds speech; a mixed one: from the words, as assigned."""
    speech: dict[Speaker, list[metrics.Span]] = {speaker: [] for speaker in Speaker}
    if recording.channels == 2 and transcription.spans:
        for channel, spans in transcription.spans.items():
            side = Speaker(side_of(int(channel), 2, recording.manager_channel))
            speech[side] += [(float(start), float(end)) for start, end in spans]
        return speech
    for segment in segments:
        speech[segment.speaker] += _spans_of_words(segment)
    return speech


def _spans_of_words(segment: Segment) -> list[metrics.Span]:
    # Words of one breath belong together: gaps up to half a second are closed.
    spans: list[metrics.Span] = []
    for word in segment.words or [{"start": segment.start_s, "end": segment.end_s}]:
        if spans and word["start"] - spans[-1][1] < 0.5:
            spans[-1] = (spans[-1][0], word["end"])
        else:
            spans.append((word["start"], word["end"]))
    return spans


def _first_word(segment: Segment) -> float:
    return float(segment.words[0]["start"]) if segment.words else segment.start_s
