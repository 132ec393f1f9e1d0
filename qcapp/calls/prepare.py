"""Everything that is worked out of a recording in one pass over its sound, outside any transaction."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from qcapp.calls import peaks, playback
from qcapp.calls.audio import Audio, open_audio
from qcapp.core.storage import sha256_of

BLOCK_S = 10.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording that was decoded to its end, with the files made from it. Paths are temporary."""

    path: Path
    sha256: str
    size: int
    codec: str
    channels: int
    rate: int
    duration_s: float
    lost_s: float
    tags: dict[str, str]
    peaks: Path
    playback: Path | None


def prepare(path: Path, name: str, folder: Path, *, sha256: str = "", with_playback: bool = True) -> Prepared:
    """Decode a recording once for its facts, its peaks and its playback copy, written to `folder`.

    Raises Refused, with a sentence for a person, where no sound can be had from it.
    """
    sha256 = sha256 or sha256_of(path)
    peaks_path = folder / f"{sha256}.{peaks.NAME}"
    playback_path = folder / f"{sha256}.{playback.NAME}" if with_playback else None
    with open_audio(path, name=name) as audio:
        _write(audio, peaks_path, playback_path)
        return Prepared(
            path=path,
            sha256=sha256,
            size=path.stat().st_size,
            codec=audio.codec,
            channels=audio.channels,
            rate=audio.rate,
            duration_s=round(audio.decoded_s, 3),
            lost_s=round(audio.lost_s, 3),
            tags=audio.tags,
            peaks=peaks_path,
            playback=playback_path,
        )


def _write(audio: Audio, peaks_path: Path, playback_path: Path | None) -> None:
    drawn = peaks.Peaks(audio.channels, playback.RATE)
    with ExitStack() as stack:
        writer = None
        if playback_path is not None:
            writer = stack.enter_context(playback.PlaybackWriter(playback_path, audio.channels))
        for block in audio.blocks(playback.RATE, BLOCK_S):
            drawn.add(block)
            if writer is not None:
                writer.add(block)
    drawn.write(peaks_path)
