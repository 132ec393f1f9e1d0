"""Opens a recording and gives its sound in blocks, whatever wrote it and however broken it is.

Everything that decodes audio goes through `open_audio`; nothing here knows of calls or databases.
The type is found by content. FFmpeg may open nothing but the file handed to it: formats that name other files
(playlists, concat lists) are not on the white list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from numpy.typing import NDArray

from qcapp.calls.audio_kinds import (
    FORMATS,
    RAW_FORMATS,
    RAW_OPTIONS,
    refuse_text,
    refuse_unreadable,
    starts_like_a_container,
)
from qcapp.calls.audio_limits import MOST_TRACKS, DecodingClock, Limits, TimedFile, bound_memory
from qcapp.calls.audio_packets import BAD_BYTES, PacketReader
from qcapp.core.errors import Refused
from qcapp.core.i18n import _

bound_memory()  # of FFmpeg, which is loaded by now

Block = NDArray[np.float32]

MAX_CHANNELS = 8
RATES = range(4_000, 384_001)  # below, a telephone never went; above, the header lies
HEAD_BYTES = 4096
PIECE = 16_384  # samples taken from FFmpeg at a time: packets of WAV are small, and many


class Audio:
    """An opened recording. `channels` is what `blocks` yields: more than two are mixed into one."""

    def __init__(self, container: InputContainer, stopwatch: DecodingClock, limits: Limits) -> None:
        self._stopwatch = stopwatch
        self._limits = limits
        stream = container.streams.audio[0]
        context = stream.codec_context
        if context is None:
            raise Refused(
                _("The recording is in an unsupported codec. Convert it to WAV or MP3 and import it again.")
            )
        self.codec: str = context.codec.canonical_name
        self.rate: int = context.sample_rate
        self.source_channels: int = context.channels
        self.channels: int = self.source_channels if self.source_channels <= 2 else 1
        # Upper-case keys, as MikoPBX writes which number is on which side: CALL_LEFT_NUM.
        self.tags = {key.upper(): value for key, value in (container.metadata | stream.metadata).items()}
        # What the header claims, 0 where nothing: for progress only, since it lies in both directions.
        self.expected_s = max(container.duration or 0, 0) / av.time_base
        self.decoded_s = 0.0
        self._packets = PacketReader(container, stream, stopwatch)
        self._refuse_impossible()

    def _refuse_impossible(self) -> None:
        if not 1 <= self.source_channels <= MAX_CHANNELS:
            raise Refused(
                _("The header gives an impossible number of channels: it is broken. Export the file again.")
            )
        if self.rate not in RATES:
            raise Refused(
                _(
                    "The header says %(rate)d samples a second: it is broken. Export the file again.",
                    rate=self.rate,
                )
            )

    @property
    def lost_s(self) -> float:
        """Seconds of broken packets skipped so far."""
        return self._packets.lost_s

    def blocks(self, rate: int = 16_000, seconds: float = 30.0) -> Iterator[Block]:
        """float32 (channels, samples) in −1…1, each `seconds` long but the last; once per opened file.

        Bad packets are skipped and counted in `lost_s`. Raises Refused when nothing could be decoded.
        """
        size = int(rate * seconds)
        block = np.empty((self.channels, size), dtype=np.float32)
        filled = 0
        for piece in self._pieces(rate):
            used = 0
            while used < piece.shape[1]:
                taken = min(size - filled, piece.shape[1] - used)
                block[:, filled : filled + taken] = piece[:, used : used + taken]
                used, filled = used + taken, filled + taken
                if filled == size:
                    yield _sane(block)
                    block, filled = np.empty((self.channels, size), dtype=np.float32), 0
        if filled:
            yield _sane(block[:, :filled].copy())
        if not self.decoded_s:
            raise Refused(_("There is no sound in the file: its header is there, the recording is not."))

    def _pieces(self, rate: int) -> Iterator[Block]:
        resampler: AudioResampler | None = None
        shape: tuple[str, str, int] | None = None
        for frame in self._packets.frames():
            with self._stopwatch:
                pieces: list[Block] = []
                # A broken stream may change its mind about rate or channels: go on with a new resampler.
                if resampler is None or (frame.format.name, frame.layout.name, frame.sample_rate) != shape:
                    pieces += self._resampled(resampler, None)
                    resampler = AudioResampler("fltp", frame.layout, rate, PIECE)
                    shape = (frame.format.name, frame.layout.name, frame.sample_rate)
                pieces += self._resampled(resampler, frame)
            yield from pieces
            self._refuse_endless()
        yield from self._resampled(resampler, None)

    def _resampled(self, resampler: AudioResampler | None, frame: AudioFrame | None) -> list[Block]:
        """A frame at the wanted rate; None: what the resampler still holds."""
        if resampler is None:
            return []
        try:
            pieces = [self._folded(made.to_ndarray()) for made in resampler.resample(frame)]
        except BAD_BYTES:
            self._packets.lost_s += frame.samples / frame.sample_rate if frame else 0.0
            return []
        self.decoded_s += frame.samples / frame.sample_rate if frame else 0.0
        return pieces

    def _folded(self, sound: NDArray[Any]) -> Block:
        """The sound of a frame, whatever its channels, in the channels this recording has."""
        if sound.shape[0] == self.channels:
            return sound
        if self.channels == 1:
            # Summed, not averaged: several parties mostly speak in turn and must not become faint.
            summed: Block = sound.sum(axis=0, keepdims=True)
            return summed
        return np.resize(sound, (self.channels, sound.shape[1]))

    def _refuse_endless(self) -> None:
        if self.decoded_s > self._limits.seconds:
            raise Refused(
                _(
                    "The recording is longer than %(hours)d hours: this is not one call. "
                    "Cut it and import the parts.",
                    hours=int(self._limits.seconds // 3600),
                )
            )


def _sane(block: Block) -> Block:
    """Float files may hold anything, mixed channels may be too loud."""
    np.nan_to_num(block, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(block, -1.0, 1.0, out=block)


@contextmanager
def open_audio(path: str | Path, *, name: str = "", limits: Limits | None = None) -> Iterator[Audio]:
    """Open one recording; `name` (default: the path's) only serves to know headerless g722, gsm, ulaw, alaw.

    Raises Refused with a sentence for a person; neither paths nor FFmpeg's own words are ever in it.
    """
    limits = limits or Limits()
    stopwatch = DecodingClock(limits.work_s)
    with Path(path).open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if not head:
            raise Refused(
                _("The file is empty (0 bytes). The exchange did not record, or the copy broke off.")
            )
        refuse_text(head)
        raw = RAW_FORMATS.get(Path(name or path).suffix.lower())
        with stopwatch:
            container = _open(
                TimedFile(file, stopwatch), raw if not starts_like_a_container(head) else None, head
            )
        with container:
            try:
                audio = Audio(container, stopwatch, limits)
            except BAD_BYTES:
                refuse_unreadable(head)
            yield audio


def _open(file: TimedFile, raw: str | None, head: bytes) -> InputContainer:
    options = {
        "format_whitelist": raw or FORMATS,
        "protocol_whitelist": "",
        "max_streams": str(MOST_TRACKS),
        **RAW_OPTIONS.get(raw or "", {}),
    }
    try:
        container = av.open(file, "r", format=raw, container_options=options, metadata_errors="replace")
    except BAD_BYTES:
        refuse_unreadable(head)
    if not container.streams.audio:
        container.close()
        raise Refused(_("There is no sound track in the file. Export the recording again as WAV or MP3."))
    return container
