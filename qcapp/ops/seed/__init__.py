"""A generated database, as large as that of a big department after years, to measure pages on.

Nothing here goes through the services: rows are written straight, so only an empty database is filled.
"""

from qcapp.ops.seed.fill import fill

__all__ = ["fill"]
