"""Sends a stored file over HTTP piece by piece, so that a player can jump in a recording of any size."""

from collections.abc import Iterator

from flask import Response, current_app, request

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.core.storage import Storage

MOST_AT_ONCE = 4 << 20
"""Bytes in one answer to an open-ended range: players ask for more, and no worker is held by a paused one."""


def send_ranges(storage: Storage, key: str, *, mimetype: str) -> Response:
    """Answer 200, 206 or 416 as the Range header asks. The key names the bytes, so it serves as ETag.

    Raises Missing where the storage has lost the file.
    """
    try:
        size = storage.size(key)
    except FileNotFoundError:
        current_app.logger.error("%s is not in the storage: restore it from the backup", key)
        raise Missing(
            _("The file is not where it was stored. Ask whoever runs this installation to restore it.")
        ) from None
    etag = f'"{key.replace("/", "-")}"'
    common = {"Accept-Ranges": "bytes", "ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in request.headers.get("If-None-Match", ""):
        return Response(status=304, headers=common)
    wanted = request.range if request.headers.get("If-Range", etag) == etag else None
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        whole = {**common, "Content-Length": str(size)}
        return _answer(storage, key, 0, size, status=200, headers=whole, mimetype=mimetype)
    span = wanted.range_for_length(size)
    if span is None:
        return Response(status=416, headers={**common, "Content-Range": f"bytes */{size}"})
    start, end = span
    if wanted.ranges[0][1] is None:
        end = min(end, start + MOST_AT_ONCE)
    headers = {
        **common,
        "Content-Range": f"bytes {start}-{end - 1}/{size}",
        "Content-Length": str(end - start),
    }
    return _answer(storage, key, start, end, status=206, headers=headers, mimetype=mimetype)


def _answer(
    storage: Storage, key: str, start: int, end: int, *, status: int, headers: dict[str, str], mimetype: str
) -> Response:
    body: Iterator[bytes] | tuple[()] = () if request.method == "HEAD" else storage.chunks(key, start, end)
    return Response(body, status=status, headers=headers, mimetype=mimetype, direct_passthrough=True)
