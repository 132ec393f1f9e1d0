"""The statistics of agreement against examples published with their results; the sources stand beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.reviews.agreement import (
    agreement,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    mean,
    mean_distance,
    pairwise_agreement,
    share_within,
)

Pairs = list[tuple[str | None, str | None]]


def pairs_of(table: list[list[int]]) -> Pairs:
    """The pairs behind a table of counts: the first person's answers are the rows, the second's the columns."""
    return [
        (str(row), str(column))
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _each in range(count)
    ]


def rows_of(counts: list[tuple[int, ...]]) -> list[list[str]]:
    """The answers behind counts of raters by category, one line a subject."""
    return [[str(place) for place, count in enumerate(line) for _each in range(count)] for line in counts]


# Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70, 213-220, table 1: 200 cases, three diagnoses, in
# proportions .44 .07 .09 | .05 .20 .05 | .01 .03 .06; disagreements weigh 0 1 3 | 1 0 6 | 3 6 0. Unweighted it is
# the kind of table of Cohen (1960): observed .70, by chance .6·.5 + .3·.3 + .1·.2 = .41, kappa .29/.59 = .492.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
WEIGHTS = ((0, 1, 3), (1, 0, 6), (3, 6, 0))

# Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). Large sample standard errors of kappa and weighted kappa.
# Psychological Bulletin 72, 323-327, table 1: .53 .05 .02 | .11 .14 .05 | .01 .06 .03 of 200; kappa .429.
FLEISS_COHEN_EVERITT = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]

# Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin 76, 378-382,
# table 1: 30 patients, 6 psychiatrists each, depression / personality disorder / schizophrenia / neurosis / other.
FLEISS = [
    (0, 0, 0, 6, 0),
    (0, 3, 0, 0, 3),
    (0, 1, 4, 0, 1),
    (0, 0, 0, 0, 6),
    (0, 3, 0, 3, 0),
    (2, 0, 4, 0, 0),
    (0, 0, 4, 0, 2),
    (2, 0, 3, 1, 0),
    (2, 0, 0, 4, 0),
    (0, 0, 0, 0, 6),
    (1, 0, 0, 5, 0),
    (1, 1, 0, 4, 0),
    (0, 3, 3, 0, 0),
    (1, 0, 0, 5, 0),
    (0, 2, 0, 3, 1),
    (0, 0, 5, 0, 1),
    (3, 0, 0, 1, 2),
    (5, 1, 0, 0, 0),
    (0, 2, 0, 4, 0),
    (1, 0, 2, 0, 3),
    (0, 0, 0, 0, 6),
    (0, 1, 0, 5, 0),
    (0, 2, 0, 1, 3),
    (2, 0, 0, 4, 0),
    (1, 0, 0, 4, 1),
    (0, 5, 0, 1, 0),
    (4, 0, 0, 0, 2),
    (0, 2, 0, 4, 0),
    (1, 0, 5, 0, 0),
    (0, 0, 0, 0, 6),
]

# Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed.; the table “cont3x3abstractors” of the R package
# irrCAC by the same author: 100 pregnancies, two abstractors; agreement .89, kappa 0.7964094, AC1 0.8493305.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]

# Gwet, K. L. (2002). Kappa statistic is not satisfactory for assessing the extent of agreement between raters.
# Statistical Methods for Inter-Rater Reliability Assessment 1: 125 subjects, agreement .944. By hand: chance of kappa
# (123·120 + 2·5)/125² = .9453, kappa −.0234; chance of AC1 2·.972·.028 = .0544, AC1 .9408.
SKEWED = [[118, 5], [2, 0]]

# Feinstein, A. R. & Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two paradoxes. Journal of
# Clinical Epidemiology 43, 543-549: both tables agree in 85 of 100, kappa .70 and .32.
BALANCED_MARGINS, SKEWED_MARGINS = [[40, 9], [6, 45]], [[80, 10], [5, 5]]


def test_cohens_kappa_of_his_own_table() -> None:
    pairs = pairs_of(COHEN)
    assert agreement(pairs) == pytest.approx(0.70)
    assert cohen_kappa(pairs) == pytest.approx(0.492, abs=0.0005)


def test_weighted_kappa_of_cohens_table() -> None:
    weighted = cohen_kappa(pairs_of(COHEN), distance=lambda one, other: WEIGHTS[int(one)][int(other)])
    assert weighted == pytest.approx(0.348, abs=0.0005)


def test_kappa_of_fleiss_cohen_and_everitt() -> None:
    assert cohen_kappa(pairs_of(FLEISS_COHEN_EVERITT)) == pytest.approx(0.429, abs=0.0005)


def test_fleiss_kappa_of_the_psychiatric_diagnoses() -> None:
    rows = rows_of(FLEISS)
    assert pairwise_agreement(rows) == pytest.approx(0.5556, abs=0.0005)
    assert fleiss_kappa(rows) == pytest.approx(0.430, abs=0.0005)


def test_ac1_and_kappa_of_gwets_abstractors() -> None:
    pairs = pairs_of(ABSTRACTORS)
    assert agreement(pairs) == pytest.approx(0.89)
    assert cohen_kappa(pairs) == pytest.approx(0.7964094, abs=5e-8)
    assert gwet_ac1(pairs) == pytest.approx(0.8493305, abs=5e-8)


def test_where_nearly_every_answer_is_the_same_kappa_misleads_and_ac1_does_not() -> None:
    pairs = pairs_of(SKEWED)
    assert agreement(pairs) == pytest.approx(0.944)
    assert cohen_kappa(pairs) == pytest.approx(-0.0234, abs=5e-5)
    assert gwet_ac1(pairs) == pytest.approx(0.9408, abs=5e-5)


@pytest.mark.parametrize(("table", "kappa"), [(BALANCED_MARGINS, 0.70), (SKEWED_MARGINS, 0.32)])
def test_the_paradox_of_feinstein_and_cicchetti(table: list[list[int]], kappa: float) -> None:
    pairs = pairs_of(table)
    assert agreement(pairs) == pytest.approx(0.85)
    assert cohen_kappa(pairs) == pytest.approx(kappa, abs=0.005)
    ac1 = gwet_ac1(pairs)
    assert ac1 is not None
    assert ac1 > 0.69  # steady in both


def test_what_is_missing_leaves_the_count() -> None:
    pairs: Pairs = [("yes", "yes"), ("yes", None), (None, "no"), ("no", "yes")]
    assert agreement(pairs) == 0.5
    assert cohen_kappa(pairs) == cohen_kappa([("yes", "yes"), ("no", "yes")])
    assert pairwise_agreement([["a", "a", None], ["a", None, None], ["a", "b", "b"]]) == pytest.approx(2 / 3)


def test_nothing_to_compare_gives_nothing() -> None:
    for figure in (agreement, cohen_kappa, pairwise_agreement, fleiss_kappa, gwet_ac1):
        assert figure([]) is None
        assert figure([("yes", None)]) is None
    assert mean([]) is None
    assert mean_distance([]) is None
    assert share_within([], 10) is None


def test_always_the_same_answer_leaves_kappa_undefined_and_ac1_at_one() -> None:
    same: Pairs = [("yes", "yes")] * 5
    assert agreement(same) == 1
    assert cohen_kappa(same) is None
    assert fleiss_kappa(same) is None
    assert gwet_ac1(same) == 1
    assert gwet_ac1(same, categories=("yes", "no", "na")) == 1


def test_answers_nobody_gave_count_as_possible_for_ac1() -> None:
    pairs: Pairs = [("a", "a"), ("b", "b"), ("a", "b")]
    few, many = gwet_ac1(pairs), gwet_ac1(pairs, categories="abcd")
    assert few is not None
    assert many is not None
    assert many > few


def test_distances_between_scores() -> None:
    differences = [-12.0, -10.0, 0.0, 4.0]
    assert share_within(differences, 10) == 0.75
    assert mean(differences) == -4.5
    assert mean_distance(differences) == 6.5


answers = st.sampled_from(["yes", "no", "na"])
some_pairs = st.lists(st.tuples(answers, answers), min_size=1, max_size=30)
some_rows = st.lists(st.lists(answers | st.none(), min_size=2, max_size=6), min_size=1, max_size=20)


@given(some_pairs)
def test_two_people_agree_with_each_other_alike(pairs: Pairs) -> None:
    turned = [(other, one) for one, other in pairs]
    for figure in (agreement, cohen_kappa, gwet_ac1, fleiss_kappa, pairwise_agreement):
        assert figure(turned) == pytest.approx(figure(pairs))


@given(some_pairs)
def test_what_the_answers_are_called_does_not_matter(pairs: Pairs) -> None:
    named = {"yes": "3", "no": "1", "na": "2", None: None}
    renamed = [(named[one], named[other]) for one, other in pairs]
    for figure in (agreement, cohen_kappa, gwet_ac1, fleiss_kappa, pairwise_agreement):
        assert figure(renamed) == pytest.approx(figure(pairs))


@given(some_rows)
def test_every_figure_keeps_its_bounds(rows: list[list[str | None]]) -> None:
    for figure, lowest in ((pairwise_agreement, 0), (fleiss_kappa, -1), (gwet_ac1, -1)):
        value = figure(rows)
        assert value is None or lowest <= value <= 1 + 1e-9


@given(some_pairs)
def test_kappa_of_two_keeps_its_bounds(pairs: Pairs) -> None:
    kappa = cohen_kappa(pairs)
    assert kappa is None or -1 - 1e-9 <= kappa <= 1


@given(st.lists(answers, min_size=1, max_size=20))
def test_perfect_agreement_is_one(said: list[str]) -> None:
    pairs: Pairs = [(answer, answer) for answer in said]
    assert agreement(pairs) == 1
    assert gwet_ac1(pairs) == pytest.approx(1)
    for kappa in (cohen_kappa(pairs), fleiss_kappa(pairs)):
        assert kappa == (pytest.approx(1) if len(set(said)) > 1 else None)


@given(some_pairs)
def test_per_cent_agreement_of_two_is_the_same_by_pairs_and_by_rows(pairs: Pairs) -> None:
    assert pairwise_agreement(pairs) == pytest.approx(agreement(pairs))


@given(st.lists(st.floats(-100, 100), min_size=1), st.floats(0, 50))
def test_the_further_one_looks_the_more_is_within(differences: list[float], points: float) -> None:
    near, far = share_within(differences, points), share_within(differences, points + 10)
    assert near is not None
    assert far is not None
    assert near <= far
    assert share_within(differences, 100) == 1
