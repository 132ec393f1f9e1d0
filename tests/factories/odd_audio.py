"""Recordings for tests, good, odd and broken, made on the spot: nothing but tones is in them."""

import io
import random
import struct
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

RATE = 8000


def tones(seconds: float, channels: int = 1, rate: int = RATE, seed: int = 0) -> NDArray[np.float32]:
    """float32 (channels, samples): warbling tones, another one on each channel; `seed` makes other bytes."""
    time = np.arange(int(seconds * rate)) / rate
    pitches = [300 + 170 * channel + 7 * seed for channel in range(channels)]
    warble = 0.5 + 0.4 * np.sin(2 * np.pi * 3 * time)
    sound = np.stack([0.4 * warble * np.sin(2 * np.pi * pitch * time) for pitch in pitches])
    return sound.astype(np.float32)


def wav(seconds: float = 2.0, channels: int = 1, rate: int = RATE, seed: int = 0) -> bytes:
    """16-bit PCM WAV."""
    return wav_of(tones(seconds, channels, rate, seed), rate)


def wav_of(sound: NDArray[np.float32], rate: int = RATE) -> bytes:
    pcm = (sound.T * 32767).astype("<i2").tobytes()
    return wav_bytes(pcm, sound.shape[0], rate)


def wav_bytes(data: bytes, channels: int = 1, rate: int = RATE, tag: int = 1, bits: int = 16) -> bytes:
    """A RIFF file with any header one likes."""
    align = channels * bits // 8 & 0xFFFF
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
    body = (
        b"WAVE"
        + b"fmt "
        + struct.pack("<I", len(form))
        + form
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def coded(codec: str, container: str, sound: NDArray[np.float32] | None = None, rate: int = RATE) -> bytes:
    """The sound through one of FFmpeg's encoders."""
    sound = tones(2.0) if sound is None else sound
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[sound.shape[0]]
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(
            stream.codec_context.format, layout, rate, stream.codec_context.frame_size
        )
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
        frame.sample_rate = rate
        for part in (frame, None):
            for piece in resampler.resample(part):
                output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return file.getvalue()


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def broken() -> dict[str, bytes]:
    """Files from which no call can be made, by name."""
    good, cut = wav(), wav().index(b"data")
    return {
        "empty.wav": b"",
        "header_only.wav": good[:cut] + b"data" + struct.pack("<I", 0),
        "header_cut.wav": good[:20],
        "no_data_chunk.wav": good[:cut],
        "rate_zero.wav": good[:24] + bytes(8) + good[32:],
        "rate_huge.wav": good[:24] + b"\xff" * 4 + good[28:],
        "channels_zero.wav": good[:22] + b"\0\0" + good[24:],
        "channels_huge.wav": good[:22] + b"\xff\xff" + good[24:],
        "unknown_codec.wav": good[:20] + b"\x42\x42" + good[22:],
        "random.wav": noise(65536),
        "random.mp3": noise(65536),
        "half.m4a": coded("aac", "ipod")[:5000],
        "text.wav": "Это не звук\n".encode() * 200,
        "error.wav": b'{"error":"ACCESS_DENIED"}',
        "page.mp3": b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>" * 20,
        "picture.wav": bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"),
        "archive.mp3": b"PK\x03\x04" + noise(500),
        "page.g722": b"<html><body>Not Found</body></html>" * 50,
    }


def odd() -> dict[str, tuple[bytes, float]]:
    """Files that are strange and still calls, by name, with the seconds that must come out."""
    good = wav()
    cut = good.index(b"data")
    mp3 = coded("libmp3lame", "mp3", tones(12.0))
    tag = b"ID3\x04\0\0" + bytes(((3 << 20) >> shift) & 127 for shift in (21, 14, 7, 0)) + bytes(3 << 20)
    return {
        "data_size_zero.wav": (good[: cut + 4] + bytes(4) + good[cut + 8 :], 2.0),
        "data_size_max.wav": (good[: cut + 4] + b"\xff" * 4 + good[cut + 8 :], 2.0),
        "odd_byte.wav": (good[:-1], 2.0),
        "half.wav": (good[: len(good) // 2], 1.0),
        "junk_chunk.wav": (
            good[:12] + b"JUNK" + struct.pack("<I", 2 << 20) + bytes(2 << 20) + good[12:],
            2.0,
        ),
        "half.mp3": (mp3[: len(mp3) // 2 + 7], 6.0),
        "big_tag.mp3": (tag + mp3, 12.0),
        "mp3_called.wav": (mp3, 12.0),
        "wav_called.mp3": (good, 2.0),
        "имя с пробелами №1.wav": (good, 2.0),
    }


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
