"""What changed between two versions of a program, as its readers see it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from sqlalchemy.orm import Session

from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import versions as program_versions
from qcapp.onboarding.program.changes import blocks
from qcapp.onboarding.program.plan import Program
from qcapp.people.models import User
from tests.onboarding.on_the_way import PROGRAM, make_trainee
from tests.onboarding.program.test_plan import programs

OLD: dict[str, Any] = PROGRAM | {
    "stages": [
        PROGRAM["stages"][0]
        | {
            "lessons": [{"key": "rules", "title": "Правила"}, {"key": "crm", "title": "CRM"}],
            "conditions": [{"kind": "lessons"}, {"kind": "reasons", "count": 100}],
        },
        *PROGRAM["stages"][1:],
    ]
}
NEW: dict[str, Any] = OLD | {
    "stages": [
        OLD["stages"][0]
        | {
            "days": 2,
            "working_days": True,
            "lessons": [
                {"key": "crm", "title": "CRM", "article": "crm"},
                {"key": "product", "title": "Сайты"},
            ],
            "conditions": [{"kind": "reasons", "count": 50}, {"kind": "spve", "count": 10}],
        },
        *OLD["stages"][1:3],
        OLD["stages"][3] | {"title": "Практика", "lead_sources": ["cold", "warm"]},
        OLD["stages"][4],
    ],
    "clearance": [{"kind": "no_critical", "last": 5}],
    "holidays": ["2027-01-01"],
}


def told(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[tuple[str, str | None, str | None]]]:
    found = blocks(program.read(old), program.read(new), "ru")
    return {block.heading: [(line.what, line.before, line.after) for line in block.lines] for block in found}


def test_every_kind_of_change_is_said_in_words(app: Flask) -> None:
    with app.test_request_context():
        assert told(OLD, NEW) == {
            "The whole program": [("Further days off", "–", "1 Jan 2027")],
            "Продукт": [
                ("Term", "no limit", "2 working days"),
                ("Instruction of the lesson “CRM”", "–", "crm"),
                ("Lesson added: Сайты", None, None),
                ("Lesson removed: Правила", None, None),
                ("Condition", "100 reasons to buy are accepted", "50 reasons to buy are accepted"),
                ("Condition added: The SPVE table with 10 rows is accepted", None, None),
                ("Condition removed: Every lesson is confirmed", None, None),
            ],
            "Практика": [
                ("Title", "Холодная", "Практика"),
                ("Leads that may be called", "cold lead", "cold lead, warm lead"),
            ],
            "Clearance for hot leads": [
                ("Condition added: The last 5 calls have no critical error", None, None)
            ],
        }


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=programs(), new=programs())
def test_nothing_is_said_exactly_where_nothing_differs(app: Flask, old: Program, new: Program) -> None:
    with app.test_request_context():
        assert blocks(old, old, "ru") == []
        alike = old.model_copy(update={"key": new.key}) == new
        assert bool(blocks(old, new, "ru")) is not alike


def test_a_reader_picks_two_versions(
    session: Session, people: SimpleNamespace, login: Callable[[User], FlaskClient]
) -> None:
    trainee = make_trainee(session, people.max)
    trainee.program.document = OLD
    program_versions.load_program(session, program.read(NEW), by=people.lidia)
    draft = program_versions.open_draft(session, "sales", by=people.lidia)
    session.commit()
    client = login(people.lidia)
    assert "/programs/sales/diff?from=1&amp;to=2" in client.get("/programs/sales").text
    page = client.get("/programs/sales/diff?from=1&to=2").text
    assert "no limit" in page
    assert "2 working days" in page
    assert "2 working days" in client.get("/programs/sales/diff").text
    assert "Nothing differs" in client.get("/programs/sales/diff?from=2&to=3").text
    draft.document = {**draft.document, "stages": []}
    session.commit()
    refused = client.get("/programs/sales/diff?from=2&to=3")
    assert "This draft has problems. Correct them first" in refused.text
    assert client.get("/programs/sales/diff?from=7").status_code == 404
    assert login(people.roman).get("/programs/sales/diff").status_code == 403
