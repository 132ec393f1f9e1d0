"""What a draft has changed in the scores: only like with like, never a number of too few calls."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts.blocks import blocks_of
from qcapp.reviews.script_effect import Approval, Chapter, Effect, Measured, ScoredReview, effects

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


def scored(day: int, checklist: int = 1, **sections: float | None) -> ScoredReview:
    return ScoredReview(BEGIN + timedelta(days=day), checklist, sections)


def approval(number: int, day: int) -> Approval:
    return Approval(number, BEGIN + timedelta(days=day))


def test_the_sections_before_and_after_each_draft() -> None:
    reviews = [
        scored(1, objections=50, manners=10),
        scored(2, objections=58),
        scored(5, objections=70, greeting=None),
        scored(6, objections=72),
        scored(8, objections=90),
    ]
    assert effects([approval(3, 7), approval(2, 5)], reviews, 2) == (
        Chapter(3, (Effect(1, "objections", Measured(2, 71), Measured(1, None)),)),
        Chapter(2, (Effect(1, "objections", Measured(2, 54), Measured(2, 71)),)),
    )


def test_another_checklist_is_another_line() -> None:
    reviews = [scored(1, 1, greeting=40), scored(3, 2, greeting=90), scored(4, 1, greeting=60)]
    assert effects([approval(1, 2)], reviews, 1)[0].effects == (
        Effect(1, "greeting", Measured(1, 40), Measured(1, 60)),
        Effect(2, "greeting", Measured(0, None), Measured(1, 90)),
    )


def test_sections_come_in_the_order_of_a_call() -> None:
    after = scored(2, close=1, objections=2, goal=3, presentation=4, greeting=5)
    found = effects([approval(1, 1)], [after], 1)[0].effects
    assert [effect.section for effect in found] == ["greeting", "goal", "presentation", "objections", "close"]


def test_without_an_approval_there_is_nothing_to_say() -> None:
    assert effects([], [scored(1, greeting=5)], 1) == ()


keys = st.sampled_from(["greeting", "goal", "objections", "manners"])
reviews_ = st.lists(
    st.builds(
        lambda day, card, sections: ScoredReview(BEGIN + timedelta(days=day), card, sections),
        st.integers(0, 30),
        st.integers(1, 2),
        st.dictionaries(keys, st.none() | st.floats(0, 100), max_size=4),
    ),
    max_size=20,
)
approvals_ = st.lists(st.integers(0, 30), max_size=4, unique=True).map(
    lambda days: [approval(number, day) for number, day in enumerate(sorted(days), start=1)]
)


@given(approvals_, reviews_, st.integers(1, 5))
def test_every_call_counts_once_and_too_few_are_no_number(
    approvals: list[Approval], reviews: list[ScoredReview], enough: int
) -> None:
    found = effects(approvals, reviews, enough)
    assert [chapter.number for chapter in found] == [each.number for each in reversed(approvals)]
    for chapter in found:
        for effect in chapter.effects:
            assert blocks_of(effect.section)
            assert effect.after.n > 0
            for side in (effect.before, effect.after):
                assert (side.value is None) == (side.n < enough)
                assert side.value is None or 0 <= side.value <= 100.0001
    since = min((each.at for each in approvals), default=None)
    counted = sum(effect.after.n for chapter in found for effect in chapter.effects)
    assert counted == sum(
        value is not None and bool(blocks_of(key))
        for review in reviews
        if since is not None and review.at >= since
        for key, value in review.sections.items()
    )
