"""The scripts that ship, to begin from: Markdown in scripts/, one heading a block.

``# Title``, a few words about it, then ``## Block`` with its text; under the objections ``### Objection``
with its answer.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qcapp.callscripts.blocks import Block
from qcapp.callscripts.wording import DraftWording, Objection
from qcapp.settings import ROOT

FOLDER = ROOT / "scripts"
HEADINGS = {
    "Подготовка": Block.PREPARATION,
    "Приветствие": Block.GREETING,
    "Цель звонка": Block.GOAL,
    "Потребности": Block.NEEDS,
    "Презентация": Block.PRESENTATION,
    "Возражения": Block.OBJECTIONS,
    "Завершение": Block.CLOSING,
}


@dataclass(frozen=True, slots=True)
class Starter:
    """A script to begin from; ``key`` is the name of its file without the ending."""

    key: str
    title: str
    about: str
    wording: DraftWording


@cache
def starters(folder: Path = FOLDER) -> dict[str, Starter]:
    """Every script of the folder by its key, in the order of their names."""
    return {file.stem: parse(file.read_text("utf-8"), key=file.stem) for file in sorted(folder.glob("*.md"))}


def parse(text: str, *, key: str) -> Starter:
    """The script of a file; ``ValueError`` names a heading that is no block."""
    title, about, parts = "", "", {}
    for level, heading, body in _parts(text):
        if level == 1:
            title, about = heading, body
        elif heading not in HEADINGS:
            raise ValueError(f"{key}.md: “{heading}” is no block; write one of {', '.join(HEADINGS)}")
        else:
            parts[HEADINGS[heading]] = body
    rows = _sections(parts.pop(Block.OBJECTIONS, ""), "###")
    return Starter(key, title, about, DraftWording(parts, tuple(Objection(*row) for row in rows)))


def _parts(text: str) -> list[tuple[int, str, str]]:
    found = re.split(r"^(##?) +(.+)$", text, flags=re.MULTILINE)
    return [
        (len(sign), heading.strip(), body.strip())
        for sign, heading, body in zip(found[1::3], found[2::3], found[3::3], strict=True)
    ]


def _sections(text: str, sign: str) -> list[tuple[str, str]]:
    found = re.split(rf"^{sign} +(.+)$", text, flags=re.MULTILINE)
    return [(heading.strip(), body.strip()) for heading, body in zip(found[1::2], found[2::2], strict=True)]
