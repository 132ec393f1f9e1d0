"""Places on the call's page for the features above: they add a panel at start, the page shows what it returns."""

from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.people.models import User

Panel = Callable[[Session, Call, User], str]
_panels: dict[str, Panel] = {}


def add(name: str, panel: Panel) -> None:
    """Show ``panel(session, call, user)``, HTML of a rendered template or "", beside the transcript."""
    _panels[name] = panel


def rendered(session: Session, call: Call, *, by: User) -> list[Markup]:
    """What the panels have to say about a call, in the order of their names."""
    texts = [panel(session, call, by) for _name, panel in sorted(_panels.items())]
    return [Markup(text) for text in texts if text]  # noqa: S704 (rendered by the features' own templates)
