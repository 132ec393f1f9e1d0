"""Where a manager stands on the way from the first day to hot leads; apart from the tables, for pure rules."""

from enum import StrEnum


class Stage(StrEnum):
    """In the order of the way; staff are cleared."""

    PRODUCT = "product"
    TECHNIQUE = "technique"
    EXAM = "exam"
    COLD_PRACTICE = "cold_practice"
    INTERNSHIP = "internship"
    STAFF = "staff"
