"""What is believed of a request, and how much it may hold: bounds of JSON and of names of files, so that nobody holds
up a thread or stores what cannot be shown; what exceeds them is refused in words. The name of the host is not believed.
"""

import math
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import ClientDisconnected, RequestTimeout
from werkzeug.routing import RequestRedirect

from qcapp.core.errors import Refused
from qcapp.core.i18n import _

LARGEST_JSON = 2_000_000  # bytes; the largest page that saves itself sends some hundred thousand
DEEPEST_JSON = 30  # levels; a card has about ten
MOST_PIECES_JSON = 50_000  # names and values; a card has some two thousand
LARGEST_NUMBER = 2**63  # what a column takes
LONGEST_NAME = 255  # of a file: what file systems take
# Line breaks and other control signs, halves of signs, and what turns the direction of the text around.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def init_app(app: Flask) -> None:
    app.json = BoundedJson(app)

    @app.before_request
    def bound_json() -> None:
        if request.is_json:
            request.max_content_length = min(request.max_content_length or LARGEST_JSON, LARGEST_JSON)

    @app.after_request
    def stay_on_this_host(response: Response) -> Response:
        """An address without its last slash is completed, but not by the name of a host that anybody can send."""
        if isinstance(request.routing_exception, RequestRedirect):
            target = urlsplit(request.routing_exception.new_url)
            response.headers["Location"] = urlunsplit(("", "", target.path, target.query, ""))
        return response


def read_body() -> None:
    """Receive all of the request's body; what is sent as files goes to the disk."""
    try:
        _body = request.get_data() if request.is_json else request.form
    except ClientDisconnected as broken:
        raise RequestTimeout from broken


class BoundedJson(DefaultJSONProvider):
    """Reads JSON that every later step can work with; anything else counts as no JSON at all."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The data. Raises ValueError, as for a mistake in the syntax."""
        try:
            data = super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("the JSON is nested too deeply") from error
        _demand_sound(data)
        return data


def _demand_sound(data: Any) -> None:
    level, pieces = [data], 1
    for _depth in range(DEEPEST_JSON):
        deeper: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                deeper += each.keys()
                deeper += each.values()
            elif isinstance(each, list):
                deeper += each
            elif isinstance(each, str):
                each.encode()  # UnicodeEncodeError, a ValueError, for halves of signs
            elif isinstance(each, int | float) and not (abs(each) < LARGEST_NUMBER and math.isfinite(each)):
                raise ValueError("the JSON holds a number that is too large")
        pieces += len(deeper)
        if pieces > MOST_PIECES_JSON:
            raise ValueError("the JSON holds too many values")
        if not deeper:
            return
        level = deeper
    raise ValueError("the JSON is nested too deeply")


def uploaded_name(sent: str | None) -> str:
    """The name of an uploaded file, without folders; empty if it has none. Refused if it cannot be shown."""
    name = PurePosixPath((sent or "").replace("\\", "/")).name
    if len(name) > LONGEST_NAME:
        raise Refused(_("The name of a file has at most %(n)d characters. Rename it.", n=LONGEST_NAME))
    if _UNPRINTABLE.search(name):
        raise Refused(
            _(
                "The name of the file %(name)s holds line breaks or control characters. Rename it.",
                name=shown(name),
            )
        )
    return name


def shown(name: str) -> str:
    """A name that a folder of this machine or an older version let in, as it can be stored and shown."""
    return _UNPRINTABLE.sub("\ufffd", name)
