"""Three times as many rows ask the database nothing more often, on any page; and how much the main pages ask.

The figures stand in ``query_counts.txt``: statements, page, who opens it. Whoever makes a page ask less lowers its
figure; whoever has to raise one says why in the commit.
"""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from qcapp.terms import Role
from tests.factories.everything import make_everything, make_more
from tests.factories.people import PASSWORD, make_user
from tests.statements import statements
from tests.test_every_endpoint import address, mark_of, may, rules

FIGURES = Path(__file__).with_name("query_counts.txt")
WIDE = ("olga", "lidia", "kira", "hanna", "anna")
NARROW = ("roman", "tanya", "max")
MANY_VALUES = re.compile(r"\(\?(, \?)+\)|\(\?\)(, \(\?\))+|\(\?, \?\)(, \(\?, \?\))+")
Asked = dict[tuple[str, str], Counter[str]]


@pytest.fixture
def made(session: Session, app: Flask, people: SimpleNamespace) -> dict[str, object]:
    """One of each thing of Max's, and of somebody's of another team."""
    for manager in (people.sveta, people.max):
        values = make_everything(session, app.extensions["qcapp_storage"], people, manager)
    session.commit()
    return values


def make_three_times_as_much(session: Session, app: Flask, people: SimpleNamespace) -> None:
    for number, team in enumerate((people.north, people.south) * 2):
        manager = make_user(session, f"more{number} Manager", Role.MANAGER, team, f"4{number}1")
        make_everything(session, app.extensions["qcapp_storage"], people, manager)
    for _number in range(2):
        make_more(session, people, people.max)
    session.commit()


def readers(app: Flask, session: Session, rule: Rule, people: SimpleNamespace) -> list[str]:
    """Everybody who opens a list; of the readers of one thing, one who sees all of its kind, and one who does not."""
    able = [
        name
        for name in (*WIDE, *NARROW)
        if may(session, getattr(people, name), mark_of(app, rule), rule, people.max)
    ]
    if not rule.arguments:
        return able
    return [name for group in (WIDE, NARROW) for name in [each for each in able if each in group][:1]]


def ask_all(app: Flask, session: Session, people: SimpleNamespace, values: dict[str, object]) -> Asked:
    """What each page asks; of a statement with a list of values it does not matter how many."""
    clients: dict[str, FlaskClient] = {name: app.test_client() for name in (*WIDE, *NARROW)}
    for name, client in clients.items():
        client.post("/login", data={"login": name, "password": PASSWORD})
    found = {}
    for rule in rules(app, "GET"):
        if mark_of(app, rule) is None:
            continue
        for name in readers(app, session, rule, people):
            with statements(session) as asked:
                answer = clients[name].get(address(app, rule, values))
            if answer.status_code == 200:
                found[rule.endpoint, name] = Counter(MANY_VALUES.sub("(?)", each) for each in asked)
    return found


@pytest.mark.parametrize("_created", ["sqlite"], indirect=True)
def test_more_rows_are_asked_for_by_no_more_queries(
    app: Flask, session: Session, people: SimpleNamespace, made: dict[str, object]
) -> None:
    few = ask_all(app, session, people, made)
    make_three_times_as_much(session, app, people)
    many = ask_all(app, session, people, made)
    assert many.keys() == few.keys()
    more = {
        (*page, statement): f"{few[page][statement]} → {times} times"
        for page, asked in many.items()
        for statement, times in asked.items()
        if times > max(few[page][statement], 1)
    }
    assert more == {}
    figures = [line.split() for line in FIGURES.read_text().splitlines()]
    now = {(page, who): many[page, who].total() for _figure, page, who in figures}
    assert [
        f"{now[page, who]} {page} {who}" for figure, page, who in figures if now[page, who] > int(figure)
    ] == []
