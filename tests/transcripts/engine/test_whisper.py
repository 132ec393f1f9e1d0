"""What the model's pieces become."""

from qcapp.transcripts.engine.whisper import _words


def test_what_is_written_together_is_one_word() -> None:
    pieces = [
        {"start": 0.0, "end": 0.3, "word": " тут", "tokens": [], "probability": 0.9},
        {"start": 0.4, "end": 0.7, "word": " климат", "tokens": [], "probability": 0.9},
        {"start": 0.7, "end": 1.2, "word": "-контроль", "tokens": [], "probability": 0.5},
        {"start": 1.2, "end": 1.2, "word": ".", "tokens": [], "probability": 0.8},
    ]
    assert [(word.word, word.start, word.end, word.probability) for word in _words(pieces)] == [
        (" тут", 0.0, 0.3, 0.9),
        (" климат-контроль.", 0.4, 1.2, 0.5),
    ]
