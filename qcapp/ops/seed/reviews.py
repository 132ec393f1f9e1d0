"""Rows of reviews, their answers and marks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.random import Generator

from qcapp.checklists.applicability import CallFacts
from qcapp.core import clock
from qcapp.ops.seed.bulk import Bulk
from qcapp.ops.seed.calls import moment
from qcapp.ops.seed.figures import DIRECTIONS, LEAD_SOURCES, SeedFigures, Whole, Yes
from qcapp.ops.seed.scoring import Filled, FilledCard, Forms
from qcapp.ops.seed.staff import Staff
from qcapp.reviews.models import Answer, Mark, Purpose, Review, ReviewState
from qcapp.terms import Direction, Role, Stage

DRAFTS = 60  # begun and not published, among the newest
READ_AFTER = timedelta(days=10)  # older ones have been acknowledged
_REVIEW = [
    "id",
    "call_id",
    "manager_id",
    "reviewer_id",
    "checklist_id",
    "version_id",
    "state",
    "purpose",
    "revision",
    "window",
    "turn",
    "score",
    "first_score",
    "sections",
    "summary",
    "spent_s",
    "created_at",
    "updated_at",
    "published_at",
    "acknowledged_at",
]
_SUMMARY = "Договаривайтесь о дате следующего шага и уточняйте, кто принимает решение."


def reviewable(figures: SeedFigures) -> Yes:
    """Calls that can be scored: somebody's, with a transcript."""
    fine: Yes = figures.transcribed & (figures.manager >= 0)
    return fine


def choose(random: Generator, figures: SeedFigures, wanted: int) -> Whole:
    """Which calls are reviewed, in the order of time."""
    chosen: Whole = np.sort(random.choice(np.flatnonzero(reviewable(figures)), wanted, replace=False))
    return chosen


def moments(random: Generator, figures: SeedFigures, chosen: Whole) -> Whole:
    """For every call when its score was published, 0 if it was not."""
    published = figures.started[chosen] + random.integers(3600, 5 * 86_400, len(chosen))
    published = np.minimum(published, figures.started[-1])
    drafts = min(DRAFTS, len(chosen) // 20)
    newest = np.arange(len(chosen) - 10 * drafts, len(chosen))
    published[random.choice(newest, drafts, replace=False)] = 0
    everyone: Whole = np.zeros_like(figures.started)
    everyone[chosen] = published
    return everyone


def write(
    bulk: Bulk,
    random: Generator,
    figures: SeedFigures,
    people: Staff,
    *,
    forms: Forms,
    chosen: Whole,
    scored_at: Whole,
) -> None:
    """``chosen`` and ``scored_at`` are what ``choose`` and ``moments`` gave."""
    skill = np.clip(random.normal(0.6, 0.15, len(people.managers)), 0.1, 0.95)
    quality = np.clip(random.normal(skill[figures.manager[chosen]], 0.15), 0, 0.999).tolist()
    reviewers = random.integers(0, len(people.reviewers), len(chosen)).tolist()
    calls = chosen.tolist()
    facts = _facts(figures, chosen)
    published = scored_at[chosen].tolist()
    ended = (figures.started[chosen] + 7200).tolist()
    picked = [_pick(forms.form_for(each), quality[place]) for place, each in enumerate(facts)]
    rows = zip(calls, reviewers, published, ended, picked, strict=True)
    bulk.insert(Review, _REVIEW, _reviews(rows, people, figures.manager[chosen].tolist()))
    answers = (filled.answers for _form, filled in picked)
    bulk.insert(Answer, ["id", "review_id", "item_id", "value", "comment", "reason"], _answers(answers))
    talk_s = figures.talk_s[chosen].tolist()
    bulk.insert(Mark, ["id", "review_id", "item_id", "start_s", "end_s", "text"], _marks(talk_s, picked))


def _pick(form: FilledCard, quality: float) -> tuple[FilledCard, Filled]:
    return form, form.filled[int(quality * len(form.filled))]


def _facts(figures: SeedFigures, chosen: Whole) -> Iterator[CallFacts]:
    known = zip(
        figures.direction[chosen].tolist(),
        figures.lead_source[chosen].tolist(),
        np.minimum(
            figures.contact_no[chosen], 3
        ).tolist(),  # cards tell first, second and later contacts apart
        strict=True,
    )
    for way, lead, contact_no in known:
        direction = DIRECTIONS[way][0]
        yield CallFacts(
            direction=None if direction is Direction.INTERNAL else direction,
            lead_source=LEAD_SOURCES[lead][0],
            contact_no=contact_no,
            stage=Stage.STAFF,
            role=Role.MANAGER,
        )


def _reviews(
    rows: Iterator[tuple[Any, ...]], people: Staff, managers: list[int]
) -> Iterator[tuple[Any, ...]]:
    now = clock.now()
    for number, (call, reviewer, published_s, ended_s, (form, filled)) in enumerate(rows, 1):
        published = moment(published_s) if published_s else None
        created = (published or min(moment(ended_s), now)) - timedelta(minutes=9)
        read = published is not None and now - published > READ_AFTER
        yield (
            number,
            call + 1,
            people.managers[managers[number - 1]],
            people.reviewers[reviewer],
            form.checklist_id,
            form.version_id,
            ReviewState.PUBLISHED if published else ReviewState.DRAFT,
            Purpose.COUNTED,
            7,
            "seed",
            7,
            filled.score,
            filled.score if published else None,
            filled.sections,
            _SUMMARY,
            300,
            created,
            published or created,
            published,
            published + timedelta(days=1) if published and read else None,
        )


def _answers(answers: Iterator[tuple[tuple[Any, ...], ...]]) -> Iterator[tuple[Any, ...]]:
    number = 0
    for review, given in enumerate(answers, 1):
        for item_id, value, comment, reason in given:
            number += 1
            yield number, review, item_id, value, comment, reason


def _marks(talk_s: list[int], picked: list[tuple[FilledCard, Filled]]) -> Iterator[tuple[Any, ...]]:
    """A mark where an answer has a comment, at most three a review."""
    number = 0
    for review, (length, (_form, filled)) in enumerate(zip(talk_s, picked, strict=True), 1):
        commented = [(item_id, comment) for item_id, _value, comment, _reason in filled.answers if comment]
        for place, (item_id, comment) in enumerate(commented[:3]):
            number += 1
            start = length * (place + 1) / 4
            yield number, review, item_id, start, start + 2.0, comment
