"""One signed POST to another program: no redirects, no other schemes, a short wait.

The signature is HMAC-SHA256 over the timestamp, a dot and the body, so that an old message cannot be sent again.
"""

import hashlib
import hmac
import json
import logging
from typing import Any

import httpx2

from qcapp.core import clock

TIMEOUT_S = 10  # for connecting, for each piece that is sent and for each that is received
LONGEST = 300  # characters of an error that are kept
# The client logs the whole address of each request, and the address may hold a key of the CRM's.
logging.getLogger("httpx2").setLevel(logging.WARNING)


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
        with httpx2.stream(
            "POST", url, content=body, headers=headers, timeout=TIMEOUT_S, follow_redirects=False
        ) as answer:  # its body is not read: nobody needs it, and it could be endless
            if answer.is_success:
                return None
            return f"HTTP {answer.status_code} {answer.reason_phrase}"[:LONGEST]
    # ValueError, OSError, ImportError: the proxy or the certificates that the environment names cannot be used
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError, OSError, ImportError) as error:
        return f"{type(error).__name__}: {error}"[:LONGEST]
