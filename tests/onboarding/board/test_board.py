"""The board of trainees: whom it shows to whom, its filters and files, and that two hundred are not slow."""

import csv
import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.core import clock, events
from qcapp.core.audit import AuditEntry
from qcapp.core.periods import Unit
from qcapp.onboarding.board import queries as board
from qcapp.onboarding.board.cohorts import Now
from qcapp.onboarding.board.queries import BoardFilter, BoardSort, Together
from qcapp.onboarding.board.rules import BoardPlace
from qcapp.onboarding.board.waiting import Whom
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.overdue.service import tell_deciders
from qcapp.onboarding.sales.service import enter_sale
from qcapp.terms import LeadSource, Role, Stage
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.onboarding.on_the_way import make_sale, make_trainee, move
from tests.statements import statements

START = datetime(2026, 10, 5, 7, tzinfo=UTC)
TODAY = START.date() + timedelta(days=9)


@pytest.fixture
def trainees(session: Session, people: SimpleNamespace) -> SimpleNamespace:
    """Max (North) is overdue, Sveta (South) waits for a decision, Egor (North) learns the product."""
    egor = make_user(session, "Egor Newcomer", Role.MANAGER, people.north)
    found = SimpleNamespace(
        max=make_trainee(session, people.max, entered_at=START),
        sveta=make_trainee(session, people.sveta, entered_at=START + timedelta(days=5)),
        egor=make_trainee(session, egor, Stage.PRODUCT, entered_at=START + timedelta(days=8)),
    )
    with time_machine.travel(START + timedelta(days=7)):
        make_sale(session, people.sveta, people.oleg)
    session.commit()
    return found


def names(rows: list[board.BoardRow]) -> list[tuple[str, str]]:
    return [(row.trainee.manager.login, row.place.value) for row in rows]


@pytest.mark.usefixtures("trainees")
def test_overdue_first_then_who_waits_for_a_decision(session: Session, people: SimpleNamespace) -> None:
    rows = board.board(session, BoardFilter(), TODAY, by=people.olga)
    assert names(rows) == [("max", "overdue"), ("sveta", "ready"), ("egor", "on_the_way")]
    assert (rows[0].time.day, rows[0].time.of) == (10, 7)
    assert (len(rows[0].missing), len(rows[1].missing)) == (1, 0)
    assert (rows[1].first_sale, rows[1].first_sale_day) == (START.date() + timedelta(days=7), 3)


@pytest.mark.usefixtures("trainees")
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("olga", {"max", "sveta", "egor"}),
        ("lidia", {"max", "sveta", "egor"}),
        ("hanna", {"max", "sveta", "egor"}),
        ("roman", {"max", "egor"}),
        ("tanya", {"max", "egor"}),
        ("oleg", {"sveta"}),
        ("max", {"max"}),
        ("anna", set()),
    ],
)
def test_everybody_sees_the_own_part(
    session: Session, people: SimpleNamespace, who: str, seen: set[str]
) -> None:
    rows = board.board(session, BoardFilter(), TODAY, by=getattr(people, who))
    assert {row.trainee.manager.login for row in rows} == seen


def test_team_and_stage_choose(session: Session, people: SimpleNamespace, trainees: SimpleNamespace) -> None:
    clearance.grant_clearance(session, trainees.sveta.manager, by=people.olga)
    people.max.active = False
    session.flush()

    def chosen(**wanted: object) -> list[tuple[str, str]]:
        return names(board.board(session, BoardFilter(**wanted), TODAY, by=people.olga))

    assert chosen() == [("egor", "on_the_way")]
    assert chosen(stage=Stage.STAFF) == [("sveta", "cleared")]
    assert chosen(stage=Stage.INTERNSHIP) == []
    assert chosen(team_id=people.south.id) == []
    assert chosen(gone=True) == [("max", "gone")]


def test_the_page_links_to_the_evidence_and_asks_little_of_the_database(
    session: Session, people: SimpleNamespace, login, app
) -> None:
    for number in range(200):
        manager = make_user(session, f"trainee{number} Name", Role.MANAGER, people.north)
        make_trainee(session, manager)
        make_sale(session, manager, people.roman)
    session.commit()
    client = login(people.olga)
    with statements(session) as asked:
        response = client.get("/board")
    assert response.status_code == 200
    assert response.text.count('<tr class="place-ready"') == 200
    assert len(asked) < 40, asked


@pytest.mark.usefixtures("trainees")
def test_a_manager_comes_to_the_own_page(login, people: SimpleNamespace) -> None:
    response = login(people.max).get("/board")
    assert (response.status_code, response.location) == (302, f"/clearance/{people.max.id}")


@pytest.mark.usefixtures("trainees")
def test_the_filter_is_in_the_address(login, people: SimpleNamespace) -> None:
    client = login(people.olga)
    assert "Egor Newcomer" in client.get("/board").text
    assert "Egor Newcomer" not in client.get(f"/board?team={people.south.id}").text
    assert "No trainees here." in client.get("/board?stage=exam").text
    for nonsense in ("stage=boss", "team=north", "team=99999"):
        assert "Egor Newcomer" in client.get(f"/board?{nonsense}").text


@pytest.mark.usefixtures("trainees")
def test_taking_the_board_away_is_logged(session: Session, login, people: SimpleNamespace) -> None:
    client = login(people.olga)
    response = client.post("/board/export.csv?stage=internship")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert {row["Trainee"] for row in rows} == {"Max Manager", "Sveta South"}
    assert {row["Missing"] for row in rows} == {"Confirmed sales: 0 of 1", ""}
    assert client.post("/board/export.xlsx").data.startswith(b"PK")
    assert client.post("/board/export.pdf").status_code == 404
    taken = select(AuditEntry.diff).where(AuditEntry.action == "export_board").order_by(AuditEntry.id)
    assert [diff["format"] for diff in session.scalars(taken)] == ["csv", "xlsx"]


@pytest.mark.usefixtures("trainees")
@pytest.mark.parametrize("who", ["roman", "hanna", "tanya", "max", "kira"])
def test_without_the_right_to_export_there_is_no_file(login, people: SimpleNamespace, who: str) -> None:
    client = login(getattr(people, who))
    assert client.post("/board/export.csv").status_code == 403
    assert "export.csv" not in client.get("/board").text


def test_weeks_of_hiring_count_the_first_grant_and_the_first_sale(
    session: Session, people: SimpleNamespace, trainees: SimpleNamespace
) -> None:
    with time_machine.travel(START + timedelta(days=8)):
        clearance.grant_clearance(session, trainees.sveta.manager, by=people.olga)
        clearance.revoke_clearance(session, trainees.sveta.manager, by=people.olga, reason="Sold air")
    trainees.max.parted_at = clock.now()
    session.flush()
    newest, oldest = board.cohorts_of(session, Together(), TODAY, by=people.hanna)
    assert (newest.n, newest.cleared.n) == (1, 0)
    assert (oldest.n, oldest.now) == (2, {Now.LEFT: 1, Now.REVOKED: 1})
    assert (oldest.cleared.n, oldest.cleared.median_days) == (1, 4)
    assert (oldest.sold.n, oldest.sold.median_days) == (1, 3)
    assert board.cohorts_of(session, Together(), TODAY, by=people.roman) == []


def test_a_cohort_is_of_those_who_first_came_to_a_stage_in_one_month(
    session: Session, people: SimpleNamespace, trainees: SimpleNamespace
) -> None:
    stage, later = Stage.COLD_PRACTICE, START + timedelta(days=40)
    for trainee, day in ((trainees.max, 0), (trainees.egor, 10)):
        move(session, trainee, stage, START + timedelta(days=day))
    move(session, trainees.max, Stage.INTERNSHIP, later)
    move(session, trainees.max, stage, later)
    [month] = board.cohorts_of(session, Together(Unit.MONTH, stage), later.date(), by=people.hanna)
    assert month.first_day == date(2026, 10, 1)
    assert [(hire.name, hire.since) for hire in month.hires] == [
        ("Egor Newcomer", START.date() + timedelta(days=10)),
        ("Max Manager", START.date()),
    ]
    assert board.cohorts_of(session, Together(stage=Stage.EXAM), later.date(), by=people.hanna) == []
    year = START.date() + timedelta(days=400)
    assert board.cohorts_of(session, Together(Unit.MONTH, stage), year, by=people.hanna) == []


@pytest.mark.usefixtures("trainees")
def test_every_number_of_the_cohorts_leads_to_the_people_behind_it(login, people: SimpleNamespace) -> None:
    with time_machine.travel(START + timedelta(days=9)):
        client = login(people.hanna)
        page = client.get("/board/cohorts").text
        assert "week from 5 Oct 2026" in page
        links = {
            html.unescape(link)
            for link in re.findall(r'href="(/board/cohorts/people\?[^"]*)"', page)
            if "first=2026-10-05" in link
        }
        shown = {re.search("which=([a-z_]+)", link)[1]: client.get(link).text for link in links}
        assert set(shown) == {"all", "on_the_way", "sold"}
        assert "Sveta South" in shown["sold"]
        assert "Max Manager" not in shown["sold"]
        assert "Max Manager" in shown["all"]
        page = client.get("/board/cohorts?stage=exam&unit=month").text
        assert (
            "Nobody has come to the stage “Exam” in this time. Whoever fulfils the stage “Technique”" in page
        )
        for wrong in ("", "?first=2026-10-06", "?first=soon"):
            assert client.get(f"/board/cohorts/people{wrong}").location == "/board/cohorts"
        assert client.get("/board/cohorts/people?first=2026-10-05&which=cats").status_code == 200
        for path in ("", "/people?first=2026-10-05"):
            assert login(people.roman).get(f"/board/cohorts{path}").status_code == 403


def test_flags_are_a_page_for_owner_lead_and_head(
    session: Session, login, people: SimpleNamespace, trainees: SimpleNamespace
) -> None:
    call = make_call(session, people.max, lead_source=LeadSource.HOT)
    events.emit(session, CallNoted(call.id))
    session.commit()
    for person in (people.olga, people.lidia, people.roman):
        text = login(person).get("/board/flags").text
        assert f"/calls/{call.id}" in text
        assert "hot lead" in text
    assert "No call was made" in login(people.oleg).get("/board/flags").text
    assert login(people.tanya).get("/board/flags").status_code == 403


def test_a_row_says_when_somebody_was_cleared(
    session: Session, people: SimpleNamespace, trainees: SimpleNamespace
) -> None:
    with time_machine.travel(START + timedelta(days=8)):
        clearance.grant_clearance(session, trainees.sveta.manager, by=people.olga)
    [row] = board.board(session, BoardFilter(stage=Stage.STAFF), TODAY, by=people.olga)
    assert (row.place, row.cleared_on) == (BoardPlace.CLEARED, START.date() + timedelta(days=8))


@pytest.mark.usefixtures("trainees")
def test_the_start_page_says_what_waits_for_a_decision(
    session: Session, login, people: SimpleNamespace
) -> None:
    with time_machine.travel(START + timedelta(days=9)):
        enter_sale(session, people.max, sold_on=TODAY, by=people.max)
        session.commit()
        client = login(people.olga)
        assert 'hx-get="/board/waiting"' in client.get("/").text
        text = client.get("/board/waiting").text
        for many, what in (("1", "stage overdue"), ("1", "waits for clearance"), ("1", "sale to confirm")):
            assert re.search(rf">{many}</strong><a [^>]*>{what}<", text), what
        assert "disputes" not in text
        of_a_head = login(people.oleg).get("/board/waiting").text
        assert "for clearance" not in of_a_head  # he does not decide about it
        assert "stage overdue" not in of_a_head
        assert login(people.tanya).get("/board/waiting").status_code == 403


def test_days_in_every_stage_and_for_whom_somebody_waits(
    session: Session, people: SimpleNamespace, trainees: SimpleNamespace, login
) -> None:
    nina = make_user(session, "Nina North", Role.MANAGER, people.north)
    practising = make_trainee(session, nina, Stage.COLD_PRACTICE, entered_at=START - timedelta(days=50))
    rows = {
        row.trainee.manager.login: row for row in board.board(session, BoardFilter(), TODAY, by=people.olga)
    }
    assert {login: row.days for login, row in rows.items()} == {"max": 10, "sveta": 5, "egor": 2, "nina": 60}
    assert (rows["max"].waits.whom, rows["max"].waited) == (Whom.DECIDER, 0)  # nobody has been asked yet
    with time_machine.travel(START + timedelta(days=7)):
        assert tell_deciders(session, trainees.max.stages[-1].id)
    rows = {
        row.trainee.manager.login: row for row in board.board(session, BoardFilter(), TODAY, by=people.olga)
    }
    assert (rows["max"].waits.whom, rows["max"].waited) == (Whom.DECIDER, 2)
    assert (rows["sveta"].waits.whom, rows["nina"].waits) == (Whom.DECIDER, None)
    practising.parted_at = clock.now()
    session.commit()
    with time_machine.travel(START + timedelta(days=9)):
        page = login(people.olga).get("/board?sort=waiting").text
    assert "waits for the owner or the head of quality control, 2 days: Lidia Lead, Olga Owner" in page


@pytest.mark.usefixtures("trainees")
def test_the_order_is_chosen(session: Session, people: SimpleNamespace) -> None:
    make_trainee(
        session,
        make_user(session, "Nina North", Role.MANAGER, people.north),
        Stage.COLD_PRACTICE,
        entered_at=START - timedelta(days=50),
    )

    def sorted_by(sort: BoardSort) -> list[str]:
        found = board.board(session, BoardFilter(sort=sort), TODAY, by=people.olga)
        return [row.trainee.manager.login for row in found]

    assert sorted_by(BoardSort.DAYS) == ["nina", "max", "sveta", "egor"]
    assert sorted_by(BoardSort.WAITING)[:2] == ["sveta", "max"]
    assert sorted_by(BoardSort.TO_DECIDE)[0] == "max"
