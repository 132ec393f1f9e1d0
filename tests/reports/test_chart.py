"""The chart's geometry: everything within the picture, higher is better, gaps stay gaps."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from qcapp.core.periods import Unit, run_of
from qcapp.reports.chart import HEIGHT, WIDTH, draw
from qcapp.reports.rules import Average

averages = st.lists(
    st.one_of(
        st.builds(Average, st.integers(0, 4), st.none()),
        st.builds(Average, st.integers(5, 50), st.floats(0, 150)),
    ),
    min_size=1,
    max_size=14,
)


@given(averages, st.sampled_from([Unit.WEEK, Unit.MONTH]))
def test_every_point_is_within_the_picture_and_higher_is_better(known, unit):
    chart = draw(run_of(unit, date(2026, 11, 20), len(known)), known)
    assert [point.average for point in chart.points] == known
    shown = [point for point in chart.points if point.y is not None]
    assert chart.shows_something == bool(shown)
    assert all(0 < point.x < WIDTH and 0 < (point.y or 0) < HEIGHT for point in shown)
    by_value = sorted(shown, key=lambda point: point.average.value or 0)
    assert [point.y for point in by_value] == sorted((point.y or 0 for point in shown), reverse=True)
    assert sum(len(line.split()) for line in chart.lines) <= len(shown)
    assert [point.x for point in chart.points] == sorted(point.x for point in chart.points)
