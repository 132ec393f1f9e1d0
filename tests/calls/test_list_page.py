"""The page of the list of calls: what it says of its filter, saved views, several calls corrected at once."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import SavedView
from qcapp.calls.saved import MOST, save_view
from qcapp.core import clock
from qcapp.core.errors import Refused
from qcapp.terms import LeadSource
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript


@pytest.mark.parametrize(
    "args",
    [
        "lead=boiling",
        "since=yesterday",
        "manager=999999",
        "q=!!!",
        "tag=,",
        "phone=12",
        "sort=colour",
        "length=7",
    ],
)
def test_what_cannot_be_understood_is_said_and_the_rest_is_applied(session, people, login, args):
    make_call(session, people.max)
    page = login(people.kira).get(f"/calls/?{args}&direction=out").text
    assert "This part is not applied" in page
    assert 'value="out" selected' in page or 'selected value="out"' in page
    assert page.count('<th scope="row"') == 1


def test_a_place_the_list_does_not_have_is_said(session, people, login):
    make_call(session, people.max)
    client = login(people.kira)
    assert "does not have" in client.get("/calls/?older=17").text
    assert "does not have" not in client.get("/calls/").text


def test_a_row_of_a_search_quotes_the_hit_and_leads_to_its_moment(session, people, login):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 61, 65, "Подпишем <договор> завтра"))
    page = login(people.kira).get("/calls/?q=договоры").text
    assert "Подпишем <mark>&lt;договор&gt;</mark> завтра" in page
    link = re.search(r'class="quote" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query) == {"q": ["договоры"], "t": ["62.3"]}
    assert urlsplit(link).path == f"/calls/{call.id}"


@pytest.mark.parametrize(("args", "says"), [("lead=hot", "1 call found"), ("lead=cold", "0 calls found")])
def test_it_is_said_how_many_were_found(session, people, login, args, says):
    make_call(session, people.max, lead_source=LeadSource.HOT)
    client = login(people.kira)
    address = re.search(r'hx-get="(/calls/count[^"]*)"', client.get(f"/calls/?{args}").text)[1]
    assert says in client.get(address.replace("&amp;", "&")).text


def test_a_heading_sorts_and_says_how_it_is_sorted(session, people, login):
    make_call(session, people.max, lead_source=LeadSource.HOT)
    page = login(people.kira).get("/calls/?lead=hot&sort=-talk").text
    assert re.search(
        r'aria-sort="descending">\s*<a class="sort" href="/calls/\?lead=hot&amp;sort=talk"', page
    )


def test_a_view_is_saved_under_a_name_without_the_phone_and_is_the_persons_own(session, people, login):
    client = login(people.kira)
    saved = client.post("/calls/views?lead=hot&phone=1122&sort=-talk", data={"name": " Горячие  длинные "})
    assert saved.status_code == 303
    view = session.scalars(select(SavedView)).one()
    assert (view.user_id, view.name, view.args) == (
        people.kira.id,
        "Горячие длинные",
        {"lead": "hot", "sort": "-talk"},
    )
    client.post("/calls/views?lead=cold", data={"name": "Горячие длинные"})
    session.expire_all()
    assert view.args == {"lead": "cold"}
    assert "Горячие длинные" in client.get("/calls/").text
    other = login(people.lidia)
    assert "Горячие длинные" not in other.get("/calls/").text
    assert other.post(f"/calls/views/{view.id}/forget").status_code == 404
    assert login(people.kira).post(f"/calls/views/{view.id}/forget?lead=hot").location == "/calls/?lead=hot"
    assert session.scalars(select(SavedView)).all() == []


def test_a_view_needs_a_name_something_to_keep_and_room(session, people, login):
    client = login(people.kira)
    nameless = client.post("/calls/views?lead=hot", data={"name": " "}, follow_redirects=True)
    assert "a name of up to 60" in nameless.text
    client.post("/calls/views?phone=1122", data={"name": "x"})
    assert session.scalars(select(SavedView)).all() == []
    for number in range(MOST):
        save_view(session, str(number), {"lead": "hot"}, by=people.kira)
    with pytest.raises(Refused, match="Remove one"):
        save_view(session, "one more", {"lead": "hot"}, by=people.kira)
    save_view(session, "0", {"lead": "cold"}, by=people.kira)


def test_chosen_calls_are_corrected_at_once_and_of_the_others_it_is_said_why_not(session, people, login):
    fresh, tagged = make_call(session, None), make_call(session, None, contact_no=4)
    scored = make_call(session, people.sveta, scored_at=clock.now())
    correct_facts(session, tagged, replace(facts_of(tagged), tags=("срочно", "тендер")), by=people.kira)
    client = login(people.kira)
    data = {
        "calls": [fresh.id, tagged.id, scored.id],
        "manager": people.max.id,
        "lead_source": "hot",
        "tags": "новый",
        "without_tags": "срочно",
    }
    answer = client.post("/calls/facts?lead=none", data=data, follow_redirects=True).text
    assert "2 calls are corrected" in answer
    assert "counts by manager, start" in answer
    session.expire_all()
    for call, tags in ((fresh, ["новый"]), (tagged, ["новый", "тендер"])):
        assert (call.manager, call.lead_source) == (people.max, LeadSource.HOT)
        assert [each.tag for each in call.tags] == tags
    assert tagged.contact_no == 4
    assert (scored.manager, scored.lead_source) == (people.sveta, None)


def test_what_is_chosen_to_be_unknown_is_emptied(session, people, login):
    call = make_call(session, people.max, lead_source=LeadSource.COLD)
    login(people.kira).post("/calls/facts", data={"calls": call.id, "lead_source": "none", "manager": "none"})
    session.expire_all()
    assert (call.lead_source, call.manager) == (None, None)


@pytest.mark.parametrize(
    "data", [{}, {"lead_source": "hot"}, {"calls": "0", "lead_source": "hot"}, {"calls": "x"}]
)
def test_nothing_chosen_or_nothing_filled_in_is_refused(session, people, login, data):
    assert login(people.kira).post("/calls/facts", data=data).status_code == 422


def test_the_form_is_for_those_who_correct_calls(session, people, login):
    make_call(session, people.max)
    assert "/calls/facts" in login(people.kira).get("/calls/").text
    client = login(people.roman)
    assert "/calls/facts" not in client.get("/calls/").text
    assert client.post("/calls/facts", data={"calls": 1, "lead_source": "hot"}).status_code == 403


def test_what_was_filled_in_wrongly_for_several_calls_comes_back_with_them(session, people, login):
    first, second = make_call(session, people.max), make_call(session, people.max)
    session.commit()
    page = login(people.kira)
    data = {"calls": [second.id], "tags": "т" * 65, "manager": str(people.sveta.id)}
    answer = page.post("/calls/facts?direction=out", data=data)
    assert answer.status_code == 422
    assert "at most 64 characters" in answer.text
    assert f'value="{second.id}" checked' in answer.text
    assert f'value="{first.id}" checked' not in answer.text
    assert f'<option selected value="{people.sveta.id}"' in answer.text
