"""Rows are locked before anything is decided by what they say: another transaction may have changed them since."""

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from qcapp.core.db import Base
from qcapp.core.errors import Missing


def lock(session: Session, row: Base, gone: str) -> None:
    """Wait for whoever holds the row, then read it anew with all that hangs on it, and hold it until the commit.

    Raises Missing, with the sentence ``gone``, if it was removed meanwhile. Rows come before the audit log: who writes
    into that holds up everybody else.
    """
    session.flush()  # what is not flushed would be lost by reading anew
    try:
        session.refresh(row, with_for_update={"of": type(row)})
    except InvalidRequestError as error:
        raise Missing(gone) from error
