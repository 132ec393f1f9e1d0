"""Opens a recording and gives its sound in blocks, whatever wrote it and however broken it is.

Everything that decodes audio in the product goes through `open_audio`; nothing here knows of calls or databases.
The type is found by content. FFmpeg may open nothing but the file handed to it: formats that name other files
(playlists, concat lists) are not on the white list.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Self

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
from qcapp.core.errors import Refused
from qcapp.core.i18n import _

Block = NDArray[np.float32]

# What PyAV raises for bad bytes: FFmpegError for most, and plain Python errors where a header holds nonsense.
BAD_BYTES = (av.FFmpegError, ValueError, IndexError, OverflowError, MemoryError)
MAX_CHANNELS = 8
RATES = range(4_000, 384_001)  # below, a telephone never went; above, the header lies
SHORTEST_GAP_S = 0.1  # shorter jumps of time stamps are rounding, not loss
MAX_DEMUX_ERRORS = 50
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one file is looked at: decoded length, and seconds of our own work on it."""

    seconds: float = 6 * 3600
    work_s: float = 300


class _Stopwatch:
    """Time spent decoding, without what the caller does between blocks."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.spent = 0.0
        self._since: float | None = None

    def __enter__(self) -> Self:
        self._since = time.monotonic()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._since is not None:
            self.spent += time.monotonic() - self._since
        self._since = None
        self.check()

    def check(self) -> None:
        running = time.monotonic() - self._since if self._since is not None else 0.0
        if self.spent + running > self.limit_s:
            raise Refused(
                _(
                    "The file takes longer than %(seconds)d s to decode: it is broken or not a recording of a call.",
                    seconds=int(self.limit_s),
                )
            )


class _WatchedFile:
    """A file without a name, so that its extension says nothing to FFmpeg, and with the clock running on each read."""

    def __init__(self, file: BinaryIO, stopwatch: _Stopwatch) -> None:
        self._file = file
        self._stopwatch = stopwatch

    def read(self, size: int = -1) -> bytes:
        self._stopwatch.check()
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._stopwatch.check()
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return -1  # a broken header sends FFmpeg before the start or beyond all numbers

    def tell(self) -> int:
        return self._file.tell()


class Audio:
    """An opened recording. `channels` is what `blocks` yields; more than two in the file are mixed into one."""

    def __init__(self, container: InputContainer, stopwatch: _Stopwatch, limits: Limits) -> None:
        self._container = container
        self._stopwatch = stopwatch
        self._limits = limits
        self._stream = container.streams.audio[0]
        context = self._stream.codec_context
        if context is None:
            raise Refused(
                _(
                    "The recording is in a codec that is not supported. Convert it to WAV or MP3 and import it again."
                )
            )
        self.codec: str = context.codec.canonical_name
        self.rate: int = context.sample_rate
        self.source_channels: int = context.channels
        self.channels: int = self.source_channels if self.source_channels <= 2 else 1
        # Upper-case keys, as MikoPBX writes which number is on which side: CALL_LEFT_NUM.
        self.tags = {
            key.upper(): value for key, value in (container.metadata | self._stream.metadata).items()
        }
        self.decoded_s = 0.0
        self.lost_s = 0.0
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

    def blocks(self, rate: int = 16_000, seconds: float = 30.0) -> Iterator[Block]:
        """float32 (channels, samples) in −1…1, each `seconds` long but the last; once per opened file.

        Bad packets are skipped and counted in `lost_s`. Raises Refused when nothing could be decoded.
        """
        size = int(rate * seconds)
        block = np.empty((self.channels, size), dtype=np.float32)
        filled = 0
        for piece in self._pieces(rate):
            while piece.shape[1]:
                taken = min(size - filled, piece.shape[1])
                block[:, filled : filled + taken] = piece[:, :taken]
                piece, filled = piece[:, taken:], filled + taken
                if filled == size:
                    yield block
                    block, filled = np.empty((self.channels, size), dtype=np.float32), 0
        if filled:
            yield block[:, :filled].copy()
        if not self.decoded_s:
            raise Refused(_("There is no sound in the file: its header is there, the recording is not."))

    def _pieces(self, rate: int) -> Iterator[Block]:
        resampler: AudioResampler | None = None
        shape: tuple[str, str, int] | None = None
        for frame in self._frames():
            with self._stopwatch:
                # A broken stream may change its mind about rate or channels: go on from there with a new resampler.
                if (now := (frame.format.name, frame.layout.name, frame.sample_rate)) != shape:
                    if resampler is not None:
                        yield from self._fold(resampler.resample(None))
                    resampler, shape = AudioResampler(format="fltp", layout=frame.layout, rate=rate), now
                assert resampler is not None
                try:
                    pieces = list(self._fold(resampler.resample(frame)))
                except BAD_BYTES:
                    self.lost_s += frame.samples / frame.sample_rate
                    continue
                self.decoded_s += frame.samples / frame.sample_rate
            yield from pieces
            self._refuse_endless()
        if resampler is not None:
            yield from self._fold(resampler.resample(None))

    def _refuse_endless(self) -> None:
        if self.decoded_s > self._limits.seconds:
            raise Refused(
                _(
                    "The recording is longer than %(hours)d hours: this is not one call. Cut it and import the parts.",
                    hours=int(self._limits.seconds // 3600),
                )
            )

    def _fold(self, frames: list[AudioFrame]) -> Iterator[Block]:
        for frame in frames:
            sound = np.nan_to_num(frame.to_ndarray(), nan=0.0, posinf=1.0, neginf=-1.0)
            if sound.shape[0] == self.channels:
                pass
            elif self.channels == 1:
                # Summed, not averaged: several parties mostly speak in turn and must not become faint.
                sound = sound.sum(axis=0, keepdims=True)
            else:
                sound = np.resize(sound, (self.channels, sound.shape[1]))
            yield np.clip(sound, -1.0, 1.0).astype(np.float32, copy=False)

    def _frames(self) -> Iterator[AudioFrame]:
        packets = self._container.demux(self._stream)
        errors = widest = 0
        expected: Fraction | None = None
        while errors < MAX_DEMUX_ERRORS:
            with self._stopwatch:
                try:
                    packet = next(packets, None)
                except BAD_BYTES:
                    errors += 1
                    packets = self._container.demux(self._stream)
                    continue
                if packet is None:
                    return
                length = _seconds(packet.duration, packet.time_base)
                start = _seconds(packet.pts, packet.time_base)
                if start is not None:
                    if expected is not None and SHORTEST_GAP_S < start - expected < self._limits.seconds:
                        self.lost_s += float(start - expected)
                    expected = start + (length or 0)
                try:
                    frames = packet.decode()
                except BAD_BYTES:
                    self.lost_s += min(float(length or 0), 60.0)
                    continue
                # The MP3 parser hides broken bytes in an oversized packet, which then decodes to one frame.
                if self.codec == "mp3" and packet.size:
                    if widest and packet.size > 2 * widest:
                        self.lost_s += (packet.size / widest - 1) * float(length or 0)
                    else:
                        widest = max(widest, packet.size)
            for frame in frames:
                if isinstance(frame, AudioFrame) and frame.samples and frame.sample_rate:
                    frame.pts = None  # times come from counting samples: the file's own may jump
                    yield frame


def _seconds(ticks: int | None, base: Fraction | None) -> Fraction | None:
    return None if ticks is None or not base else ticks * base


@contextmanager
def open_audio(path: str | Path, *, name: str = "", limits: Limits | None = None) -> Iterator[Audio]:
    """Open one recording; `name` (default: the path's) only serves to know headerless g722, gsm, ulaw and alaw.

    Raises Refused with a sentence for a person; neither paths nor FFmpeg's own words are ever in it.
    """
    limits = limits or Limits()
    stopwatch = _Stopwatch(limits.work_s)
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
                _WatchedFile(file, stopwatch), raw if not starts_like_a_container(head) else None, head
            )
        with container:
            try:
                audio = Audio(container, stopwatch, limits)
            except BAD_BYTES:
                refuse_unreadable(head)
            yield audio


def _open(file: _WatchedFile, raw: str | None, head: bytes) -> InputContainer:
    options = {"format_whitelist": raw or FORMATS, "protocol_whitelist": "", **RAW_OPTIONS.get(raw or "", {})}
    try:
        container = av.open(file, "r", format=raw, container_options=options, metadata_errors="replace")
    except BAD_BYTES:
        refuse_unreadable(head)
    if not container.streams.audio:
        container.close()
        raise Refused(_("There is no sound track in the file. Export the recording again as WAV or MP3."))
    return container
