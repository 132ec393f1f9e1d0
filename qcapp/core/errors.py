"""The two kinds of answer when something is not done: it is wrong, or it cannot be done now."""


class Refused(Exception):
    """A request that cannot be carried out; every reason is a sentence for the person who can act on it.

    Final: asked again, the same request gets the same answer.
    """

    def __init__(self, *reasons: str) -> None:
        if not reasons:
            raise ValueError("a refusal needs at least one reason")
        super().__init__(" ".join(str(reason) for reason in reasons))
        self.reasons = tuple(reason if isinstance(reason, str) else str(reason) for reason in reasons)


class Forbidden(Refused):
    """The person's role does not allow the deed; views answer 403 and the attempt is written to the audit log."""


class Missing(Refused):
    """The thing asked for does not exist, or must not be known to exist; views answer 404."""


class Unavailable(Exception):
    """Database or storage cannot be used at the moment. It says nothing about what was asked.

    Not a ``Refused``, so that no handler of refusals takes it for a final answer: a job tries again later, a program
    or person is told to. ``reason`` is a sentence that is translated when it is shown: at the time of the fault
    nobody can look up the reader's language in the database.
    """

    status = 503
    retry_after_s = 30

    def __init__(self, reason: object) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


class Busy(Unavailable):
    """More is asked at the same moment than can be done."""

    retry_after_s = 5


class NoSpace(Unavailable):
    """The disk or the quota is full: somebody has to make room first."""

    status = 507
    retry_after_s = 300
