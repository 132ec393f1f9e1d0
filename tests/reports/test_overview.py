"""What is counted, for whom, against what: on both databases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qcapp.core.periods import Unit, run_of
from qcapp.reports import overview, queries
from qcapp.reports.overview import GivenReason
from qcapp.reports.queries import ReviewFilter
from qcapp.reports.rules import Average, Cohort
from qcapp.reviews.models import Purpose, ReviewState
from qcapp.terms import CallOutcome, Group, LeadSource, Role, Stage
from tests.reports.published import FAIR, GOOD, NOVEMBER, RUDE

MONTH = ReviewFilter(datetime(2026, 10, 31, 21, tzinfo=UTC), datetime(2026, 11, 30, 21, tzinfo=UTC))
BEFORE = ReviewFilter(datetime(2026, 9, 30, 21, tzinfo=UTC), MONTH.since)
MOSCOW = ZoneInfo("Europe/Moscow")


def seen(session, by, wanted=MONTH, earlier=BEFORE, enough=2):
    return overview.overview(session, wanted, earlier, by=by, enough=enough)


def managers(found) -> set[int]:
    boards = found.boards
    return {key for board in boards for key, _line in board.lines} | {
        key for board in boards for key, _n in board.few
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("olga", {"max", "nina", "sveta"}),
        ("lidia", {"max", "nina", "sveta"}),
        ("roman", {"max", "nina"}),
        ("tanya", {"max", "nina"}),
        ("oleg", {"sveta"}),
        ("max", {"max"}),
        ("sveta", {"sveta"}),
        ("kira", set()),
        ("hanna", set()),
        ("anna", set()),
    ],
)
def test_everybody_sees_the_managers_of_their_scope_alone(session, people, nina, reviewed, who, sees):
    cast = {"max": people.max, "nina": nina, "sveta": people.sveta}
    for manager in cast.values():
        reviewed(manager, GOOD, FAIR)
    reviewed(None, GOOD, FAIR)
    by = getattr(people, who)
    found = seen(session, by)
    assert managers(found) == {cast[name].id for name in sees}
    assert {cast[name].id for name in sees} <= set(found.people) if sees else not found.people
    assert sum(board.whole.score.n for board in found.boards) == 2 * len(sees)
    answers = queries.answer_counts(session, MONTH, by=by)
    counted = [count.n for group in answers.values() for counts in group.values() for count in counts]
    assert sum(counted) == 8 * len(sees)


def test_only_counted_and_published_reviews_of_the_period_count(session, people, version, reviewed):
    reviewed(people.max, GOOD, FAIR)
    reviewed(people.max, RUDE, purpose=Purpose.SHADOW)
    reviewed(people.max, RUDE, state=ReviewState.DRAFT)
    reviewed(people.max, RUDE, state=ReviewState.SCHEDULED)
    reviewed(people.max, RUDE, at=MONTH.until)
    reviewed(people.max, RUDE, at=MONTH.since - timedelta(microseconds=1))
    ((board),) = seen(session, people.olga).boards
    assert board.whole.score == Average(2, 87.5)
    assert board.whole.critical == 0


def test_a_board_shows_change_sections_critical_errors_and_leads_in_work(session, people, version, reviewed):
    reviewed(people.max, FAIR, FAIR, at=NOVEMBER - timedelta(days=30))
    reviewed(people.max, GOOD, outcome=CallOutcome.NEXT_STEP)
    reviewed(people.max, GOOD, outcome=CallOutcome.SALE)
    reviewed(people.max, RUDE)
    found = seen(session, people.olga)
    (board,) = found.boards
    assert board.cohort == Cohort(version.checklist_id, LeadSource.HOT, Role.MANAGER)
    ((manager_id, line),) = board.lines
    assert manager_id == people.max.id
    assert line == board.whole
    assert line.score.n == 3
    assert line.score.value == pytest.approx(200 / 3)
    assert line.change == pytest.approx(200 / 3 - 75)
    assert (line.critical, line.in_work, line.outcomes) == (1, 1, 2)
    assert line.sections["greeting"] == Average(3, 100.0)
    assert line.sections["manners"].n == 3
    assert list(found.named[version.checklist_id].sections) == ["greeting", "manners"]


def test_like_is_compared_with_like_alone(session, people, nina, reviewed):
    reviewed(people.max, GOOD, GOOD, lead=LeadSource.HOT)
    reviewed(nina, FAIR, FAIR, lead=LeadSource.COLD)
    reviewed(nina, FAIR, lead=None)
    boards = {board.cohort.lead_source: board for board in seen(session, people.roman).boards}
    assert [key for key, _line in boards[LeadSource.HOT].lines] == [people.max.id]
    assert [key for key, _line in boards[LeadSource.COLD].lines] == [nina.id]
    assert boards[None].few == ((nina.id, 1),)


def test_calls_made_as_a_trainee_never_stand_with_those_of_staff(session, people, nina, version, reviewed):
    reviewed(people.max, FAIR, FAIR, stage=Stage.INTERNSHIP)
    reviewed(people.max, GOOD, stage=Stage.COLD_PRACTICE)
    reviewed(people.max, GOOD, GOOD, stage=Stage.STAFF)
    reviewed(nina, GOOD, GOOD)
    reviewed(nina, FAIR, FAIR, FAIR, stage=None)
    found = seen(session, people.olga)
    boards = {board.cohort.group: board for board in found.boards}
    assert {key for key, _line in boards[Group.STAFF].lines} == {people.max.id, nina.id}
    assert boards[Group.STAFF].whole.score == Average(4, 100.0)
    assert [(key, line.score.n) for key, line in boards[Group.NO_STAGE].lines] == [(nina.id, 3)]
    ((manager_id, line),) = boards[Group.TRAINEES].lines
    assert (manager_id, line.score.n, line.sections["greeting"].n) == (people.max.id, 3, 3)
    assert line.score.value == pytest.approx((75 + 75 + 100) / 3)
    tables = overview.items(session, MONTH, by=people.olga, enough=2)
    results = {
        table.group: line.result
        for table in tables
        for section in table.sections
        for line in section.lines
        if line.key == "name"
    }
    assert {key: (result.n, result.bad) for key, result in results.items()} == {
        Group.STAFF: (4, 0.0),
        Group.TRAINEES: (3, pytest.approx(200 / 3)),
        Group.NO_STAGE: (3, 100.0),
    }
    steps = run_of(Unit.MONTH, NOVEMBER.date(), 1)
    over_time = overview.over_time(session, MONTH, steps, MOSCOW, by=people.max, enough=2)
    ns = {cohort.group: points[0].n for cohort, points in over_time.items()}
    assert ns == {Group.STAFF: 2, Group.TRAINEES: 3}


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ({"lead_source": LeadSource.HOT}, 2),
        ({"lead_unknown": True}, 1),
        ({"checklist_id": 10**6}, 0),
        ({"team": "south"}, 1),
        ({"manager": "max"}, 2),
        ({"group": Group.TRAINEES}, 1),
        ({"group": Group.STAFF}, 2),
        ({"group": Group.NO_STAGE}, 0),
    ],
)
def test_filters_narrow_what_is_counted(session, people, reviewed, filters, n):
    reviewed(people.max, GOOD, lead=LeadSource.HOT)
    reviewed(people.max, GOOD, lead=None, stage=Stage.STAFF)
    reviewed(people.sveta, GOOD, lead=LeadSource.HOT, stage=Stage.EXAM)
    known = {"team": ("team_id", people.south.id), "manager": ("manager_id", people.max.id)}
    wanted = ReviewFilter(
        MONTH.since, MONTH.until, **dict(known.get(key, (key, value)) for key, value in filters.items())
    )
    found = seen(session, people.olga, wanted)
    assert sum(board.whole.score.n for board in found.boards) == n


def test_a_manager_over_time_week_by_week(session, people, version, reviewed):
    reviewed(people.max, GOOD, FAIR, at=datetime(2026, 11, 8, 20, 59, tzinfo=UTC))  # Sunday evening in Moscow
    reviewed(people.max, RUDE, at=datetime(2026, 11, 8, 21, 0, tzinfo=UTC))  # Monday there
    steps = run_of(Unit.WEEK, NOVEMBER.date(), 3)
    over_time = overview.over_time(session, MONTH, steps, MOSCOW, by=people.max, enough=2)
    assert over_time == {
        Cohort(version.checklist_id, LeadSource.HOT, Role.MANAGER): (
            Average(0, None),
            Average(2, 87.5),
            Average(1, None),
        )
    }


def test_items_tell_bad_answers_and_reasons_and_lead_to_them(session, people, version, reviewed):
    _good, fair = reviewed(people.max, GOOD, FAIR)
    reviewed(people.sveta, FAIR)
    (table,) = overview.items(session, MONTH, by=people.roman, enough=2)
    lines = {line.key: line for section in table.sections for line in section.lines}
    assert list(lines) == ["hello", "name", "voice", "polite"]
    assert (lines["name"].result.n, lines["name"].result.bad) == (2, 50.0)
    assert lines["name"].reasons == (GivenReason("mumbled", {"ru": "Неразборчиво", "en": "Mumbled"}, 1),)
    assert lines["voice"].result.average == 100.0
    assert overview.worst([table]) == [(table, lines["name"])]
    part = overview.part_of(session, version.checklist_id, "name")
    bad = [(row_id, "no") for row_id, _item in part.versions]
    (answer,) = queries.evidence(session, MONTH, bad, by=people.roman)
    assert answer.review == fair
    assert [mark.text for mark in queries.marks_on(session, [answer])[fair.id, answer.item_id]] == [
        "listen here"
    ]
    assert len(queries.evidence(session, MONTH, bad, by=people.olga)) == 2
    assert overview.part_of(session, version.checklist_id, "unknown") is None


def test_what_was_not_applicable_is_no_answer(session, people, reviewed):
    reviewed(people.max, GOOD, {**GOOD, "hello": "na"}, {**GOOD, "hello": "na", "name": "na"})
    (board,) = seen(session, people.olga, enough=1).boards
    assert board.whole.sections["greeting"].n == 2
    (table,) = overview.items(session, MONTH, by=people.olga, enough=1)
    assert [line.result.n for section in table.sections for line in section.lines] == [1, 2, 3, 3]
