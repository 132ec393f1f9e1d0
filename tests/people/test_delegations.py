"""Standing in for somebody: what the holder may while it lasts, what nobody may ever, and when it is over."""

import re
from datetime import timedelta
from itertools import product

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.people import delegations, notices, service
from qcapp.people.models import Delegation, Notice, User
from qcapp.people.permissions import (
    GRANTS,
    JUDGED,
    LENT,
    NOT_LENT,
    Permission,
    Scope,
    allowed,
    holds,
    reach,
    scope_of,
    standing_in,
    within,
)
from qcapp.people.queries import holders_of
from qcapp.terms import Role
from tests.factories.people import make_user

P = Permission
JUDGING = {P.REVIEW, P.DECIDE_DISPUTES, P.EDIT_CHECKLISTS, P.PLAN, P.CALIBRATE, P.CLEAR, P.READ_REVIEWS}
WEEK = timedelta(days=7)


def lend(session, lender, holder, *, by=None, days=7, **more):
    """A loan that counts: an owner has confirmed it, if it has to be."""
    lent = delegations.delegate(
        session,
        lender=lender,
        holder=holder,
        until=clock.now() + timedelta(days=days),
        reason="Vacation",
        by=by or lender,
        **more,
    )
    if lent.confirmed_at is None:
        owner = session.scalars(select(User).where(User.role == Role.OWNER)).one()
        delegations.confirm_loan(session, lent, by=owner)
    return lent


def test_the_holder_may_what_the_lender_may_over_the_lenders_team(session, people):
    assert not allowed(session, people.oleg, P.READ_PUBLISHED, people.max.id)
    lend(session, people.roman, people.oleg)
    assert allowed(session, people.oleg, P.READ_PUBLISHED, people.max.id)
    assert allowed(session, people.oleg, P.READ_PUBLISHED, people.sveta.id)
    assert set(reach(session, people.oleg, P.LISTEN)) == {people.max.id, people.sveta.id}


def test_who_has_a_lent_permission_is_among_those_who_have_it_while_it_lasts(session, people):
    assert people.hanna not in holders_of(session, P.REVIEW)
    lent = lend(session, people.kira, people.hanna, by=people.olga)
    assert people.hanna in holders_of(session, P.REVIEW)
    assert people.hanna not in holders_of(session, P.CLEAR)
    delegations.take_back(session, lent, by=people.olga)
    assert people.hanna not in holders_of(session, P.REVIEW)


def test_only_what_the_lender_may_is_lent_and_not_over_ones_own_team(session, people):
    """A coach sees no telephone numbers; standing in for a head of another team he sees that team's alone."""
    anton = make_user(session, "Anton Trainer", Role.COACH, people.south)
    lend(session, people.roman, anton)
    assert reach(session, anton, P.SEE_PHONES) == [people.max.id]
    assert set(reach(session, anton, P.LISTEN)) == {people.max.id, people.sveta.id}
    assert not holds(anton, P.REVIEW)


def test_the_widest_scope_counts(session, people):
    assert scope_of(people.hanna, P.READ_PUBLISHED) is None
    lend(session, people.roman, people.hanna)
    assert scope_of(people.hanna, P.READ_PUBLISHED) is Scope.TEAM
    assert scope_of(people.hanna, P.VIEW_ONBOARDING) is Scope.ALL
    assert session.scalars(select(User.id).where(within(people.hanna, P.VIEW_ONBOARDING, User.id))).all()


def test_nothing_counts_before_it_begins_and_after_it_ends(session, people):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        lend(session, people.lidia, people.kira, since=clock.now() + timedelta(days=1))
        assert not holds(people.kira, P.PLAN)
        traveller.shift(timedelta(days=1))
        assert holds(people.kira, P.PLAN)
        traveller.shift(timedelta(days=6))
        assert not holds(people.kira, P.PLAN)


def test_it_is_not_lent_on(session, people):
    lend(session, people.lidia, people.kira)
    assert not holds(people.kira, P.DELEGATE)
    nina = make_user(session, "Nina Control", Role.QC)
    with pytest.raises(Forbidden):
        lend(session, people.kira, nina, by=people.kira)
    lend(session, people.olga, people.lidia)
    assert scope_of(people.lidia, P.DELEGATE) is Scope.OWN
    with pytest.raises(Forbidden):
        lend(session, people.roman, people.oleg, by=people.lidia)


@pytest.mark.parametrize(
    ("lender", "holder", "sentence"),
    [
        ("lidia", "roman", "must not touch"),
        ("lidia", "tanya", "must not touch"),
        ("lidia", "anna", "neither judge nor decide"),
        ("kira", "roman", "must not touch"),
        ("olga", "oleg", "must not touch"),
        ("roman", "kira", "must not touch"),
        ("roman", "max", "choose somebody else"),
        ("lidia", "max", "choose somebody else"),
        ("lidia", "lidia", "choose somebody else"),
        ("anna", "olga", "cannot be lent"),
        ("max", "tanya", "cannot be lent"),
    ],
)
def test_who_is_judged_never_gets_a_role_that_judges(session, people, lender, holder, sentence):
    with pytest.raises(Refused, match=sentence):
        lend(session, getattr(people, lender), getattr(people, holder), by=people.olga)


def test_two_loans_do_not_mix_what_one_may_not(session, people):
    """HR may stand in for either, never for both at once; also when both lie ahead."""
    later = clock.now() + timedelta(days=3)
    lend(session, people.roman, people.hanna, since=later)
    with pytest.raises(Refused, match="must not meet"):
        lend(session, people.lidia, people.hanna)
    assert lend(session, people.lidia, people.hanna, days=2)


def test_a_new_role_of_the_holder_stops_what_would_mix(session, people):
    lend(session, people.lidia, people.hanna)
    people.hanna.role = Role.COACH
    assert standing_in(people.hanna) == []
    assert not holds(people.hanna, P.DECIDE_DISPUTES)


def test_a_new_role_of_the_lender_is_not_lent(session, people):
    lend(session, people.roman, people.hanna)
    people.roman.role = Role.QC_LEAD
    assert not holds(people.hanna, P.DECIDE_DISPUTES)
    assert not holds(people.hanna, P.READ_PUBLISHED)


def test_another_role_ends_what_was_lent_for_good(session, people):
    lent = lend(session, people.roman, people.hanna)
    for role in (Role.COACH, Role.HEAD):
        service.change_user(
            session,
            people.roman,
            by=people.anna,
            name=people.roman.name,
            role=role,
            team=people.north,
            extensions=(),
            email=None,
            locale=None,
        )
    assert lent.ended_at is not None
    assert not holds(people.hanna, P.READ_PUBLISHED)


def test_the_log_shows_moments_as_people_read_them(session, people, login):
    lend(session, people.lidia, people.kira)
    session.commit()
    page = login(people.anna).get("/audit").text
    assert "Role lent for a time" in page
    assert not re.search(r">[^<]*\+00:00", page)


loans = st.lists(
    st.tuples(
        st.sampled_from(Role),
        st.booleans(),
        st.integers(-3, 3),
        st.integers(-3, 3),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
)


@given(st.sampled_from(Role), loans)
def test_no_combination_of_loans_lets_the_judged_judge(own, lent):
    """Whatever rows there are, also such as the service would refuse."""
    now = clock.now()
    holder = User(id=1, name="Holder", role=own, active=True, confirmed_at=now, borrowed=[], taken_over=[])
    for number, (role, active, since, length, ended, changed) in enumerate(lent, 2):
        lender = User(id=number, name="Lender", role=Role.HR if changed else role, active=active)
        holder.borrowed.append(
            Delegation(
                lender=lender,
                role=role,
                since=now + timedelta(days=since),
                until=now + timedelta(days=since + length),
                confirmed_at=now,
                ended_at=now if ended else None,
            )
        )
    roles = {own, *(each.role for each in standing_in(holder))}
    assert not (roles & JUDGED and any(holds(holder, permission) for permission in JUDGING))
    for permission in Permission:
        direct = GRANTS[own].get(permission)
        assert direct is None or scope_of(holder, permission) is not None
        if permission in NOT_LENT:
            assert scope_of(holder, permission) is direct


def test_what_may_be_lent_to_whom_leaves_the_judged_as_they_are():
    for role, holder in product(LENT, JUDGED):
        if JUDGING & GRANTS[role].keys():
            person = User(id=1, name="Holder", role=holder, active=True, confirmed_at=clock.now())
            person.borrowed = [
                Delegation(
                    lender=User(id=2, name="Lender", role=role, active=True),
                    role=role,
                    since=clock.now() - WEEK,
                    until=clock.now() + WEEK,
                    confirmed_at=clock.now(),
                )
            ]
            assert not any(holds(person, permission) for permission in JUDGING)


def test_a_loan_needs_an_end_within_ninety_days_and_a_reason(session, people):
    for days in (0, -1, 91):
        with pytest.raises(Refused, match="90 days"):
            lend(session, people.lidia, people.kira, days=days)
    with pytest.raises(Refused, match="Say why"):
        delegations.delegate(
            session,
            lender=people.lidia,
            holder=people.kira,
            until=clock.now() + WEEK,
            reason=" ",
            by=people.lidia,
        )


def test_one_lends_ones_own_role_and_the_owner_anybodys(session, people):
    with pytest.raises(Forbidden):
        lend(session, people.roman, people.oleg, by=people.oleg)
    with pytest.raises(Forbidden):
        lend(session, people.roman, people.oleg, by=people.anna)
    assert lend(session, people.roman, people.oleg, by=people.olga).by_id == people.olga.id


def test_taken_back_it_is_over_at_once_and_both_are_on_record(session, people):
    lent = lend(session, people.lidia, people.kira)
    with pytest.raises(Forbidden):
        delegations.take_back(session, lent, by=people.kira)
    delegations.take_back(session, lent, by=people.lidia)
    assert not holds(people.kira, P.PLAN)
    with pytest.raises(Refused, match="over already"):
        delegations.take_back(session, lent, by=people.lidia)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action.like("role_%")).order_by(AuditEntry.id)
    ).all()
    assert [(entry.action, entry.by_id) for entry in entries] == [
        ("role_lent", people.lidia.id),
        ("role_lent_confirmed", people.olga.id),
        ("role_taken_back", people.lidia.id),
    ]


def test_a_deactivated_lender_or_holder_ends_it_for_good(session, people):
    lent = [lend(session, people.lidia, people.kira), lend(session, people.roman, people.oleg)]
    service.deactivate_user(session, people.lidia, by=people.anna)
    service.deactivate_user(session, people.oleg, by=people.anna)
    service.reactivate_user(session, people.lidia, by=people.anna)
    service.reactivate_user(session, people.oleg, by=people.anna)
    assert all(each.ended_at for each in lent)
    assert not holds(people.kira, P.PLAN)


def test_who_stands_in_is_told_what_the_lender_would_be(session, people):
    lend(session, people.lidia, people.kira, by=people.olga)
    notices.notify(
        session, people.lidia, "dispute_to_decide", "/disputes/1", manager="Max", reviewer="K", num=1
    )
    found = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(each.user_id, each.kind) for each in found] == [
        (people.kira.id, "role_lent_to_you"),
        (people.lidia.id, "role_lent"),
        (people.kira.id, "dispute_to_decide"),
        (people.lidia.id, "dispute_to_decide"),
    ]


def test_whoever_is_reached_in_several_ways_is_told_once(session, people):
    lead = make_user(session, "Second Lead", Role.QC_LEAD)
    for lender in (people.lidia, lead):
        lend(session, lender, people.kira, by=people.olga)
    deciders = holders_of(session, P.DECIDE_DISPUTES)
    assert people.kira in deciders
    facts = {"manager": "Max", "reviewer": "K", "num": 1}
    notices.notify_each(session, deciders, "dispute_to_decide", "/disputes/1", **facts)
    found = session.scalars(select(Notice).where(Notice.kind == "dispute_to_decide")).all()
    assert sorted(each.user.login for each in found) == ["kira", "lidia", "olga", "second"]


def test_deeds_carry_the_person_who_did_them(session, people, login):
    """The audit log names the one who stands in, never the one he stands in for."""
    lend(session, people.olga, people.lidia)
    session.commit()
    assert login(people.lidia).get("/audit").status_code == 200
    login(people.lidia).post("/users/new", data={})
    refused = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused")).one()
    assert refused.by_id == people.lidia.id


def test_a_page_of_refusal_still_shows_the_menu_of_both_roles(session, people, login):
    lend(session, people.lidia, people.kira)
    session.commit()
    answer = login(people.kira).get("/users")
    assert answer.status_code == 403
    assert 'href="/plans"' in answer.text


def test_somebody_elses_loan_does_not_exist(session, people):
    lent = lend(session, people.lidia, people.kira)
    assert delegations.get_delegation(session, lent.id, people.olga) is lent
    with pytest.raises(Missing):
        delegations.get_delegation(session, lent.id, people.roman)


def test_the_pages_lend_a_role_and_take_it_back(session, people, login):
    client = login(people.lidia)
    form = client.get("/delegations/new").text
    assert "Kira Control" in form
    assert "Roman Head" not in form
    until = (clock.now() + WEEK).date().isoformat()
    sent = {"lender": people.lidia.id, "holder": people.kira.id, "since": "2026-01-01", "until": until}
    assert client.post("/delegations/new", data=sent).status_code == 422
    assert client.post("/delegations/new", data=sent | {"reason": "Vacation"}).status_code == 303
    lent = session.scalars(select(Delegation)).one()
    page = client.get("/delegations").text
    assert "to be confirmed by an owner" in page
    assert f"/delegations/{lent.id}/confirm" not in page
    assert client.post(f"/delegations/{lent.id}/confirm").status_code == 403
    assert login(people.kira).get("/plans").status_code == 403
    olga = login(people.olga)
    assert f"/delegations/{lent.id}/confirm" in olga.get("/delegations").text
    assert olga.post(f"/delegations/{lent.id}/confirm").status_code == 303
    page = login(people.kira).get("/plans").text
    assert "You stand in for Lidia Lead until" in page
    assert login(people.roman).post(f"/delegations/{lent.id}/end").status_code == 404
    assert login(people.lidia).post(f"/delegations/{lent.id}/end").status_code == 303
    assert login(people.kira).get("/plans").status_code == 403


def test_what_is_refused_comes_back_with_the_form(people, login):
    until = (clock.now() + timedelta(days=200)).date().isoformat()
    sent = {"lender": people.lidia.id, "holder": people.kira.id, "since": "2026-01-01", "until": until}
    answer = login(people.lidia).post("/delegations/new", data=sent | {"reason": "Vacation"})
    assert answer.status_code == 422
    assert "90 days" in answer.text
    assert "Vacation" in answer.text
