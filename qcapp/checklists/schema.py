"""The form of a checklist file: which fields there are and what may stand in them.

Only form is checked here; what contradicts itself is found by ``faults``. Fields left out have the defaults
below, and an export leaves out what equals the default.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from qcapp.checklists.card import (
    FALLBACK_LANGUAGE,
    LANGUAGES,
    AppliesTo,
    Card,
    Critical,
    Example,
    Guide,
    Item,
    ItemKind,
    Option,
    Reason,
    Section,
)
from qcapp.terms import LeadSource, Stage


def _in_one_language(value: Any) -> Any:
    """A bare text stands for itself in Russian."""
    return {FALLBACK_LANGUAGE: value} if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    """Answers are texts, and a scale's 5 may be written without quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Language = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(LANGUAGES)})$")]
Texts = Annotated[dict[Language, Words], Field(min_length=1), BeforeValidator(_in_one_language)]
Weight = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3)]
Number = Annotated[Decimal, Field(ge=-1000, le=1000, decimal_places=3)]
AnswerText = Annotated[str, BeforeValidator(_as_text)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class AppliesToForm(_Form):
    direction: tuple[Literal["in", "out"], ...] = ()
    lead_source: tuple[LeadSource, ...] = ()
    contact_no: tuple[Annotated[int, Field(ge=1, le=99)], ...] = ()
    stage: tuple[Stage, ...] = ()
    role: tuple[Key, ...] = ()

    def value(self) -> AppliesTo:
        return AppliesTo.of({name: getattr(self, name) for name in AppliesToForm.model_fields})


class ScaleForm(_Form):
    min: int = Field(ge=-1000, le=1000)
    max: int = Field(ge=-1000, le=1000)


class OptionForm(_Form):
    key: Key
    title: Texts
    points: Weight


class ReasonForm(_Form):
    key: Key
    title: Texts


class ExampleForm(_Form):
    answer: AnswerText
    quote: Texts


class GuideForm(_Form):
    """``examples`` and, under the name of each answer, what counts as it."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Texts] = Field(init=False)

    examples: tuple[ExampleForm, ...] = ()

    def value(self) -> Guide:
        return Guide(
            answers=dict(self.__pydantic_extra__),
            examples=tuple(Example(example.answer, dict(example.quote)) for example in self.examples),
        )


class ItemForm(_Form):
    key: Key
    title: Texts
    kind: ItemKind = ItemKind.YES_NO
    weight: Weight = Decimal(1)
    scale: ScaleForm | None = None
    options: tuple[OptionForm, ...] = ()
    critical: Critical = Critical.NONE
    critical_below: Number | None = None
    bonus: bool = False
    na: bool = False
    required: bool | None = None
    comment_below: Number | None = None
    reasons: tuple[ReasonForm, ...] = ()
    guide: GuideForm = GuideForm()
    applies_to: AppliesToForm = AppliesToForm()
    hints: tuple[Words, ...] = ()

    def value(self) -> Item:
        return Item(
            key=self.key,
            title=dict(self.title),
            kind=self.kind,
            weight=self.weight,
            scale_min=self.scale.min if self.scale else None,
            scale_max=self.scale.max if self.scale else None,
            options=tuple(Option(option.key, dict(option.title), option.points) for option in self.options),
            critical=self.critical,
            critical_below=self.critical_below,
            bonus=self.bonus,
            na=self.na,
            required=self.kind is not ItemKind.TEXT if self.required is None else self.required,
            comment_below=self.comment_below,
            reasons=tuple(Reason(reason.key, dict(reason.title)) for reason in self.reasons),
            guide=self.guide.value(),
            applies_to=self.applies_to.value(),
            hints=self.hints,
        )


class SectionForm(_Form):
    key: Key
    title: Texts
    weight: Weight
    items: tuple[ItemForm, ...]

    def value(self) -> Section:
        return Section(self.key, dict(self.title), self.weight, tuple(item.value() for item in self.items))


class CardForm(_Form):
    key: Key
    title: Texts
    purpose: Texts
    applies_to: AppliesToForm = AppliesToForm()
    sections: tuple[SectionForm, ...]

    def value(self) -> Card:
        return Card(
            key=self.key,
            title=dict(self.title),
            purpose=dict(self.purpose),
            applies_to=self.applies_to.value(),
            sections=tuple(section.value() for section in self.sections),
        )
