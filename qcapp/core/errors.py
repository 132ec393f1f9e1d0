"""The one exception a person is meant to read."""


class Refused(Exception):
    """A request that cannot be carried out; every reason is a sentence for the person who can act on it."""

    def __init__(self, *reasons: str) -> None:
        if not reasons:
            raise ValueError("a refusal needs at least one reason")
        super().__init__(" ".join(str(reason) for reason in reasons))
        self.reasons = tuple(str(reason) for reason in reasons)


class Forbidden(Refused):
    """The person's role does not allow the deed; views answer 403 and the attempt is written to the audit log."""


class Missing(Refused):
    """The thing asked for does not exist, or must not be known to exist; views answer 404."""
