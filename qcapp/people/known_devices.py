"""Browsers that somebody has signed in from: a signed cookie that outlives the login.

A stranger's wrong tries lock a login for strangers, not for the browsers its person uses.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Request, Response, current_app
from itsdangerous import BadData, URLSafeTimedSerializer

COOKIE = "device"
KEPT = timedelta(days=365)
PEOPLE = 20  # who share one browser; the first to sign in is forgotten first


@dataclass(frozen=True)
class Device:
    """A browser and the ids of the people who have signed in from it."""

    key: str
    people: tuple[int, ...]

    def used_by(self, user_id: int) -> "Device":
        """The same browser after this person has signed in."""
        others = tuple(each for each in self.people if each != user_id)
        return replace(self, people=(*others, user_id)[-PEOPLE:])


def device_of(request: Request) -> Device:
    """The browser that asks; a new one if its cookie is missing, too old or not ours."""
    try:
        key, people = _signer().loads(request.cookies.get(COOKIE, ""), max_age=int(KEPT.total_seconds()))
    except BadData:
        return Device(secrets.token_urlsafe(16), ())
    return Device(key, tuple(people))


def remember(response: Response, device: Device) -> Response:
    """Give the browser its cookie."""
    response.set_cookie(
        COOKIE,
        _signer().dumps((device.key, device.people)),
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def _signer() -> URLSafeTimedSerializer:
    assert current_app.secret_key
    return URLSafeTimedSerializer(current_app.secret_key, salt="known device")
