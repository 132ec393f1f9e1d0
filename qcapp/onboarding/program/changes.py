"""What changed between two wordings of a program, in words: what each stage asks for, its lessons and its term."""

from collections.abc import Iterator, Mapping, Sequence

from qcapp.checklists.card import say
from qcapp.checklists.diff_words import ChangedThing, ChangedWording, in_every_language
from qcapp.core.formats import day
from qcapp.core.i18n import _
from qcapp.onboarding.program.plan import Condition, Lesson, Program, StagePlan
from qcapp.onboarding.program.words import FIELDS, asked, leads_words, term


def blocks(old: Program, new: Program, language: str) -> list[ChangedThing]:
    """The changes from the old program to the new one, one block a stage, in the order of the way."""
    found = [
        ChangedThing(_("The whole program"), lines=list(_whole(old, new))),
        *(
            ChangedThing(say(after.title, language), lines=list(_stage(before, after, language)))
            for before, after in zip(old.stages, new.stages, strict=True)
        ),
        ChangedThing(_("Clearance for hot leads"), lines=list(_conditions(old.clearance, new.clearance))),
    ]
    return [block for block in found if block.lines]


def _whole(old: Program, new: Program) -> Iterator[ChangedWording]:
    yield from _text("title", old.title, new.title)
    if old.holidays != new.holidays:
        days = (", ".join(map(day, each.holidays)) or "–" for each in (old, new))
        yield ChangedWording(str(FIELDS["holidays"]), *days)


def _stage(old: StagePlan, new: StagePlan, language: str) -> Iterator[ChangedWording]:
    yield from _text("title", old.title, new.title)
    yield from _text("what", old.what, new.what)
    if (old.days, old.working_days) != (new.days, new.working_days):
        yield ChangedWording(_("Term"), term(old), term(new))
    if old.lead_sources != new.lead_sources:
        yield ChangedWording(str(FIELDS["lead_sources"]), *(leads_words(each) or "–" for each in (old, new)))
    if old.exam_card != new.exam_card:
        yield ChangedWording(str(FIELDS["exam_card"]), old.exam_card or "–", new.exam_card or "–")
    yield from _lessons(old.lessons, new.lessons, language)
    yield from _conditions(old.conditions, new.conditions)


def _conditions(old: Sequence[Condition], new: Sequence[Condition]) -> Iterator[ChangedWording]:
    before, after = ({each.kind: each for each in side} for side in (old, new))
    for kind, condition in after.items():
        if kind not in before:
            yield ChangedWording(_("Condition added: %(condition)s", condition=asked(condition)))
        elif condition != before[kind]:
            yield ChangedWording(_("Condition"), asked(before[kind]), asked(condition))
    for kind in (each for each in before if each not in after):
        yield ChangedWording(_("Condition removed: %(condition)s", condition=asked(before[kind])))


def _lessons(old: Sequence[Lesson], new: Sequence[Lesson], language: str) -> Iterator[ChangedWording]:
    before, after = ({each.key: each for each in side} for side in (old, new))
    for key, lesson in after.items():
        title = say(lesson.title, language)
        if key not in before:
            yield ChangedWording(_("Lesson added: %(title)s", title=title))
            continue
        was = before[key]
        if was.title != lesson.title:
            yield ChangedWording(_("Lesson"), in_every_language(was.title), in_every_language(lesson.title))
        if was.article != lesson.article:
            label = _("Instruction of the lesson “%(title)s”", title=title)
            yield ChangedWording(label, was.article or "–", lesson.article or "–")
    for key in (each for each in before if each not in after):
        yield ChangedWording(_("Lesson removed: %(title)s", title=say(before[key].title, language)))
    if [key for key in before if key in after] != [key for key in after if key in before]:
        yield ChangedWording(_("lessons in another order"))


def _text(field: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[ChangedWording]:
    if old != new:
        yield ChangedWording(str(FIELDS[field]), in_every_language(old), in_every_language(new))
