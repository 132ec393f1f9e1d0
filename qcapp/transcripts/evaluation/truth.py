"""Recordings with their truth beside them: `call.wav`, and `call.json` with the turns really spoken."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.evaluation.measures import TruthTurn


@dataclass(frozen=True, slots=True)
class KnownCall:
    id: str
    path: Path
    manager_channel: int | None
    turns: tuple[TruthTurn, ...]
    language: str = "ru"


def read_known_calls(folder: Path) -> list[KnownCall]:
    """Every JSON file of the folder that holds turns and whose recording is there. Raises Refused."""
    if not folder.is_dir():
        raise Refused(_("%(path)s is not a folder.", path=folder))
    calls = [call for path in sorted(folder.glob("*.json")) if (call := _read(path)) is not None]
    if not calls:
        raise Refused(
            _(
                "There is no recording with its truth in %(path)s. Beside call.wav a file call.json is "
                'expected, with "turns": [{"speaker": "manager", "start": 0.5, "end": 2.1, "text": "…"}].',
                path=folder,
            )
        )
    return calls


def _read(path: Path) -> KnownCall | None:
    try:
        truth = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(truth, dict) or not isinstance(truth.get("turns"), list):
        return None
    recording = _recording(path, truth)
    if recording is None:
        return None
    try:
        turns = tuple(
            TruthTurn(Speaker(turn["speaker"]), float(turn["start"]), float(turn["end"]), str(turn["text"]))
            for turn in truth["turns"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(
            _("A turn in %(file)s lacks speaker (manager or client), start, end or text.", file=path.name)
        ) from error
    side = truth.get("manager_channel")
    return KnownCall(
        str(truth.get("id") or path.stem),
        recording,
        side if side in (0, 1) else None,
        turns,
        truth.get("language", "ru"),
    )


def _recording(path: Path, truth: dict[str, Any]) -> Path | None:
    """The named file of the same folder, else the one of the same stem. No path in the JSON is followed."""
    named = path.parent / Path(str(truth.get("file") or "")).name
    if truth.get("file") and named.is_file():
        return named
    beside = sorted(
        other for other in path.parent.iterdir() if other.stem == path.stem and other.suffix != ".json"
    )
    return beside[0] if beside else None
