"""The program of onboarding: the stages of the way with their conditions, and what clears for hot leads.

A program is written as a YAML file or in the editor; ``read`` makes one of such a document, ``problems`` says
what keeps it from being one, ``write`` gives the document back. Pure: it knows of nobody on the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from qcapp.checklists.card import FALLBACK_LANGUAGE, LANGUAGES
from qcapp.terms import ConditionKind, LeadSource, Stage

WAY: tuple[Stage, ...] = tuple(stage for stage in Stage if stage is not Stage.STAFF)
"""The stages of every program, in order; the last one is left by a decision about clearance alone."""


PARAMETERS: dict[ConditionKind, tuple[str, ...]] = {
    ConditionKind.SPVE: ("count",),
    ConditionKind.REASONS: ("count",),
    ConditionKind.LESSONS: (),
    ConditionKind.SCRIPT: (),
    ConditionKind.EXAM: ("mark",),
    ConditionKind.SCORED_CALLS: ("count",),
    ConditionKind.SALE: ("count",),
    ConditionKind.SCORE: ("score", "last"),
    ConditionKind.NO_CRITICAL: ("last",),
}
"""Which numbers a condition needs; it has no others."""
OF_CALLS = frozenset({ConditionKind.SCORED_CALLS, ConditionKind.SCORE, ConditionKind.NO_CRITICAL})
"""What is met by scored calls."""


def _in_one_language(value: Any) -> Any:
    """A bare text stands for itself in Russian."""
    return {FALLBACK_LANGUAGE: value} if isinstance(value, str) else value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Language = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(LANGUAGES)})$")]
Texts = Annotated[dict[Language, Words], Field(min_length=1), BeforeValidator(_in_one_language)]
Decimal = Annotated[float, PlainSerializer(lambda value: int(value) if value == int(value) else value)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Condition(_Part):
    """What a stage, or clearance, asks for."""

    kind: ConditionKind
    count: Annotated[int, Field(ge=1, le=1000)] | None = Field(default=None, validate_default=True)
    mark: Annotated[Decimal, Field(ge=2, le=5)] | None = Field(default=None, validate_default=True)
    score: Annotated[Decimal, Field(ge=0, le=100)] | None = Field(default=None, validate_default=True)
    last: Annotated[int, Field(ge=1, le=100)] | None = Field(default=None, validate_default=True)

    @field_validator("count", "mark", "score", "last")
    @classmethod
    def _as_the_kind_needs(cls, value: float | None, info: ValidationInfo) -> float | None:
        kind = info.data.get("kind")
        if kind is not None and (value is None) == (info.field_name in PARAMETERS[kind]):
            why = "missing" if value is None else "not_of_this_kind"
            raise PydanticCustomError(
                why, "the kind {kind} decides whether this is needed", {"kind": str(kind)}
            )
        return value


class Lesson(_Part):
    """Something to learn and confirm; ``article``: the key of an instruction in the knowledge base."""

    key: Key
    title: Texts
    article: Slug | None = None


class StagePlan(_Part):
    """One stage of the way.

    ``lead_sources``: from which leads calls are allowed. ``days``: how long it may take, counted from the day
    it is entered, in working days where so said; None: no matter.
    """

    stage: Stage
    title: Texts
    what: Texts
    lead_sources: tuple[LeadSource, ...] = ()
    days: Annotated[int, Field(ge=1, le=365)] | None = None
    working_days: bool = False
    exam_card: Key | None = None
    lessons: tuple[Lesson, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @field_validator("lead_sources")
    @classmethod
    def _sources_differ(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _differ(value)
        return value

    @field_validator("lessons")
    @classmethod
    def _lessons_differ(cls, value: tuple[Lesson, ...]) -> tuple[Lesson, ...]:
        _differ([lesson.key for lesson in value])
        return value

    @field_validator("conditions")
    @classmethod
    def _can_be_met(cls, value: tuple[Condition, ...], info: ValidationInfo) -> tuple[Condition, ...]:
        kinds = [condition.kind for condition in value]
        _differ(kinds)
        if ConditionKind.LESSONS in kinds and info.data.get("lessons") == ():
            raise PydanticCustomError("no_lessons", "the condition asks for lessons, but the stage has none")
        if ConditionKind.EXAM in kinds and info.data.get("exam_card", "") is None:
            raise PydanticCustomError(
                "no_exam_card", "the condition asks for an exam, but there is no exam_card"
            )
        if ConditionKind.SCORED_CALLS in kinds and info.data.get("lead_sources") == ():
            raise PydanticCustomError(
                "no_leads", "the condition asks for calls, but no lead source is allowed"
            )
        return value


class Program(_Part):
    """All stages of the way, and what clearance asks for on top of them; on ``holidays`` nobody works."""

    key: Key
    title: Texts
    stages: tuple[StagePlan, ...]
    clearance: tuple[Condition, ...] = ()
    holidays: tuple[date, ...] = ()

    @field_validator("stages")
    @classmethod
    def _the_whole_way(cls, value: tuple[StagePlan, ...]) -> tuple[StagePlan, ...]:
        if tuple(plan.stage for plan in value) != WAY:
            way = ", ".join(WAY)
            raise PydanticCustomError(
                "not_the_way", "there must be the stages {way}, in this order", {"way": way}
            )
        lessons = [lesson.key for plan in value for lesson in plan.lessons]
        _differ(lessons)
        return value

    @field_validator("clearance")
    @classmethod
    def _not_of_a_stage(cls, value: tuple[Condition, ...]) -> tuple[Condition, ...]:
        kinds = [condition.kind for condition in value]
        _differ(kinds)
        if ConditionKind.LESSONS in kinds:
            raise PydanticCustomError("lessons_of_no_stage", "lessons belong to a stage")
        return value

    def plan(self, stage: Stage) -> StagePlan:
        """What the program says of a stage of the way."""
        return self.stages[WAY.index(stage)]

    def reached(self, stage: Stage) -> tuple[StagePlan, ...]:
        """The stages of the way up to this one."""
        return self.stages[: WAY.index(stage) + 1]

    def exam_plan(self) -> StagePlan | None:
        """The stage in which the exam is held."""
        return next((plan for plan in self.stages if plan.exam_card), None)


class ProgramProblem(NamedTuple):
    """What is wrong and where: ``kind`` and ``values`` make the sentence a person reads, in words.py."""

    path: tuple[str | int, ...]
    kind: str
    values: Mapping[str, Any]
    message: str
    """In English, for logs."""


class UnsoundError(ValueError):
    """A document that is no program."""

    def __init__(self, problems: Sequence[ProgramProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in problems))


def read(document: Mapping[str, Any]) -> Program:
    """The program a document says; ``UnsoundError`` names every field that is wrong."""
    try:
        return Program.model_validate(document)
    except ValidationError as error:
        raise UnsoundError(_problems_of(error)) from error


def problems(document: Mapping[str, Any]) -> list[ProgramProblem]:
    """All that keeps the document from being a program that everybody can get through.

    ``read`` is content with less: older versions are read for those who have begun with them.
    """
    try:
        program = read(document)
    except UnsoundError as error:
        return list(error.problems)
    return list(_dead_ends(program))


def write(program: Program) -> dict[str, Any]:
    """The document that ``read`` makes this program of, without what equals its default."""
    document: dict[str, Any] = program.model_dump(mode="json", exclude_defaults=True)
    return document


def _dead_ends(program: Program) -> Iterator[ProgramProblem]:
    """What is asked for, and can never be done."""
    *before, last = (_kinds(plan.conditions) for plan in program.stages)
    clearance = _kinds(program.clearance)
    for number, kinds in enumerate(before):
        if kinds & OF_CALLS and not program.stages[number].lead_sources:
            yield ProgramProblem(
                ("stages", number, "conditions"), "no_leads", {}, "calls, but no lead source is allowed"
            )
    if OF_CALLS & clearance.union(last, *before) and not program.stages[-1].lead_sources:
        message = "calls are asked for, but in the last stage no lead source is allowed"
        yield ProgramProblem(("stages", len(before), "lead_sources"), "no_leads_at_last", {}, message)
    if ConditionKind.EXAM in clearance and program.exam_plan() is None:
        yield ProgramProblem(("clearance",), "no_exam", {}, "an exam, but no stage has an exam_card")


def _kinds(conditions: Iterable[Condition]) -> frozenset[ConditionKind]:
    return frozenset(condition.kind for condition in conditions)


def _problems_of(error: ValidationError) -> list[ProgramProblem]:
    return [
        ProgramProblem(
            tuple(step for step in each["loc"] if step != "[key]"),
            "unknown_language" if "[key]" in each["loc"] else each["type"],
            {"value": each["input"], **each.get("ctx", {})},
            each["msg"],
        )
        for each in error.errors(include_url=False)
    ]


def _differ(values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise PydanticCustomError("double", "“{key}” is there twice", {"key": str(value)})
        seen.add(value)
