"""One signed POST to another program: no redirects, no other schemes, a short wait.

The signature is HMAC-SHA256 over the timestamp, a dot and the body, so that an old message cannot be sent again.
"""

import hashlib
import hmac
import http.client
import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from qcapp.core import clock

TIMEOUT_S = 10
LONGEST = 300  # signs of an error that are kept


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """What the header ``X-Qcapp-Signature`` must say."""
    made = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"sha256={made.hexdigest()}"


def post(url: str, payload: dict[str, Any], *, secret: str, delivery_id: int, event: str) -> str | None:
    """Send the message; None: it was taken (2xx), otherwise what was wrong."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    timestamp = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "qcapp",
        "X-Qcapp-Event": event,
        "X-Qcapp-Delivery": str(delivery_id),
        "X-Qcapp-Timestamp": str(timestamp),
        "X-Qcapp-Signature": sign(secret, timestamp, body),
    }
    try:
        request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 (the opener knows http alone)
        with _opener().open(request, timeout=TIMEOUT_S):
            return None
    except HTTPError as error:
        with error:
            return f"HTTP {error.code} {error.reason}"[:LONGEST]
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, URLError) else error
        return f"{type(error).__name__}: {reason}"[:LONGEST]


def _opener() -> OpenerDirector:
    """Made by hand: without a handler for redirects, files or FTP, a 3xx is an error like any other."""
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener
