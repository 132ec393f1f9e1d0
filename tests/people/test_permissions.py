"""What each person must never be able to do, as the product promises it."""

import pytest

from qcapp.calls.models import Call
from qcapp.core.errors import Forbidden
from qcapp.people.models import User
from qcapp.people.permissions import GRANTS, TOKEN_GRANTS, Permission, Scope, allowed, demand, holds, within
from qcapp.terms import Role
from tests.factories.calls import make_call

P, R = Permission, Role


@pytest.mark.parametrize(
    ("role", "never"),
    [
        (R.QC, {P.EDIT_CHECKLISTS, P.EXPORT, P.MANAGE_PEOPLE}),
        (R.HEAD, {P.EDIT_CHECKLISTS, P.REVIEW, P.READ_REVIEWS, P.CORRECT_TRANSCRIPT, P.EXPORT}),
        (R.COACH, {P.REVIEW, P.READ_REVIEWS, P.EDIT_CHECKLISTS}),
        (R.HR, {P.VIEW_CALLS, P.LISTEN, P.SEE_PHONES}),
        (R.MANAGER, {P.REVIEW, P.READ_REVIEWS, P.EDIT_CHECKLISTS, P.CORRECT_TRANSCRIPT, P.EXPORT}),
        (
            R.ADMIN,
            {P.REVIEW, P.READ_REVIEWS, P.READ_PUBLISHED, P.LISTEN, P.EDIT_CHECKLISTS, P.CORRECT_TRANSCRIPT},
        ),
    ],
)
def test_what_a_role_must_never_be_able_to_do(role, never):
    assert not never & GRANTS[role].keys()


def test_only_the_owner_and_the_administrator_read_the_audit_log():
    assert {role for role in Role if P.VIEW_AUDIT in GRANTS[role]} == {R.OWNER, R.ADMIN}


def test_who_is_judged_by_scores_reaches_only_his_own_or_his_teams():
    for role in (R.HEAD, R.COACH, R.MANAGER):
        about_calls = {P.VIEW_CALLS, P.LISTEN, P.READ_PUBLISHED} & GRANTS[role].keys()
        assert {GRANTS[role][permission] for permission in about_calls} <= {Scope.TEAM, Scope.OWN}


def test_every_role_and_every_scope_of_tokens_is_in_the_policy():
    assert GRANTS.keys() == set(Role)
    assert all(P.OWN_ACCOUNT in grants for grants in GRANTS.values())
    assert all(TOKEN_GRANTS.values())


def test_a_deactivated_person_may_do_nothing(people):
    people.olga.active = False
    assert not any(holds(people.olga, permission) for permission in Permission)


@pytest.mark.parametrize(
    ("who", "max_s", "sveta_s", "nobodys"),
    [
        ("kira", True, True, True),
        ("roman", True, False, False),
        ("tanya", True, False, False),
        ("oleg", False, True, False),
        ("max", True, False, False),
        ("sveta", False, True, False),
        ("hanna", False, False, False),
        ("olga", True, True, True),
    ],
)
def test_lists_and_single_objects_are_filtered_alike(session, people, who, max_s, sveta_s, nobodys):
    user: User = getattr(people, who)
    calls = [make_call(session, manager, transcribed=False) for manager in (people.max, people.sveta, None)]
    expected = [max_s, sveta_s, nobodys]
    assert [allowed(session, user, P.LISTEN, call.manager_id) for call in calls] == expected
    listed = session.query(Call.id).filter(within(user, P.LISTEN, Call.manager_id)).all()
    assert {row.id for row in listed} == {call.id for call, seen in zip(calls, expected, strict=True) if seen}


def test_a_head_of_another_team_reads_his_former_team_no_more(session, people):
    people.north.head = people.oleg
    people.roman.team = people.south
    session.flush()
    assert allowed(session, people.oleg, P.READ_PUBLISHED, people.max.id)
    assert not allowed(session, people.roman, P.READ_PUBLISHED, people.max.id)


def test_the_results_of_heads_and_coaches_are_not_the_teams(session, people):
    assert not allowed(session, people.tanya, P.READ_PUBLISHED, people.roman.id)


def test_demand_says_no_in_words(session, people):
    demand(people.roman, P.LISTEN, session=session, manager_id=people.max.id)
    with pytest.raises(Forbidden, match="role does not allow"):
        demand(people.roman, P.LISTEN, session=session, manager_id=people.sveta.id)
    with pytest.raises(Forbidden):
        demand(people.roman, P.REVIEW)
