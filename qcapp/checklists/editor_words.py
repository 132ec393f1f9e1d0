"""What the editor's page calls the choices of its fields."""

from typing import Any

from qcapp.checklists import preview
from qcapp.checklists.card import Critical, ItemKind
from qcapp.core.i18n import _
from qcapp.terms import Direction, LeadSource, Role, Stage

CALLERS = (Role.MANAGER, Role.HEAD, Role.COACH)  # who talks to clients
CONTACTS = 9  # contact numbers offered; a file may name others, and they stay


def words_for_editor() -> dict[str, Any]:
    """Pairs of value and words for each field with a choice, in the order they are offered."""
    words = preview.condition_words()

    def called(*values: str) -> list[tuple[str, str]]:
        return [(value, words[value]) for value in values]

    return {
        "kind": [
            (ItemKind.YES_NO.value, _("yes or no")),
            (ItemKind.SCALE.value, _("scale")),
            (ItemKind.CHOICE.value, _("choice with points")),
            (ItemKind.TEXT.value, _("text")),
        ],
        "critical": [
            (Critical.NONE.value, _("not critical")),
            (Critical.SECTION.value, _("zeroes the section")),
            (Critical.CALL.value, _("zeroes the call")),
        ],
        "applies_to": [
            ("direction", _("Direction"), called(Direction.OUT, Direction.IN)),
            ("lead_source", _("Lead source"), called(*LeadSource)),
            (
                "contact_no",
                _("Contact number"),
                [(str(number), str(number)) for number in range(1, CONTACTS + 1)],
            ),
            ("stage", _("Stage of the manager"), called(*Stage)),
            ("role", _("Role of the caller"), called(*(role.value for role in CALLERS))),
        ],
    }
