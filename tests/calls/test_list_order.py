"""The list of calls sorted by its columns, counted, and what the features above tell in it."""

import pytest

from qcapp.calls import beside, listing
from qcapp.calls.listing import CallSort, Sorting
from qcapp.calls.queries import CallFilter
from qcapp.core import text_search
from qcapp.terms import LeadSource
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript


def sorted_ids(session, order: str, by, wanted: CallFilter | None = None) -> list[int]:
    """Every page after another, as somebody turns them."""
    seen, start = [], 0
    while start is not None:
        page = listing.sorted_page(session, wanted or CallFilter(), Sorting.parse(order), start, by=by)
        seen += [call.id for call in page.calls]
        start = page.next
    return seen


@pytest.fixture
def calls(session, people, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    seconds = (90, None, 30, 600, 30)
    return [make_call(session, people.max) for _n in seconds], seconds


def test_a_column_sorts_all_pages_and_what_has_no_value_comes_last(session, people, calls):
    made, seconds = calls
    for call, talk in zip(made, seconds, strict=True):
        call.talk_s = talk
    session.flush()
    first, unknown, short, long, short_later = (call.id for call in made)
    assert sorted_ids(session, "talk", people.kira) == [short_later, short, first, long, unknown]
    assert sorted_ids(session, "-talk", people.kira) == [long, first, short_later, short, unknown]


@pytest.mark.parametrize("sort", [sort for sort in CallSort if sort is not CallSort.STARTED])
@pytest.mark.parametrize("sign", ["", "-"])
def test_whatever_it_is_sorted_by_the_list_holds_the_same_calls(session, people, calls, sort, sign):
    made, _seconds = calls
    made[0].lead_source, made[1].manager = LeadSource.HOT, None
    made.append(make_call(session, people.sveta))
    assert sorted(sorted_ids(session, f"{sign}{sort}", people.kira)) == sorted(call.id for call in made)
    assert made[-1].id not in sorted_ids(session, f"{sign}{sort}", people.roman)


def test_oldest_first_turns_all_pages_in_both_directions(session, people, calls):
    everything = [call.id for call in calls[0]]
    page = listing.call_page(session, CallFilter(), by=people.kira, newest_first=False)
    assert page.older is None
    seen = [call.id for call in page.calls]
    while page.newer:
        page = listing.call_page(session, CallFilter(), page.newer, by=people.kira, newest_first=False)
        seen += [call.id for call in page.calls]
    assert seen == everything
    back = [call.id for call in page.calls]
    while page.older:
        page = listing.call_page(session, CallFilter(), page.older, by=people.kira, newest_first=False)
        back = [call.id for call in page.calls] + back
    assert back == everything


def test_only_so_many_of_the_newest_are_sorted_and_counted_and_it_is_said(
    session, people, calls, monkeypatch
):
    monkeypatch.setattr(listing, "SORTED", 3)
    newest = {call.id for call in calls[0][2:]}
    assert set(sorted_ids(session, "talk", people.kira)) == newest
    assert listing.sorted_page(session, CallFilter(), Sorting.parse("talk"), by=people.kira).cut
    assert listing.count(session, CallFilter(), by=people.kira) == 4
    assert listing.count(session, CallFilter(manager_id=people.sveta.id), by=people.kira) == 0


@pytest.mark.parametrize(
    ("who", "finds"), [("kira", 1), ("roman", 1), ("oleg", 0), ("anna", 0), ("hanna", 0)]
)
def test_hits_of_a_search_are_sorted_and_counted_for_those_who_may_hear_them(session, people, who, finds):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 1, 3, "Подпишем договор завтра"))
    make_call(session, people.max)
    wanted = CallFilter(query=text_search.parse("договоры"))
    reader = getattr(people, who)
    assert sorted_ids(session, "talk", reader, wanted) == [call.id] * finds
    assert listing.count(session, wanted, by=reader) == finds


@pytest.mark.parametrize("asked", ["ЁЛКА", "елками", '"новая ёлка"', "Ёлка договор"])
def test_a_hit_is_quoted_where_it_was_said_first(session, people, asked):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(
        session,
        call,
        (0, 0, 4, "Здравствуйте, это магазин."),
        (1, 5, 9, "Мне нужна новая ёлка, а то старая ёлка осыпалась"),
        (0, 10, 12, "Ёлки есть."),
    )
    quote = beside.quotes(session, [call.id], text_search.parse(asked))[call.id]
    assert quote.hit in {"ёлка,", "новая ёлка,"}
    assert f"{quote.before} {quote.hit} {quote.after}" == "Мне нужна новая ёлка, а то старая ёлка осыпалась"
    assert quote.start_s == pytest.approx(5 + 4 / 9 * (2 if "новая" in quote.hit else 3))


@pytest.mark.parametrize("asked", ["НДС", "ндс", "ооо", "dying", "HAPPY", "я"])
def test_a_hit_is_quoted_in_whatever_case_it_was_written(session, people, asked):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (1, 0, 4, "Сколько НДС платит ООО Happy Ночь"), (0, 4, 6, "Dying, Я?"))
    quote = beside.quotes(session, [call.id], text_search.parse(asked))[call.id]
    assert text_search.stems(quote.hit) == text_search.stems(asked)


def test_what_was_taken_out_of_a_transcript_is_not_quoted(session, people):
    call = make_call(session, people.max, transcribed=False)
    row = make_transcript(session, call, (0, 0, 4, "Субтитры сделал договор"))
    session.refresh(row, ["segments"])
    row.segments[0].removed = "phantom"
    session.flush()
    assert beside.quotes(session, [call.id], text_search.parse("договор")) == {}
