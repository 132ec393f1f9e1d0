"""Decodes packet by packet: a broken packet costs its own length and nothing more."""

from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from qcapp.calls.audio_limits import DecodingClock

# What PyAV raises for bad bytes: FFmpegError for most, and plain Python errors where a header holds nonsense.
BAD_BYTES = (av.FFmpegError, ValueError, IndexError, OverflowError, MemoryError)
SHORTEST_GAP_S = 0.1  # shorter jumps of time stamps are rounding, not loss
LONGEST_GAP_S = 6 * 3600  # longer ones are broken time stamps
LONGEST_PACKET_S = 60
MAX_DEMUX_ERRORS = 50
LARGEST_MP3_FRAME = 1441  # bytes: 320 kbit/s at 32 kHz


class PacketReader:
    """The frames of one stream, and in `lost_s` the seconds of what could not be decoded."""

    def __init__(self, container: InputContainer, stream: AudioStream, stopwatch: DecodingClock) -> None:
        self._container = container
        self._stream = stream
        self._stopwatch = stopwatch
        self._expected: float | None = None  # when the next packet must begin
        self._is_mp3 = stream.codec_context.codec.canonical_name == "mp3"
        self._usual_size = 0
        self._tick_s = float(stream.time_base or 0)
        self.lost_s = 0.0

    def frames(self) -> Iterator[AudioFrame]:
        """Every frame that can be decoded, in order, without its time stamp."""
        for packet in self._packets():
            with self._stopwatch:
                frames = self._decoded(packet)
            for frame in frames:
                frame.pts = None  # times come from counting samples: the file's own may jump
                yield frame

    def _packets(self) -> Iterator["Packet[AudioStream]"]:
        packets = self._container.demux(self._stream)
        errors = 0
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
            yield packet

    def _decoded(self, packet: "Packet[AudioStream]") -> list[AudioFrame]:
        length = (packet.duration or 0) * self._tick_s
        self._count_gap(packet, length)
        try:
            frames = packet.decode()
        except BAD_BYTES:
            self.lost_s += min(length * max(1.0, self._frames_in(packet)), LONGEST_PACKET_S)
            return []
        if packet.size > LARGEST_MP3_FRAME:
            self.lost_s += length * max(0.0, self._frames_in(packet) - 1)
        elif frames:
            self._usual_size = packet.size
        return [frame for frame in frames if isinstance(frame, AudioFrame) and frame.samples]

    def _frames_in(self, packet: "Packet[AudioStream]") -> float:
        """How many MP3 frames the bytes of a packet should have held.

        The parser hides broken bytes in an oversized packet, which decodes to one frame or to none.
        """
        return packet.size / self._usual_size if self._is_mp3 and self._usual_size else 1.0

    def _count_gap(self, packet: "Packet[AudioStream]", length: float) -> None:
        """Containers with time stamps show by a jump that packets are missing."""
        if packet.pts is None:
            return
        start = packet.pts * self._tick_s
        if self._expected is not None and SHORTEST_GAP_S < start - self._expected < LONGEST_GAP_S:
            self.lost_s += start - self._expected
        self._expected = start + length
