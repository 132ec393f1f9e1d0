"""What a calibration shows: answers compared with the reference, by item, by reviewer and by call. Pure values."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qcapp.checklists.card import NOT_APPLICABLE, Card, Item, ItemKind
from qcapp.reviews.agreement import (
    Distance,
    agreement,
    cohen_kappa,
    differ,
    fleiss_kappa,
    gwet_ac1,
    mean,
    mean_distance,
    pairwise_agreement,
    share_within,
)

CLOSE = 10.0
"""Points of the score within which a review counts as close to the reference."""
CLEAR = 0.8
"""The share of answers as the reference below which the item's guide is to be rewritten."""
UNSTEADY = 0.4
"""Kappa below it says little where the per cent are high: nearly every answer is the same."""

Values = Mapping[str, str]
"""Answers by item key."""


class ItemVerdict(StrEnum):
    """What is to be done about an item."""

    REWRITE = "rewrite"
    FEW = "few"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class SubmittedReview:
    """One submitted review; ``score`` in per cent, None if nothing was applicable."""

    reviewer_id: int
    call_id: int
    score: float | None
    answers: Values


@dataclass(frozen=True, slots=True)
class Reference:
    """What was agreed about one call."""

    call_id: int
    score: float | None
    answers: Values


@dataclass(frozen=True, slots=True)
class Mistake:
    """The deviation seen most often: ``given`` instead of ``right``, so many times."""

    given: str
    right: str
    times: int


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """How one item was understood. Shares 0 to 1; ``n`` answers compared with the reference.

    ``kappa`` and ``ac1`` compare with the reference, ``among`` and ``fleiss`` the reviewers with each other.
    """

    item: Item
    n: int
    share: float | None
    kappa: float | None
    ac1: float | None
    among: float | None
    fleiss: float | None
    mistake: Mistake | None
    verdict: ItemVerdict

    @property
    def misleading(self) -> bool:
        """Whether kappa is low although people agree, because nearly every answer is the same."""
        clear = self.share is not None and self.share >= CLEAR
        return clear and self.kappa is not None and self.kappa < UNSTEADY


@dataclass(frozen=True, slots=True)
class ReviewerAgreement:
    """One reviewer against the reference: points of the score (above 0: milder), and the share of the same answers.

    ``n`` are scores compared, ``answers`` answers compared.
    """

    reviewer_id: int
    n: int
    difference: float | None
    distance: float | None
    within: float | None
    answers: int
    share: float | None


@dataclass(frozen=True, slots=True)
class CallSpread:
    """The scores of one call; ``spread`` in points between the lowest and the highest."""

    call_id: int
    reference: float | None
    scores: Mapping[int, float | None]
    spread: float | None


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """The whole; ``within`` is the share of reviews close to the reference, ``n`` how many were compared."""

    n: int
    within: float | None
    distance: float | None
    items: tuple[ItemAgreement, ...]
    reviewers: tuple[ReviewerAgreement, ...]
    calls: tuple[CallSpread, ...]


def majority(values: Iterable[str]) -> str | None:
    """The answer more people gave than any other; None if there is no such."""
    ranked = Counter(value for value in values if value).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def compare(
    card: Card,
    references: Collection[Reference],
    scored: Collection[SubmittedReview],
    reviewer_ids: Sequence[int],
    enough: int,
) -> CalibrationReport:
    """The report of a calibration; fewer than ``enough`` answers to an item give no verdict on it."""
    by_call = {each.call_id: each for each in references}
    items = [
        _item(item, by_call, scored, enough)
        for item in card.items()
        if item.kind is not ItemKind.TEXT and any(item.key in each.answers for each in references)
    ]
    differences = _differences(by_call, scored)
    return CalibrationReport(
        n=len(differences),
        within=share_within(differences, CLOSE),
        distance=mean_distance(differences),
        items=tuple(sorted(items, key=_worst_first)),
        reviewers=tuple(_reviewer(card, reviewer_id, by_call, scored) for reviewer_id in reviewer_ids),
        calls=tuple(_call(each, scored) for each in references),
    )


def _item(
    item: Item, references: Mapping[int, Reference], scored: Collection[SubmittedReview], enough: int
) -> ItemAgreement:
    pairs = [(each.answers.get(item.key), _right(item, references, each)) for each in scored]
    full = [(said, right) for said, right in pairs if said and right]
    rows = [
        [each.answers.get(item.key) or None for each in scored if each.call_id == call_id]
        for call_id in references
    ]
    share = agreement(full)
    return ItemAgreement(
        item=item,
        n=len(full),
        share=share,
        kappa=cohen_kappa(full, distance_of(item)),
        ac1=gwet_ac1(full, item.answers()),
        among=pairwise_agreement(rows),
        fleiss=fleiss_kappa(rows),
        mistake=_most_frequent(full),
        verdict=_verdict(len(full), share, enough),
    )


def distance_of(item: Item) -> Distance:
    """How far two answers to the item are apart: on a scale by its steps, else the same or not."""
    if item.kind is not ItemKind.SCALE:
        return differ
    whole = len(item.numbers) - 1

    def steps(one: str, other: str) -> float:
        low, high = item.numbers.get(one), item.numbers.get(other)
        if low is None or high is None:  # not applicable is as far from any number as can be
            return 0.0 if one == other == NOT_APPLICABLE else float(whole)
        return float(abs(low - high))

    return steps


def _right(item: Item, references: Mapping[int, Reference], scored: SubmittedReview) -> str | None:
    reference = references.get(scored.call_id)
    return reference.answers.get(item.key) if reference else None


def _most_frequent(pairs: Iterable[tuple[str, str]]) -> Mistake | None:
    wrong = Counter((said, right) for said, right in pairs if said != right).most_common(1)
    return Mistake(*wrong[0][0], wrong[0][1]) if wrong else None


def _verdict(n: int, share: float | None, enough: int) -> ItemVerdict:
    if share is None or n < enough:
        return ItemVerdict.FEW
    return ItemVerdict.FINE if share >= CLEAR else ItemVerdict.REWRITE


def _worst_first(item: ItemAgreement) -> tuple[bool, float, float]:
    """What has to be rewritten, then the rest; among the like the lower agreement, then the lower AC1, first."""
    share = 2.0 if item.share is None else item.share
    return (item.verdict is not ItemVerdict.REWRITE, share, 2.0 if item.ac1 is None else item.ac1)


def _differences(references: Mapping[int, Reference], scored: Iterable[SubmittedReview]) -> list[float]:
    """Points of the score above (+) or below (-) the reference."""
    compared = ((each.score, references.get(each.call_id)) for each in scored)
    return [
        score - right.score
        for score, right in compared
        if score is not None and right and right.score is not None
    ]


def _reviewer(
    card: Card, reviewer_id: int, references: Mapping[int, Reference], scored: Iterable[SubmittedReview]
) -> ReviewerAgreement:
    own = [each for each in scored if each.reviewer_id == reviewer_id]
    differences = _differences(references, own)
    answers = [
        (each.answers[item.key], right)
        for each in own
        for item in card.items()
        if item.kind is not ItemKind.TEXT
        and each.answers.get(item.key)
        and (right := _right(item, references, each))
    ]
    return ReviewerAgreement(
        reviewer_id=reviewer_id,
        n=len(differences),
        difference=mean(differences),
        distance=mean_distance(differences),
        within=share_within(differences, CLOSE),
        answers=len(answers),
        share=agreement(answers),
    )


def _call(reference: Reference, scored: Iterable[SubmittedReview]) -> CallSpread:
    scores = {each.reviewer_id: each.score for each in scored if each.call_id == reference.call_id}
    known = [score for score in scores.values() if score is not None]
    spread = max(known) - min(known) if len(known) > 1 else None
    return CallSpread(reference.call_id, reference.score, scores, spread)
