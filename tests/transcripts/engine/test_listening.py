"""A recording is heard chapter by chapter, and windows can be parted again where the model got lost."""

import wave
from pathlib import Path

import numpy as np

from qcapp.calls.audio import open_audio
from qcapp.transcripts.engine.levels import FRAME, FRAMES_PER_S, RATE
from qcapp.transcripts.engine.listening import CHAPTER_S, CUT_WITHIN_S, HeardWindow, hear
from qcapp.transcripts.engine.packing import Stretch, Window
from qcapp.transcripts.engine.stopwatch import Phase, Stopwatch
from qcapp.transcripts.engine.types import Word

TWO_VOICES = Path(__file__).parents[2] / "recordings" / "two_voices.wav"


def heard(*stretches: Stretch) -> HeardWindow:
    window = Window(stretches)
    return HeardWindow(0, window, np.arange(window.length * FRAME, dtype=np.float32))


def word(start: float, end: float) -> Word:
    return Word(start, end, " слово", 0.9)


def test_a_gap_without_words_is_looked_at_again_once() -> None:
    whole = heard(Stretch(100, 200), Stretch(300, 400))
    (gap,) = whole.gaps([word(0.1, 1.0), word(1.0, 3.5)])
    assert gap.window.stretches == (Stretch(300 + int(3.5 * FRAMES_PER_S) - 100, 400),)
    assert len(gap.sound) == gap.window.length * FRAME
    assert gap.sound[0] == int(3.5 * FRAMES_PER_S) * FRAME
    assert gap.gaps([word(0.0, 0.1)]) == []


def test_pauses_and_empty_windows_are_no_gaps() -> None:
    whole = heard(Stretch(0, 100))
    assert whole.gaps([word(0.3, 1.2), word(2.4, 2.9)]) == []
    assert whole.gaps([]) == []


def test_a_window_is_halved_between_stretches_with_its_sound() -> None:
    first, second = heard(Stretch(10, 30), Stretch(50, 60), Stretch(70, 75)).halves()
    assert first.window.stretches == (Stretch(10, 30),)
    assert second.window.stretches == (Stretch(50, 60), Stretch(70, 75))
    assert (len(first.sound), second.sound[0]) == (20 * FRAME, 20 * FRAME)
    assert heard(Stretch(0, 50)).halves() == []


def test_a_long_call_comes_in_chapters_cut_where_it_is_quiet(tmp_path: Path) -> None:
    with open_audio(TWO_VOICES) as audio:
        talk = np.concatenate(list(audio.blocks(rate=RATE)), axis=1)
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for _number in range(20):
            file.writeframes((talk.T * 32767).astype("<i2").tobytes())
    stopwatch = Stopwatch()
    with open_audio(path) as audio:
        chapters = list(hear(audio, 15, stopwatch))
    length = 20 * talk.shape[1] / RATE
    assert [chapter.until for chapter in chapters[:-1]] == sorted(chapter.until for chapter in chapters[:-1])
    assert len(chapters) == 3
    assert CHAPTER_S - CUT_WITHIN_S < chapters[0].until < CHAPTER_S + CUT_WITHIN_S
    assert abs(chapters[-1].until - length) < 0.1
    for chapter in chapters[:-1]:
        # Nobody's speech is parted: the nearest of each side ends before the cut or begins after it.
        spans = [span for other in chapters for found in other.spans.values() for span in found]
        assert not any(span.start < chapter.until < span.end for span in spans)
    assert set(stopwatch.spent) == {Phase.DECODING, Phase.SPEECH}
