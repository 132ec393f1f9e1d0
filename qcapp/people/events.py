"""What people tell pipeline.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PersonChanged:
    """Somebody was added, or is known otherwise than before: name, role, team, extensions, whether he works here."""

    user_id: int


@dataclass(frozen=True)
class IdentityChanged:
    """An account bears another name or has more extensions than before: it may be another person's now."""

    user_id: int
    by: str
    name_before: str
    extensions_added: tuple[str, ...]


@dataclass(frozen=True)
class ManagerLeft:
    """Somebody is no manager here from now on: the account was closed or has another role."""

    user_id: int


@dataclass(frozen=True)
class ManagerJoined:
    """Somebody is a manager from now on: a new account, an old one with another role or open again."""

    user_id: int
