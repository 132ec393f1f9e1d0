"""What belongs to another team changes nothing on any page that a head, a coach or a manager reads: no list, no number.

Pages of what belongs to the whole company may change. Where not even the owner's page changes there is no noise,
and the test would mean nothing: such lists are named in ``SILENT``, and hold no data of any team.
"""

import re
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.people.models import Role
from qcapp.terms.calls import LeadSource
from tests.factories.everything import make_everything, make_more
from tests.factories.people import PASSWORD, make_user
from tests.test_every_endpoint import address, mark_of, may, rules

READERS = ("roman", "tanya", "max", "olga")
COMPANY_WIDE = {"knowledge.index", "knowledge.show", "knowledge.new", "knowledge.edit", "evidence.phrases"}
SILENT = {"account.password", "account.waiting", "checklists.index", "delegations.new", "knowledge.ask"}
ONE_TIME = re.compile(r' (?:nonce|name="csrf_token" value|data-csrf)="[^"]*"')
Pages = dict[tuple[str, str], str]


def read_all(app: Flask, session: Session, people: SimpleNamespace, values: dict[str, object]) -> Pages:
    """Every page that these readers may open: lists, and what belongs to Max and his team."""
    read = {}
    for name in READERS:
        client, reader = app.test_client(), getattr(people, name)
        client.post("/login", data={"login": name, "password": PASSWORD})
        for rule in rules(app, "GET"):
            permission = mark_of(app, rule)
            if permission and may(session, reader, permission, rule, people.max):
                answer = client.get(address(app, rule, values))
                text = answer.get_data().decode(errors="replace")
                read[rule.endpoint, name] = f"{answer.status_code} {ONE_TIME.sub('', text)}"
    return read


@pytest.mark.parametrize("_created", ["sqlite"], indirect=True)
def test_nothing_of_another_team_shows_anywhere(
    app: Flask, session: Session, people: SimpleNamespace
) -> None:
    storage = app.extensions["qcapp_storage"]
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False):
        make_user(session, "Nikita North", Role.MANAGER, people.north)
        values = make_everything(session, storage, people, people.max)
        session.commit()
        before = read_all(app, session, people, values)
        make_user(session, "Sasha South", Role.MANAGER, people.south)
        call = make_everything(session, storage, people, people.sveta)["call_id"]
        session.add(LeadFlag(call_id=call, manager=people.sveta, lead_source=LeadSource.HOT, at=clock.now()))
        make_more(session, people, people.sveta)
        session.commit()
        after = read_all(app, session, people, values)
    assert before.keys() == after.keys()
    changed = {page for page, text in after.items() if text != before[page]}
    assert {page for page, who in changed if who != "olga"} - COMPANY_WIDE == set()
    lists = {rule.endpoint for rule in rules(app, "GET") if not rule.arguments}
    noisy = {
        page for page, who in changed if who == "olga" and main(before[page, who]) != main(after[page, who])
    }
    scoped = {page for page, who in after if who != "olga"} & {page for page, who in after if who == "olga"}
    assert (scoped & lists) - noisy == SILENT


def main(text: str) -> str:
    """The page without its menu, where a number of notices stands."""
    return text.partition("<main")[2] or text
