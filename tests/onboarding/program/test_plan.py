"""A program as a document: read, judged, written back without loss."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from qcapp.core.errors import Refused
from qcapp.onboarding.program import documents as program_documents
from qcapp.onboarding.program import files as program_files
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program.plan import Program
from qcapp.settings import ROOT
from qcapp.terms import ConditionKind, Stage
from tests.onboarding.ways import programs

STANDARD = ROOT / "checklists" / "onboarding" / "standard.yaml"


@pytest.fixture
def standard() -> dict[str, Any]:
    return program.write(program_files.read_program(STANDARD))


def kinds(document: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    return [(each.path, each.kind) for each in program.problems(document)]


@given(programs())
def test_what_is_written_reads_back_the_same(made: Program) -> None:
    document = program.write(made)
    assert program.read(document) == made
    assert program.write(program.read(document)) == document
    assert program_files.parse_program(program_files.write_program(made).encode(), name="file") == made
    assert program.read(program_documents.tidy(document)) == made


def test_the_shipped_program_has_the_usual_defaults() -> None:
    shipped = program_files.read_program(STANDARD)
    asked = {(plan.stage, each.kind): each for plan in shipped.stages for each in plan.conditions}
    assert asked[Stage.PRODUCT, ConditionKind.REASONS].count == 100
    assert asked[Stage.EXAM, ConditionKind.EXAM].mark == 3
    assert asked[Stage.INTERNSHIP, ConditionKind.SALE].count == 1
    assert [(plan.days, plan.working_days) for plan in shipped.stages] == [
        (2, True),
        (2, True),
        (2, True),
        (14, False),
        (7, False),
    ]
    assert shipped.plan(Stage.COLD_PRACTICE).lead_sources == ("cold",)
    assert [lesson.key for lesson in shipped.plan(Stage.TECHNIQUE).lessons] == [
        "preparation",
        "greeting",
        "call_goal",
        "presentation",
        "objections",
        "closing",
    ]
    assert all({"ru", "en"} == set(plan.title) == set(plan.what) for plan in shipped.stages)


def test_every_condition_has_its_numbers_and_no_others(standard: dict[str, Any]) -> None:
    conditions = standard["stages"][3]["conditions"]
    conditions[0] = {"kind": "scored_calls", "mark": 3}
    conditions[1] = {"kind": "score", "score": 101, "last": 0}
    at = ("stages", 3, "conditions")
    assert kinds(standard) == [
        ((*at, 0, "count"), "missing"),
        ((*at, 0, "mark"), "not_of_this_kind"),
        ((*at, 1, "score"), "less_than_equal"),
        ((*at, 1, "last"), "greater_than_equal"),
    ]


def test_what_can_never_be_met_is_a_problem(standard: dict[str, Any]) -> None:
    stages = standard["stages"]
    stages[0]["lessons"] = []
    del stages[2]["exam_card"]
    stages[3]["lead_sources"] = []
    stages[4]["conditions"] *= 2
    standard["clearance"].append({"kind": "lessons"})
    assert [kind for _path, kind in kinds(standard)] == [
        "no_lessons",
        "no_exam_card",
        "no_leads",
        "double",
        "lessons_of_no_stage",
    ]


def test_the_way_has_its_stages_in_order(standard: dict[str, Any]) -> None:
    standard["stages"].reverse()
    assert kinds(standard) == [(("stages",), "not_the_way")]


def test_one_lesson_key_is_in_one_stage(standard: dict[str, Any]) -> None:
    standard["stages"][0]["lessons"][0]["key"] = "greeting"
    assert kinds(standard) == [(("stages",), "double")]


def test_a_file_is_refused_with_lines_and_fields(session: object) -> None:
    text = STANDARD.read_text(encoding="utf-8").replace("count: 100", "count: 0")
    text = text.replace("exam_card: exam", "exam_cart: exam")
    with pytest.raises(Refused) as refusal:
        program_files.parse_program(text.encode(), name="program.yaml")
    assert refusal.value.reasons == (
        "program.yaml, line 30: День 1. Продукт › Condition 3 › How many: this number must be at least 1.",
        "program.yaml, line 77: Экзамен: unknown field “exam_cart”.",
        "program.yaml, line 78: Экзамен › Conditions: a condition asks for an exam, but no checklist of the "
        "exam is chosen.",
    )


def test_what_the_editor_sends_becomes_a_program(standard: dict[str, Any]) -> None:
    typed = copy.deepcopy(standard)
    product = typed["stages"][0]
    product["title"] = {"ru": " Продукт ", "en": ""}
    product["days"], product["working_days"] = "2", True
    product["lessons"].append({"key": "", "title": {"ru": "Книга продаж", "en": ""}, "article": ""})
    product["conditions"][1] = {"kind": "spve", "count": "12", "mark": "", "score": "", "last": ""}
    typed["stages"][3]["conditions"][1]["score"] = "62,5"
    read = program.read(program_documents.tidy(typed))
    plan = read.plan(Stage.PRODUCT)
    assert (plan.title, plan.days, plan.working_days) == ({"ru": "Продукт"}, 2, True)
    assert (plan.lessons[-1].key, plan.lessons[-1].article) == ("kniga_prodazh", None)
    assert plan.conditions[1].count == 12
    assert read.plan(Stage.COLD_PRACTICE).conditions[1].score == 62.5


def test_holidays_are_days(standard: dict[str, Any]) -> None:
    standard["holidays"] = ["2027-01-01", "", "завтра"]
    tidied = program_documents.tidy(standard)
    assert kinds(tidied) == [(("holidays", 1), "date_from_datetime_parsing")]
    tidied["holidays"].pop()
    assert program.read(tidied).holidays == (date(2027, 1, 1),)


def test_what_is_no_number_stays_as_typed_and_is_told(standard: dict[str, Any]) -> None:
    standard["stages"][4]["days"] = "неделя"
    tidied = program_documents.tidy(standard)
    assert tidied["stages"][4]["days"] == "неделя"
    assert kinds(tidied) == [(("stages", 4, "days"), "int_parsing")]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"lead_sources": []}, "no_leads_at_last"),
        ({"lead_sources": [], "conditions": [{"kind": "score", "score": 60, "last": 2}]}, "no_leads_at_last"),
    ],
)
def test_what_nobody_could_get_through_is_no_program_to_publish(
    standard: dict[str, Any], change: dict[str, Any], kind: str
) -> None:
    """It is still read, for those who have begun with it."""
    standard["stages"][-1] |= change
    assert [each for _path, each in kinds(standard)] == [kind]
    assert program.read(standard).key == standard["key"]


def test_calls_need_leads_and_an_exam_needs_a_card(standard: dict[str, Any]) -> None:
    standard["stages"][0]["conditions"] = [{"kind": "no_critical", "last": 1}]
    standard["stages"][2] = {"stage": "exam", "title": "Экзамен", "what": "Сдаёт"}
    standard["clearance"] = [{"kind": "exam", "mark": 3}]
    assert [each for _path, each in kinds(standard)] == ["no_leads", "no_exam"]
