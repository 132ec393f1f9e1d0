"""Tags of a call as people and programs write them: words by commas."""

import re

from qcapp.core.errors import Refused
from qcapp.core.i18n import _

LONGEST = 64  # characters of a tag
MOST = 20  # tags of a call
_BETWEEN = re.compile(r"[,;\n]")


def read_tags(text: str) -> tuple[str, ...]:
    """The tags in lower case, each once, in the order of the alphabet."""
    words = (" ".join(part.split()).lower() for part in _BETWEEN.split(text))
    return tuple(sorted({word for word in words if word}))


def demand_tags(text: str) -> tuple[str, ...]:
    """The same for a call that is to bear them. Raises Refused where they are too long or too many."""
    tags = read_tags(text)
    if long := next((tag for tag in tags if len(tag) > LONGEST), None):
        raise Refused(
            _("A tag has at most %(n)d characters. Shorten “%(tag)s…”.", n=LONGEST, tag=long[:LONGEST])
        )
    if len(tags) > MOST:
        raise Refused(_("A call has at most %(n)d tags, and these are %(many)d.", n=MOST, many=len(tags)))
    return tags


def write_tags(tags: tuple[str, ...]) -> str:
    """What ``read_tags`` reads."""
    return ", ".join(tags)
