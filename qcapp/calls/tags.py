"""Tags of a call as people and programs write them: words by commas. Pure."""

import re

LONGEST = 64  # characters of a tag
MOST = 20  # tags of a call
_BETWEEN = re.compile(r"[,;\n]")


def read_tags(text: str) -> tuple[str, ...]:
    """The tags in lower case, each once, in the order of the alphabet; what is too long or too much is cut off."""
    words = (" ".join(part.split()).lower()[:LONGEST].strip() for part in _BETWEEN.split(text))
    return tuple(sorted({word for word in words if word}))[:MOST]


def write_tags(tags: tuple[str, ...]) -> str:
    """What ``read_tags`` reads."""
    return ", ".join(tags)
