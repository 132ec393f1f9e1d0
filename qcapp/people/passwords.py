"""Passwords: argon2 hashes, what a password must be like, and new ones for people who forgot theirs."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.guessing import guessable

SHORTEST = 10
LONGEST = 1024  # argon2 reads all of it: an endless password would be an attack
_hasher = PasswordHasher()
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper: no i, l, o, 0, 1


def hashed(password: str) -> str:
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. With no hash at all it takes as long and says no."""
    try:
        return _hasher.verify(password_hash or _nobodys(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def generated() -> str:
    """Four groups of four: 79 bits, and can be read out over the telephone."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _sign in range(4)) for _group in range(4))


def demand_good(password: str, *own: str | None) -> None:
    """Refuse a password that would be guessed. ``own``: login, name and address, which are no secret either."""
    if len(password) < SHORTEST:
        raise Refused(_("The password is too short: use at least %(n)d characters.", n=SHORTEST))
    if len(password) > LONGEST:
        raise Refused(_("The password is too long: use at most %(n)d characters.", n=LONGEST))
    if len(set(password)) < 5:
        raise Refused(_("The password repeats a few characters. Choose another one."))
    if guessable(password, *own):
        raise Refused(
            _(
                "The password is one of those that are tried first: common words, rows of keys, numbers, or your own"
                " login or name. Choose another one, such as three or four words that do not belong together."
            )
        )


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe())
