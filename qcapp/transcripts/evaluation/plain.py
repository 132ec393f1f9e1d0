"""The plain run that every clever step must stand comparison with: faster-whisper as its manual shows it,
each channel alone."""

from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from qcapp.calls.audio import open_audio
from qcapp.transcripts.engine.levels import RATE
from qcapp.transcripts.engine.types import RecognisedSegment, Speaker, Word

PLAIN = {"beam_size": 5, "word_timestamps": True, "vad_filter": True, "vad_parameters": {"threshold": 0.25}}


class PlainRun:
    def __init__(self, model_folder: Path, threads: int = 1) -> None:
        self._model = WhisperModel(str(model_folder), device="cpu", compute_type="int8", cpu_threads=threads)

    def transcribe(self, path: Path, manager_channel: int | None, language: str) -> list[RecognisedSegment]:
        """Segments of all channels, each recognised as if it were a recording of its own."""
        with open_audio(path) as audio:
            sound = np.concatenate(list(audio.blocks(rate=RATE)), axis=1)
        segments = []
        for channel, samples in enumerate(sound):
            speaker = _speaker(channel, len(sound), manager_channel)
            for found in self._model.transcribe(samples, language=language, **PLAIN)[0]:
                words = tuple(
                    Word(word.start, word.end, word.word, word.probability) for word in found.words or []
                )
                segments.append(
                    RecognisedSegment(
                        channel, speaker, found.start, found.end, found.text.strip(), words, 0.0
                    )
                )
        return sorted(segments, key=lambda segment: segment.start)


def _speaker(channel: int, channels: int, manager_channel: int | None) -> Speaker:
    if channels == 1 or manager_channel is None:
        return Speaker.UNKNOWN
    return Speaker.MANAGER if channel == manager_channel else Speaker.CLIENT
