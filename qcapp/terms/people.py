"""Terms of the people who work here: their roles, and where a manager stands on the way to hot leads."""

from qcapp.terms.term import N_, Term


class Role(Term):
    OWNER = "owner", N_("Owner")
    QC_LEAD = "qc_lead", N_("Head of quality control")
    QC = "qc", N_("Reviewer")
    HEAD = "head", N_("Head of sales")
    COACH = "coach", N_("Coach")
    HR = "hr", N_("HR")
    MANAGER = "manager", N_("Manager")
    ADMIN = "admin", N_("Administrator")


class Stage(Term):
    """In the order of the way; staff are cleared."""

    PRODUCT = "product", N_("Product")
    TECHNIQUE = "technique", N_("Technique")
    EXAM = "exam", N_("Exam")
    COLD_PRACTICE = "cold_practice", N_("Cold practice")
    INTERNSHIP = "internship", N_("Internship")
    STAFF = "staff", N_("Staff")


class Group(Term):
    """Whose results are compared with one another. Without a stage are those whom nobody has begun to train or
    declared staff: they are cleared for no leads."""

    STAFF = "staff", N_("staff")
    TRAINEES = "trainees", N_("trainees")
    NO_STAGE = "no_stage", N_("no stage")


def group_of(stage: Stage | None) -> Group:
    """The group of a call that was made in this stage."""
    if stage is None:
        return Group.NO_STAGE
    return Group.STAFF if stage is Stage.STAFF else Group.TRAINEES
