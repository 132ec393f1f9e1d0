"""Small files that would take gigabytes of memory if they were believed."""

import gzip
import io
import struct
import zipfile
import zlib

ZEROS = 100 << 20  # bytes


def _atom(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + kind + data


def _full(kind: bytes, *numbers: int, more: bytes = b"") -> bytes:
    return _atom(kind, struct.pack(f">{len(numbers) + 1}I", 0, *numbers) + more)


def _movie(moov: bytes) -> bytes:
    begin = _atom(b"ftyp", b"qt  " + bytes(4) + b"qt  ") + _atom(b"mdat", bytes(4000))
    return begin + _atom(b"moov", moov)


def packed_header() -> bytes:
    """A QuickTime file whose header is compressed, as was usual in 1999."""
    packed = struct.pack(">I", ZEROS) + zlib.compress(bytes(ZEROS))
    return _movie(_atom(b"cmov", _atom(b"dcom", b"zlib") + _atom(b"cmvd", packed)))


def endless_index(pieces: int = 40, samples: int = 2**31 - 1) -> bytes:
    """A QuickTime file each of whose pieces claims two thousand million samples: two gigabytes of index."""
    whole = pieces * samples & 0xFFFFFFFF
    pcm = bytes(6) + struct.pack(">HHIHHHHI", 1, 0, 0, 0, 1, 16, 0, 0) + struct.pack(">I", 8000 << 16)
    tables = (
        _full(b"stsd", 1, more=_atom(b"sowt", pcm))
        + _full(b"stts", 1, whole, 1)
        + _full(b"stsc", 1, 1, samples, 1)
        + _full(b"stsz", 2, whole)
        + _full(b"stco", pieces, *[28] * pieces)
    )
    source = _atom(b"dinf", _full(b"dref", 1, more=_full(b"url ")))
    media = (
        _full(b"mdhd", 0, 0, 8000, whole, 0)
        + _full(b"hdlr", 0, more=b"soun" + bytes(13))
        + _atom(b"minf", _full(b"smhd", 0) + source + _atom(b"stbl", tables))
    )
    track = _full(b"tkhd", 0, 0, 1, 0, 0, more=bytes(60)) + _atom(b"mdia", media)
    return _movie(_full(b"mvhd", 0, 0, 8000, 8000, more=bytes(80)) + _atom(b"trak", track))


def packed_zeros(kind: str) -> bytes:
    """An archive, or a table of Excel, whose one part is all zeros."""
    if kind == "gz":
        return gzip.compress(bytes(ZEROS))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(ZEROS))
    return file.getvalue()
