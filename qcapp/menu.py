"""The main menu: what everybody finds where. A page with a place in the menu has one line in its group here.

A group leads to the first page that the person may open. Where that is the only one, and not the group's first, it
stands there by its own name.
"""

from dataclasses import dataclass

from flask import Flask, request, url_for

from qcapp.core.i18n import lazy
from qcapp.people.access import gate
from qcapp.people.permissions import Permission

_GROUPS = (
    (
        lazy("Calls"),
        (
            ("calls.index", lazy("All calls"), Permission.VIEW_CALLS),
            ("imports.index", lazy("Import"), Permission.IMPORT_CALLS),
        ),
    ),
    (
        lazy("Reviews"),
        (
            ("reviews.index", lazy("Reviews"), Permission.READ_PUBLISHED),
            ("queue.index", lazy("Queue"), Permission.REVIEW),
            ("plans.index", lazy("Plans"), Permission.VIEW_PLANS),
            ("disputes.index", lazy("Disputes"), Permission.DECIDE_DISPUTES),
            ("recalls.index", lazy("Re-calls"), Permission.RECALL),
            ("calibrations.index", lazy("Calibration"), Permission.REVIEW),
        ),
    ),
    (
        lazy("Training"),
        (
            ("board.index", lazy("Clearance"), Permission.VIEW_ONBOARDING),
            ("onboarding.index", lazy("Onboarding"), Permission.RUN_ONBOARDING),
            ("work.waiting", lazy("Work to accept"), Permission.TRAIN),
            ("sales.waiting", lazy("Sales to confirm"), Permission.CONFIRM_SALES),
            ("scripts.index", lazy("Scripts"), Permission.READ_SCRIPTS),
            ("evidence.phrases", lazy("Forbidden phrases"), Permission.KEEP_PHRASES),
            ("coaching.index", lazy("Coaching"), Permission.READ_COACHING),
            ("knowledge.index", lazy("Knowledge base"), Permission.READ_KNOWLEDGE),
        ),
    ),
    (lazy("Results"), (("results.index", lazy("Results"), Permission.READ_RESULTS),)),
    (lazy("Checklists"), (("checklists.index", lazy("Checklists"), Permission.VIEW_CHECKLISTS),)),
    (
        lazy("People"),
        (
            ("users.index", lazy("People"), Permission.MANAGE_PEOPLE),
            ("accounts.index", lazy("Accounts to confirm"), Permission.CONFIRM_ACCOUNTS),
            ("handovers.index", lazy("Handovers"), Permission.HAND_OVER),
            ("delegations.index", lazy("Stand-ins"), Permission.DELEGATE),
            ("audit.index", lazy("Audit log"), Permission.VIEW_AUDIT),
            ("privacy.index", lazy("Clients' data"), Permission.FIND_CLIENTS),
            ("files.index", lazy("Stored files"), Permission.CHECK_FILES),
            ("crm.index", lazy("CRM"), Permission.SEND_WEBHOOKS),
        ),
    ),
)

_BELOW = {
    "transcripts": "calls",
    "mine": "queue",
    "clearance": "board",
    "overdue": "board",
    "by_hand": "board",
    "exams": "board",
    "programs": "onboarding",
}
"""Pages without a place of their own, by the part of the menu to which they belong."""


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A page in the menu; ``here``: it, or one below it, is open."""

    name: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """The pages of one group that the person may open, at least one."""

    name: str
    links: tuple[MenuLink, ...]

    @property
    def here(self) -> bool:
        return any(link.here for link in self.links)


def main_menu() -> list[MenuGroup]:
    """The menu of the person who asks."""
    here = _BELOW.get(request.blueprint or "", request.blueprint)
    groups = []
    for name, places in _GROUPS:
        links = tuple(
            MenuLink(str(text), url_for(endpoint), here == endpoint.partition(".")[0])
            for endpoint, text, permission in places
            if gate(permission)
        )
        if links:
            alone = len(links) == 1 and links[0].name != str(places[0][1])
            groups.append(MenuGroup(links[0].name if alone else str(name), links))
    return groups


def init_app(app: Flask) -> None:
    """Give templates ``main_menu()``."""
    app.add_template_global(main_menu)
