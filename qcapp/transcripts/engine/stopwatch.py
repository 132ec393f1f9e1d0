"""CPU seconds spent on each part of the work, for the benchmark and the metrics."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Phase(StrEnum):
    DECODING = "decoding"
    SPEECH = "speech"
    FEATURES = "features"
    ENCODER = "encoder"
    DECODER = "decoder"
    ALIGNMENT = "alignment"


class Stopwatch:
    def __init__(self) -> None:
        self.spent: dict[Phase, float] = defaultdict(float)

    @contextmanager
    def __call__(self, stage: Phase) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            self.spent[stage] += time.process_time() - begun
