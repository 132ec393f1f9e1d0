"""At which moment a process is to die, told by a file that the test writes and the process reads."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

FATE = "TEST_FATE"  # the variable that names the file


class Fate:
    def __init__(self, file: Path) -> None:
        self.file = file

    def deaths(self, deed: Callable[[int], bool], when: Sequence[str] = ("before", "after")) -> Iterator[int]:
        """Have the deed done again and again, under a new number, by processes that die one moment later each time:
        before the first commit that writes, after it, before the second … until one outlives the deed.

        Yields the number after each death. The deed tells whether its process has lived.
        """
        moments = ((each, commit) for commit in itertools.count(1) for each in when)
        for number, (each, commit) in enumerate(moments):
            self.file.write_text(f"{each} {commit}")
            lived = deed(number)
            self.file.unlink()
            if lived:
                assert number >= len(when), "the process did not die"
                return
            yield number
