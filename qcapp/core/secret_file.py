"""A secret the product makes by itself: a file for its owner alone, made once however many processes start."""

import os
import secrets
import tempfile
from pathlib import Path


def read_or_make(path: Path) -> str:
    """The secret in this file; a new one if there is none."""
    if not path.exists():
        _make_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _make_once(path: Path, content: str) -> None:
    """Several processes may start at once: each writes a file of its own, the first to link it wins."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(content)
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()
