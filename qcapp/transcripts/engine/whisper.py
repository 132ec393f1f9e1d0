"""The whisper model: windows of speech in, words with times out. An adapter around faster-whisper's parts.

faster-whisper's own batched pipeline takes one recording and pads every window to 30 s. Here the windows of a
batch may come from any channel of any call, and the encoder runs on no more than the window holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens, merge_punctuations
from numpy.typing import NDArray

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.transcripts.engine.levels import RATE, Sound
from qcapp.transcripts.engine.phantoms import Opinion
from qcapp.transcripts.engine.stopwatch import Phase, Stopwatch
from qcapp.transcripts.engine.types import Word

ENCODER_S = 30  # what the model was trained on, and the most it can take
MEL_PER_S = 100
SAMPLES_PER_MEL = RATE // MEL_PER_S
SILENCE_AFTER = 50  # mel frames; without any the model does not notice the end and says the last words again
STEP = 100  # mel frames; encoder lengths are rounded up to it, so that windows of like length share a batch
PREPENDED = "\"'“¿([{-«"
APPENDED = "\"'.。,，!！?？:：”)]}、»…"
# More than anybody says in a second, so that a decoder gone round in circles stops soon.
TOKENS_PER_S = 14
LEAST_TOKENS = 24
HOTWORD_TOKENS = 120

Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the text is searched. The defaults are the benchmark's choice: docs/decisions/transcription.md."""

    beam: int = 3
    batch_s: float = 80.0  # of windows that are decoded together; memory grows with it, about 3 MB a second
    window_s: float = 15.0  # of speech, about; longer only where nobody pauses
    compute_type: str = "int8"


@dataclass(frozen=True, slots=True, order=True)
class Prompt:
    """What the model is told beforehand; one batch has one prompt."""

    language: str
    hotwords: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """The words of one window, in seconds from its start, and what the model thought of it."""

    words: tuple[Word, ...]
    opinion: Opinion


class Whisper:
    """One loaded model, for one thread: on a CPU several processes with one thread each are faster."""

    def __init__(self, folder: Path, threads: int, decoding: Decoding, stopwatch: Stopwatch) -> None:
        self.decoding = decoding
        self.stopwatch = stopwatch
        try:
            self._model = WhisperModel(
                str(folder),
                device="cpu",
                compute_type=decoding.compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise Refused(
                _("The recogniser's model cannot be loaded: its files are damaged or of another kind.")
            ) from error

    @property
    def languages(self) -> list[str]:
        return list(self._model.supported_languages)

    def detect_language(self, sound: Sound) -> str:
        with self.stopwatch(Phase.ENCODER):
            language, *_rest = self._model.detect_language(sound)
        return str(language)

    def recognise(self, sounds: Sequence[Sound], prompt: Prompt) -> list[Recognition]:
        """The words of each window. All are encoded at the length of the longest."""
        tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language=prompt.language,
        )
        lengths = [-(-len(sound) // SAMPLES_PER_MEL) for sound in sounds]
        width = encoder_width(max(lengths))
        encoded = self._encode(sounds, width)
        found = self._generate(encoded, tokenizer, prompt, len(sounds), width)
        tokens = [[token for token in result.sequences_ids[0] if token < tokenizer.eot] for result in found]
        words = self._align(encoded, tokenizer, tokens, lengths)
        return [Recognition(timed, _opinion(result)) for timed, result in zip(words, found, strict=True)]

    def _encode(self, sounds: Sequence[Sound], width: int) -> ctranslate2.StorageView:
        """One window at a time: a batch is no faster on a CPU, and its attention would need gigabytes."""
        outputs = []
        for sound in sounds:
            with self.stopwatch(Phase.FEATURES):
                features = self._features(sound, width)
            with self.stopwatch(Phase.ENCODER):
                outputs.append(np.array(self._model.encode(features)))
        return ctranslate2.StorageView.from_array(np.concatenate(outputs))

    def _features(self, sound: Sound, width: int) -> Features:
        found = self._model.feature_extractor(sound)[..., :-1][:, :width]
        features = np.zeros((1, found.shape[0], width), dtype=np.float32)
        features[0, :, : found.shape[1]] = found
        return features

    def _generate(
        self, encoded: ctranslate2.StorageView, tokenizer: Tokenizer, prompt: Prompt, count: int, width: int
    ) -> list[ctranslate2.models.WhisperGenerationResult]:
        start = self._model.get_prompt(
            tokenizer,
            [],
            without_timestamps=True,
            hotwords=self._shortened(tokenizer, prompt.hotwords) or None,
        )
        limit = len(start) + max(LEAST_TOKENS, width * TOKENS_PER_S // MEL_PER_S)
        with self.stopwatch(Phase.DECODER):
            return list(
                self._model.model.generate(
                    encoded,
                    [list(start) for _ in range(count)],
                    beam_size=self.decoding.beam,
                    max_length=min(limit, self._model.max_length),
                    suppress_blank=True,
                    suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
                    return_scores=True,
                    return_no_speech_prob=True,
                )
            )

    def _shortened(self, tokenizer: Tokenizer, hotwords: str) -> str:
        """Whole words only, as many as leave the model room to answer."""
        kept: list[str] = []
        for word in hotwords.split():
            if len(tokenizer.encode(" " + " ".join([*kept, word]))) > HOTWORD_TOKENS:
                break
            kept.append(word)
        return " ".join(kept)

    def _align(
        self,
        encoded: ctranslate2.StorageView,
        tokenizer: Tokenizer,
        tokens: Sequence[list[int]],
        lengths: Sequence[int],
    ) -> list[tuple[Word, ...]]:
        with self.stopwatch(Phase.ALIGNMENT):
            alignments = self._model.find_alignment(tokenizer, list(tokens), encoded, list(lengths))
            return [_words(alignment) for alignment in alignments]


def encoder_width(mel_frames: int) -> int:
    """The length at which a window of so many mel frames is encoded."""
    return min(-(-(mel_frames + SILENCE_AFTER) // STEP) * STEP, ENCODER_S * MEL_PER_S)


def _opinion(result: ctranslate2.models.WhisperGenerationResult) -> Opinion:
    # CTranslate2 gives the score divided by the length without the closing token.
    length = len(result.sequences_ids[0])
    return Opinion(mean_logprob=result.scores[0] * length / (length + 1), no_speech=result.no_speech_prob)


def _words(alignment: list[dict[str, Any]]) -> tuple[Word, ...]:
    """What is written together («климат-контроль») is one word, although the tokenizer cuts it at the hyphen."""
    merge_punctuations(alignment, PREPENDED, APPENDED)
    words: list[Word] = []
    for part in alignment:
        # numpy's numbers would end up in JSON and in the database.
        word = Word(float(part["start"]), float(part["end"]), part["word"], float(part["probability"]))
        if words and word.word and not word.word.startswith(" "):
            before = words.pop()
            sure = min(before.probability, word.probability)
            word = Word(before.start, word.end, before.word + word.word, sure)
        if word.word:
            words.append(word)
    return tuple(words)
