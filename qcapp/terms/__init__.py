"""The vocabulary: every list of words that more than one feature speaks, once, each word with its label.

A term's value is what rows, files and the API hold; its label is the English source of what a page shows,
which ``core/i18n.py`` translates. Nothing here knows the rest of the program, so pure rules may use all of it.
"""

from qcapp.terms.calls import CallOutcome, Direction, Disposition, LeadSource, ScoredFact
from qcapp.terms.onboarding import ClearanceVerdict, ConditionKind
from qcapp.terms.people import Group, Role, Stage, group_of
from qcapp.terms.term import N_, Term

__all__ = [
    "N_",
    "CallOutcome",
    "ClearanceVerdict",
    "ConditionKind",
    "Direction",
    "Disposition",
    "Group",
    "LeadSource",
    "Role",
    "ScoredFact",
    "Stage",
    "Term",
    "group_of",
]
