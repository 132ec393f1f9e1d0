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


class Group(StrEnum):
    """Whose results are compared with one another. Without a stage are those whom nobody has begun to train or
    declared staff: they are cleared for no leads."""

    STAFF = "staff"
    TRAINEES = "trainees"
    NO_STAGE = "no_stage"


def group_of(stage: Stage | None) -> Group:
    """The group of a call that was made in this stage."""
    if stage is None:
        return Group.NO_STAGE
    return Group.STAFF if stage is Stage.STAFF else Group.TRAINEES
