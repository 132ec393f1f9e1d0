"""How an entry is sealed: pure functions over its fields and the key.

An entry commits to its facts by a digest with a salt of its own, and the chain covers that digest and not the facts.
So facts can be erased later: without facts and salt the digest tells nothing, and the chain still verifies.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Key:
    """The secret that seals the log. ``id`` names it in the rows and gives nothing away."""

    secret: bytes

    @property
    def id(self) -> str:
        return self.mac("key")[:16]

    def mac(self, purpose: str, *parts: str) -> str:
        """HMAC-SHA-256. Parts are separated by a sign that JSON and hexadecimal texts do not contain."""
        return hmac.digest(self.secret, "\0".join((purpose, *parts)).encode(), hashlib.sha256).hex()


def new_salt() -> str:
    return secrets.token_hex(16)


def seal_facts(key: Key, salt: str, facts: dict[str, Any]) -> str:
    """The digest by which an entry commits to its facts."""
    return key.mac("facts", salt, canonical(facts))


def seal_entry(
    key: Key, *, previous: str, at: datetime, by_id: int | None, action: str, thing: str, facts_digest: str
) -> str:
    """The hash of an entry, which the next one carries on."""
    fields = {"at": moment(at), "by": by_id, "action": action, "thing": thing, "facts": facts_digest}
    return key.mac("entry", previous, canonical(fields))


def unkeyed_hash(
    *, previous: str, at: datetime, by_id: int | None, action: str, thing: str, diff: dict[str, Any]
) -> str:
    """The hash of an entry as versions before the key made it."""
    fields = {"at": moment(at), "by": by_id, "action": action, "thing": thing, "diff": diff}
    return hashlib.sha256((previous + canonical(fields)).encode()).hexdigest()


def digest_of_rest(facts: dict[str, Any]) -> str:
    """By this an erasure says what an entry holds after it. No secret: the facts stand beside it."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
