"""The list of calls: filters, pages, scope, search."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from qcapp.calls import listing, search
from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.listing import Cursor
from qcapp.calls.models import Call, Client
from qcapp.calls.queries import CallFilter, Phone
from qcapp.core import text_index, text_search
from qcapp.terms import Direction, Disposition, LeadSource, Stage
from tests.factories.calls import FIRST, make_call
from tests.factories.transcripts import make_transcript


def ids(page) -> list[int]:
    return [call.id for call in page.calls]


def test_the_newest_call_comes_first(session, people):
    older, newer = make_call(session, people.max), make_call(session, people.max)
    assert ids(listing.call_page(session, CallFilter(), by=people.kira)) == [newer.id, older.id]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("kira", {"max", "sveta"}),
        ("roman", {"max"}),
        ("oleg", {"sveta"}),
        ("tanya", {"max"}),
        ("max", {"max"}),
        ("hanna", set()),
    ],
)
def test_everybody_sees_the_calls_of_their_scope_alone(session, people, who, sees):
    mine = {name: make_call(session, getattr(people, name)).id for name in ("max", "sveta")}
    make_call(session, None)
    found = set(ids(listing.call_page(session, CallFilter(), by=getattr(people, who))))
    assert found & set(mine.values()) == {mine[name] for name in sees}
    assert len(found) == len(sees) + (
        1 if who == "kira" else 0
    )  # calls without a manager: for those who see all


@pytest.mark.parametrize(
    "wanted",
    [
        {"direction": Direction.IN},
        {"lead_source": LeadSource.HOT},
        {"stage": Stage.INTERNSHIP},
        {"stage": Stage.STAFF},
        {"trainees": True},
        {"disposition": Disposition.BUSY},
        {"transcribed": True},
        {"scored": True},
        {"recorded": False},
        {"without_manager": True},
        {"shortest_s": 600, "longest_s": 700},
        {"since": FIRST + timedelta(days=2), "until": FIRST + timedelta(days=3)},
        {"phone": Phone("+79990001122", None)},
        {"phone": Phone(None, "1122")},
        {"query": text_search.parse("договоры")},
    ],
    ids=lambda wanted: next(iter(wanted)),
)
def test_each_filter_finds_its_call_alone(session, people, wanted):
    for _n in range(3):
        make_call(session, people.max, transcribed=False)
    name = next(iter(wanted))
    call = make_call(
        session,
        None if name == "without_manager" else people.max,
        transcribed=False,
        recorded=name != "recorded",
    )
    if name == "query":
        make_transcript(session, call, (0, 1, 3, "Подпишем договор завтра"))
    elif name == "phone":
        call.client = Client(phone="+79990001122")
    elif name == "since":
        call.started_at = FIRST + timedelta(days=2, hours=1)
    else:
        fields = {
            "transcribed": "transcribed_at",
            "scored": "scored_at",
            "shortest_s": "talk_s",
            "trainees": "stage",
        }
        values = {"transcribed": FIRST, "scored": FIRST, "shortest_s": 650, "trainees": Stage.EXAM}
        if name not in {"recorded", "without_manager"}:
            setattr(call, fields.get(name, name), values.get(name, wanted[name]))
    session.flush()
    assert ids(listing.call_page(session, CallFilter(**wanted), by=people.kira)) == [call.id]


def test_pages_follow_each_other_without_gaps_in_both_directions(session, people, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)
    calls = [make_call(session, people.max, transcribed=False, recorded=False) for _n in range(8)]
    for call in calls[2:5]:
        call.started_at = FIRST  # the same moment: the id decides
    session.flush()
    everything = [
        call.id for call in sorted(calls, key=lambda call: (call.started_at, call.id), reverse=True)
    ]

    seen, page = [], listing.call_page(session, CallFilter(), by=people.kira)
    assert page.newer is None
    while True:
        seen += ids(page)
        if page.older is None:
            break
        page = listing.call_page(session, CallFilter(), page.older, by=people.kira)
    assert seen == everything

    back = ids(page)
    while page.newer is not None:
        page = listing.call_page(session, CallFilter(), page.newer, by=people.kira)
        back = ids(page) + back
    assert back == everything


@pytest.mark.parametrize(
    "text",
    ["", "x", "2026-10-06_1", "2026-10-06T10:00:00+00:00_-1", "_", "2026-10-06T10:00:00+00:00_9" + "9" * 30],
)
def test_a_damaged_place_in_the_list_is_the_first_page(text):
    assert Cursor.parse(text, newer=False) is None


def test_a_place_in_the_list_survives_the_url():
    place = Cursor(datetime(2026, 10, 6, 7, 12, 0, 125, tzinfo=UTC), 17)
    assert Cursor.parse(str(place), newer=False) == place


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("договоры", True),
        ("ДОГОВОРОМ", True),
        ("елка", True),
        ("договор ёлкой", True),
        ("договор дом", False),
        ('"подписать договор"', True),
        ('"договор подписать"', False),
        ("догов", False),
        ("OR NOT *", False),
    ],
)
def test_words_are_found_in_every_form_and_all_of_them(session, people, asked, found):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 1, 3, "Хотим подписать договоры"), (1, 4, 5, "У ёлки."))
    wanted = CallFilter(query=text_search.parse(asked))
    assert bool(listing.call_page(session, wanted, by=people.kira).calls) is found


@pytest.mark.parametrize("apart", [timedelta(seconds=1), timedelta(days=40)])
@pytest.mark.parametrize("few", [-1, 100])
@pytest.mark.parametrize(("many", "asked", "enough"), [(1, 1, 0), (2, 400, 6), (3, 3, 1), (5000, 4, 0)])
def test_a_word_in_very_many_calls_is_found_in_order_page_by_page(
    session, people, monkeypatch, many, asked, enough, few, apart
):
    monkeypatch.setattr(search, "MANY", many)
    monkeypatch.setattr(search, "ENOUGH", enough)
    monkeypatch.setattr(search, "ASKED", asked)
    # On PostgreSQL words expected in more rows are gone through in order, others are taken month by month first.
    monkeypatch.setattr(text_index, "FEW", few)
    monkeypatch.setattr(listing, "PAGE", 2)
    calls = []
    for number in range(9):
        calls.append(make_call(session, people.max if number % 2 else people.sveta, transcribed=False))
        calls[-1].started_at = FIRST + number // 3 * apart + timedelta(microseconds=number % 3)
        calls[-1].lead_source = LeadSource.COLD if number % 3 else LeadSource.HOT
        make_transcript(session, calls[-1], (0, 1, 3, "договор"))
    make_call(session, people.max)
    session.execute(text("ANALYZE"))
    for manager_id, lead in ((None, None), (people.max.id, None), (None, LeadSource.COLD)):
        wanted = CallFilter(manager_id=manager_id, lead_source=lead, query=text_search.parse("договоры"))
        expected = [
            call.id
            for call in reversed(calls)
            if manager_id in (None, call.manager_id) and lead in (None, call.lead_source)
        ]
        page = listing.call_page(session, wanted, by=people.kira)
        seen = ids(page)
        while page.older:
            page = listing.call_page(session, wanted, page.older, by=people.kira)
            seen += ids(page)
        assert seen == expected
        back = ids(page)
        while page.newer:
            page = listing.call_page(session, wanted, page.newer, by=people.kira)
            back = ids(page) + back
        assert back == expected


@pytest.mark.parametrize(
    ("who", "finds"), [("kira", {"max", "sveta"}), ("roman", {"max"}), ("oleg", {"sveta"}), ("max", {"max"})]
)
def test_words_are_found_in_the_calls_of_ones_scope_alone(session, people, who, finds):
    said = {
        name: make_call(session, getattr(people, name), transcribed=False).id for name in ("max", "sveta")
    }
    for call_id in said.values():
        make_transcript(session, session.get(Call, call_id), (0, 1, 3, "договор"))
    wanted = CallFilter(query=text_search.parse("договоры"))
    found = ids(listing.call_page(session, wanted, by=getattr(people, who)))
    assert set(found) == {said[name] for name in finds}


def test_a_head_without_managers_finds_nothing(session, people):
    make_transcript(session, make_call(session, people.max, transcribed=False), (0, 1, 3, "договор"))
    people.max.team = people.sveta.team
    session.flush()
    wanted = CallFilter(query=text_search.parse("договор"))
    assert ids(listing.call_page(session, wanted, by=people.roman)) == []


def test_a_call_given_to_another_manager_is_found_among_his(session, people):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 1, 3, "договор"))
    correct_facts(session, call, replace(facts_of(call), manager=people.sveta), by=people.kira)
    wanted = CallFilter(query=text_search.parse("договор"))
    assert ids(listing.call_page(session, wanted, by=people.sveta)) == [call.id]
    assert ids(listing.call_page(session, wanted, by=people.max)) == []


def test_nobody_finds_by_typing_what_only_the_index_says(session, people):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 1, 3, "договор"))
    asked = text_search.parse(f"договор {text_search.label(people.max.id)}")
    assert asked == text_search.parse(f"договор {people.max.id}")
    assert ids(listing.call_page(session, CallFilter(query=asked), by=people.kira)) == []


def test_who_may_not_listen_cannot_search_what_was_said(session, people):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 1, 3, "договор"))
    wanted = CallFilter(query=text_search.parse("договор"))
    assert ids(listing.call_page(session, CallFilter(), by=people.anna)) == [call.id]
    assert ids(listing.call_page(session, wanted, by=people.anna)) == []


def test_who_does_not_see_numbers_cannot_search_them(session, people):
    make_call(session, people.max, client=Client(phone="+79990001122"))
    session.flush()
    assert ids(listing.call_page(session, CallFilter(phone=Phone(None, "1122")), by=people.tanya)) == []


def test_the_page_shows_filters_from_the_url_and_keeps_them_on_the_next_page(
    session, people, login, monkeypatch
):
    monkeypatch.setattr(listing, "PAGE", 1)
    for _n in range(2):
        make_call(session, people.max, lead_source=LeadSource.HOT, stage=Stage.EXAM)
    make_call(session, people.max, lead_source=LeadSource.HOT, stage=Stage.STAFF)
    session.commit()
    client = login(people.kira)
    page = client.get(f"/calls/?lead=hot&manager={people.max.id}&stage=trainees").text
    assert re.search(r'<option selected value="hot"', page)
    assert re.search(r'<option selected value="trainees"', page)
    assert re.search(
        rf'href="/calls/\?manager={people.max.id}&amp;lead=hot&amp;stage=trainees&amp;older=', page
    )
    assert "&amp;older=" not in client.get("/calls/?stage=staff").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("phone=12", "Give the whole number, or at least its last 4 digits."),
        ("since=2026-10-06&until=2026-10-01", "This day is before the first one."),
        ("since=yesterday", "Not a valid date value."),
        ("direction=sideways", "Not a valid choice."),
        ("manager=99999999999", "Not a valid choice."),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_at_its_field_and_not_applied(
    session, people, login, query, sentence
):
    make_call(session, people.max)
    session.commit()
    page = login(people.kira).get(f"/calls/?{query}").text
    assert sentence in page
    assert "Max Manager</span>" in page


def test_days_are_local_days(session, people, login):
    late = make_call(session, people.max, transcribed=False)
    late.started_at = datetime(2026, 10, 6, 21, 30, tzinfo=UTC)  # 00:30 on the 7th in Moscow
    session.commit()
    client = login(people.kira)
    assert f'href="/calls/{late.id}"' in client.get("/calls/?since=2026-10-07&until=2026-10-07").text
    assert f'href="/calls/{late.id}"' not in client.get("/calls/?until=2026-10-06").text


def test_a_coach_sees_masked_numbers(session, people, login):
    make_call(session, people.max, client=Client(phone="+79990001122"))
    session.commit()
    assert "+7 999 000-11-22" in login(people.kira).get("/calls/").text
    page = login(people.tanya).get("/calls/").text
    assert "+7 ••• •••-••-22" in page
    assert "Client&#39;s phone" not in page


def test_no_calls_is_said_in_words(people, login):
    client = login(people.kira)
    assert "No calls yet." in client.get("/calls/").text
    assert "No call matches these filters." in client.get("/calls/?lead=hot").text


def test_hr_has_no_list_of_calls(people, login):
    assert login(people.hanna).get("/calls/").status_code == 403
