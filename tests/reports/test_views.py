"""Pages of results as owner, head and manager see them, and the files that leave."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import select

from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.reports import reach, views
from qcapp.settings import ROOT
from qcapp.terms import LeadSource, Role
from tests.factories.people import make_user
from tests.reports.published import FAIR, GOOD, RUDE, words

SIX = (GOOD, FAIR, FAIR, GOOD, FAIR, GOOD)


def refused(session, user) -> list[str]:
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "refused", AuditEntry.by_id == user.id)
    )
    return [entry.diff["path"] for entry in entries]


def test_the_owner_sees_managers_side_by_side(people, nina, reviewed, login):
    reviewed(people.max, *SIX)
    reviewed(nina, GOOD, FAIR)
    page = login(people.olga).get("/results").text
    assert "Max Manager" in page
    assert "87.5\u00a0%" in page
    assert "Too few calls for an average" in page
    assert "Nina North" in page
    assert "(n = 2)" in words(page)
    assert "compared only in like conditions" in page


def test_different_leads_stand_in_tables_of_their_own(people, nina, reviewed, login):
    reviewed(people.max, *SIX)
    reviewed(nina, *SIX, lead=LeadSource.COLD)
    page = login(people.roman).get("/results").text
    assert page.count('<table class="cards board-table">') == 2
    narrowed = login(people.roman).get("/results?lead=cold").text
    assert "Nina North" in narrowed
    assert "Max Manager" not in narrowed


def test_groups_there_is_no_room_for_are_a_link(people, nina, reviewed, login, monkeypatch):
    monkeypatch.setattr(views, "ROOM", 1)
    reviewed(people.max, *SIX)
    reviewed(nina, *SIX[:5], lead=LeadSource.COLD)
    client = login(people.roman)
    page = client.get("/results?period=this_quarter").text
    assert "Max Manager" in page
    assert "Nina North" not in page
    address = re.search(r'href="([^"]+)">Show 1 manager<', page)[1].replace("&amp;", "&")
    alone = client.get(address).text
    assert "Nina North" in alone
    assert "Max Manager" not in alone
    assert "n = 5" in words(alone)


def test_a_head_sees_the_own_team_alone(session, people, reviewed, login):
    reviewed(people.max, *SIX)
    reviewed(people.sveta, *SIX)
    client = login(people.roman)
    for address in ("/results", "/results/items", "/results/items/card/name"):
        page = client.get(address).text
        assert "Sveta" not in page
        assert "South" not in page
    assert client.get(f"/results/managers/{people.max.id}").status_code == 200
    for address in (
        f"/results/managers/{people.sveta.id}",
        f"/results/items/card/name?manager={people.sveta.id}",
    ):
        assert client.get(address).status_code == 403
    assert len(refused(session, people.roman)) == 2


def test_a_manager_sees_himself_and_no_other_name(session, people, nina, reviewed, login):
    reviewed(people.max, *SIX)
    reviewed(nina, *SIX)
    client = login(people.max)
    answer = client.get("/results?period=this_quarter")
    assert answer.status_code == 302
    assert answer.location == f"/results/managers/{people.max.id}?period=this_quarter"
    for address in (answer.location, "/results/items", f"/results/items/card/name?manager={people.max.id}"):
        page = client.get(address).text
        assert "n = 6" in page or "Mumbled" in page
        assert "Nina" not in page
    assert client.get(f"/results/managers/{nina.id}").status_code == 403
    assert refused(session, people.max) == [f"/results/managers/{nina.id}"]


@pytest.mark.parametrize("who", ["kira", "hanna", "anna"])
def test_results_are_closed_to_those_who_have_no_need_of_them(people, reviewed, login, who):
    client = login(getattr(people, who))
    for address in ("/results", "/results/items", f"/results/managers/{people.max.id}"):
        assert client.get(address).status_code == 403
    assert client.post("/results/export.csv").status_code == 403


def test_the_page_of_a_manager_shows_course_sections_items_and_reviews(people, reviewed, login):
    made = reviewed(people.max, *SIX)
    page = login(people.roman).get(f"/results/managers/{people.max.id}").text
    assert "<polyline" not in page  # one week alone has enough
    assert "<circle" in page
    assert "Weakest items" in page
    assert "Mumbled" not in page.split("Weakest items")[0]
    assert "Mumbled (3)" in words(page)
    assert f"/reviews/{made[-1].id}" in page
    assert "/results/items/card/name" in page


def test_too_few_reviews_are_no_number_anywhere(people, reviewed, login):
    reviewed(people.max, RUDE, RUDE)
    client = login(people.roman)
    page = client.get(f"/results/managers/{people.max.id}").text
    assert "Too few calls for an average" in page
    assert "<circle" not in page
    assert "Weakest items" not in page
    assert "too few (n = 2)" in words(client.get("/results/items").text)


def test_nothing_published_is_said_in_words(people, login):
    client = login(people.olga)
    for address in ("/results", "/results/items", f"/results/managers/{people.max.id}"):
        assert "No review was published in this period" in client.get(address).text


def test_bad_answers_lead_to_the_item_of_their_review(people, reviewed, login):
    _good, fair = reviewed(people.max, GOOD, FAIR)
    page = login(people.roman).get("/results/items/card/name").text
    assert f'href="/reviews/{fair.id}#item-name"' in page
    assert "Mumbled" in page
    assert "1:01" in page
    assert login(people.roman).get("/results/items/card/nothing").status_code == 404
    assert login(people.roman).get("/results/items/nothing/name").status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("until=2026-11-01", "Give the first day as well."),
        ("since=2026-11-05&until=2026-11-01", "This day is before the first one."),
        ("since=2024-01-01&until=2026-11-01", "At most a year at once."),
        ("period=nonsense", "Not a valid choice"),
        ("team=999999", "Not a valid choice"),
    ],
)
def test_what_cannot_be_understood_is_shown_at_its_field(people, login, query, words):
    answer = login(people.olga).get(f"/results?{query}")
    assert answer.status_code == 200
    assert words in answer.text


def test_own_dates_stand_instead_of_a_named_period(people, reviewed, login):
    reviewed(people.max, *SIX)
    client = login(people.olga)
    assert "1 Nov 2026 – 30 Nov 2026, compared with 1 Oct 2026 – 31 Oct 2026" in client.get("/results").text
    page = client.get("/results?period=last_week&since=2026-11-11&until=2026-11-12").text
    assert "11 Nov 2026 – 12 Nov 2026, compared with 9 Nov 2026 – 10 Nov 2026" in page
    assert "n = 6" in page
    assert "n = 6" not in client.get("/results?period=last_month").text


def test_results_leave_as_a_file_and_the_log_says_so(session, people, reviewed, login):
    formula = make_user(session, "=HYPERLINK(1)", Role.MANAGER, people.north)
    reviewed(people.max, *SIX)
    reviewed(formula, GOOD)
    client = login(people.olga)
    answer = client.post("/results/export.csv?lead=hot")
    assert answer.status_code == 200
    assert "results-2026-11-01-2026-11-30.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:7] == ["Checklist", "Lead source", "Stage", "Manager", "Team", "Section", "Reviews"]
    mine = [row for row in rows if row[3] == "Max Manager"]
    assert [row[5:9] for row in mine] == [
        ["Whole call", "6", "87.5", ""],
        ["greeting", "6", "75.0", ""],
        ["manners", "6", "100.0", ""],
    ]
    few = [row for row in rows if "HYPERLINK" in row[3]]
    assert [(row[3], row[6], row[7]) for row in few] == [("'=HYPERLINK(1)", "1", "")]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.thing, entry.by_id) == (
        "export_results",
        "results:2026-11-01–2026-11-30",
        people.olga.id,
    )
    assert zipfile.is_zipfile(io.BytesIO(client.post("/results/export.xlsx").data))
    assert client.post("/results/export.pdf").status_code == 404


@pytest.mark.parametrize("who", ["roman", "tanya", "max"])
def test_no_file_leaves_without_the_right_to_export(session, people, reviewed, login, who):
    reviewed(people.max, *SIX)
    client = login(getattr(people, who))
    assert "/results/export" not in client.get("/results", follow_redirects=True).text
    assert client.post("/results/export.csv").status_code == 403
    assert refused(session, getattr(people, who)) == ["/results/export.csv"]


def test_only_checklists_that_calls_are_scored_on_are_offered(session, people, reviewed):
    reviewed(people.max, GOOD)
    before = reach.checklists(session)
    card = replace(read_card(ROOT / "checklists" / "exam.yaml"), key="another_exam")
    load_card(session, card, by=None).version.used_at = clock.now()  # by exams alone
    session.flush()
    assert before
    assert reach.checklists(session) == before
