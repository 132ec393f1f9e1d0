"""Whoever decides on a page that was opened before somebody else has decided."""

from qcapp.core.errors import Refused
from qcapp.core.i18n import _


class Overtaken(Refused):
    """Views show what is true now, and keep what was typed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has decided meanwhile. Look at it once more before you decide."))
