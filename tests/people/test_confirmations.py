"""An administrator makes accounts, but no account judges or decides before somebody entitled has confirmed it."""

from collections import defaultdict
from contextlib import suppress
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people import account_news, confirmations, delegations, passwords, service, signing_in, teams
from qcapp.people.models import Login, Notice, TokenScope, User
from qcapp.people.notice_words import sentence
from qcapp.people.permissions import CONFIRMED_BY, GRANTS, TOKEN_GRANTS, Permission, Scope, holds, scope_of
from qcapp.people.tokens import issue_token
from qcapp.terms import Role
from tests.at_once import Meet, together
from tests.factories.people import PASSWORD, make_user
from tests.people.test_service import add, change

P = Permission
NEW = "совсем другая лошадь"
JUDGING = frozenset(P) - GRANTS[Role.ADMIN].keys()
"""What an administrator may not do about others."""


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def new_lead(session, people, **fields):
    """Made by the administrator; the person has chosen a password."""
    user, made = add(session, people.anna, **({"login": "vera", "role": Role.QC_LEAD} | fields))
    signing_in.change_own_password(session, made, NEW, by=user)
    return user


def seen(session, by, user):
    return next(each.seen for each in confirmations.waiting(session, by) if each.user is user)


def confirm(session, user, by):
    confirmations.confirm_account(session, user, by=by, seen=seen(session, by, user))


def judges(user):
    """What the person may of it about others than himself."""
    return {each for each in JUDGING if scope_of(user, each) not in (None, Scope.OWN)}


def told(session, user):
    session.flush()
    return [
        sentence(each)
        for each in session.scalars(select(Notice).where(Notice.user_id == user.id).order_by(Notice.id))
    ]


def test_what_judges_is_what_the_promise_speaks_of():
    assert {P.CLEAR, P.DECIDE_DISPUTES, P.DECIDE_OVERDUE, P.REVIEW, P.PLAN, P.EDIT_PROGRAM} <= JUDGING
    assert {P.LISTEN, P.TRAIN, P.JUDGE_SCRIPTS, P.CONFIRM_SALES, P.RUN_ONBOARDING, P.COACH} <= JUDGING
    assert CONFIRMED_BY.keys() == set(Role) - {Role.MANAGER, Role.ADMIN}
    assert all(reached <= GRANTS[Role.ADMIN].keys() for reached in TOKEN_GRANTS.values())


OLGA, LIDIA, KIRA, ROMAN, HANNA, NEWEST = 0, 1, 2, 3, 5, -1
who = st.sampled_from((OLGA, LIDIA, KIRA, ROMAN, HANNA, NEWEST))  # of everybody, in the order they came
acts = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(Role)),
    st.tuples(st.sampled_from(("reset", "deactivate", "reactivate", "choose", "confirm", "email")), who),
    st.tuples(st.just("role"), who, st.sampled_from(Role)),
    st.tuples(st.sampled_from(("lend", "confirm for", "loan", "head")), who, who),
    st.tuples(st.just("token"), who, st.sampled_from(TokenScope)),
)


class Administrator:
    """Anna, and every account whose password she has come to know."""

    def __init__(self, session, people):
        self.session, self.people, self.known = session, people, {people.anna.id: PASSWORD}

    def act(self, deed, first, *rest):
        if isinstance(first, int):
            everybody = self.session.scalars(select(User).order_by(User.id)).all()
            chosen = [everybody[each] if isinstance(each, int) else each for each in (first, *rest)]
        else:
            chosen = [first, *rest]
        with suppress(Refused):
            getattr(self, "_" + deed.replace(" ", "_"))(*chosen)

    def _add(self, role):
        login = f"new{len(self.known)}"
        user, made = service.add_user(self.session, by=self.people.anna, login=login, name=login, role=role)
        self.known[user.id] = made

    def _reset(self, user):
        self.known[user.id] = service.reset_password(self.session, user, by=self.people.anna)

    def _choose(self, user):
        if user.id in self.known:
            chosen = f"{self.known[user.id][-20:]}-{len(self.known)}x"
            signing_in.change_own_password(self.session, self.known[user.id], chosen, by=user)
            self.known[user.id] = chosen

    def _role(self, user, role):
        change(self.session, user, self.people.anna, role=role)

    def _email(self, user):
        change(self.session, user, self.people.anna, email="anna@example.com")

    def _deactivate(self, user):
        service.deactivate_user(self.session, user, by=self.people.anna)

    def _reactivate(self, user):
        service.reactivate_user(self.session, user, by=self.people.anna)

    def _confirm(self, user):
        confirmations.confirm_account(self.session, user, by=self.people.anna)

    def _confirm_for(self, by, user):
        if by.id in self.known:
            confirmations.confirm_account(self.session, user, by=by)

    def _lend(self, lender, holder):
        """A head of QC who suspects nothing lends the own role, and so does every account she knows."""
        if lender.id in self.known or lender is self.people.lidia:
            until = clock.now() + timedelta(days=7)
            delegations.delegate(
                self.session, lender=lender, holder=holder, until=until, reason="x", by=lender
            )

    def _loan(self, by, holder):
        for lent in holder.borrowed if by.id in self.known else ():
            delegations.confirm_loan(self.session, lent, by=by)

    def _head(self, head, _other):
        teams.choose_head(self.session, self.people.north, head, by=self.people.anna)

    def _token(self, user, scope):
        issue_token(self.session, by=self.people.anna, user=user, name="x", scope=scope)


@given(st.lists(acts, min_size=2, max_size=8))
@example([("reset", HANNA), ("choose", HANNA)])
@example([("add", Role.COACH), ("choose", NEWEST)])
@example([("reset", LIDIA), ("choose", LIDIA), ("confirm for", LIDIA, LIDIA), ("lend", LIDIA, NEWEST)])
@example([("add", Role.OWNER), ("choose", NEWEST), ("reset", OLGA), ("deactivate", OLGA)])
@example([("add", Role.QC_LEAD), ("choose", NEWEST), ("add", Role.QC), ("confirm for", 10, NEWEST)])
@example([("role", ROMAN, Role.QC_LEAD), ("role", ROMAN, Role.HEAD), ("role", ROMAN, Role.OWNER)])
@example([("add", Role.HR), ("choose", NEWEST), ("lend", LIDIA, NEWEST), ("loan", LIDIA, NEWEST)])
@example([("deactivate", LIDIA), ("reactivate", LIDIA), ("deactivate", HANNA), ("reactivate", HANNA)])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_an_administrator_does_makes_an_account_judge(session, people, sequence):
    """The services of the pages, in any order; somebody stands in for the head of QC from the start."""
    around = session.begin_nested()
    lent = delegations.delegate(
        session,
        lender=people.lidia,
        holder=people.hanna,
        until=clock.now() + timedelta(days=30),
        reason="Vacation",
        by=people.olga,
    )
    assert lent.confirmed_at
    before = defaultdict(set, {user.id: judges(user) for user in session.scalars(select(User))})
    assert before[people.hanna.id]
    administrator = Administrator(session, people)
    for deed in sequence:
        with session.begin_nested():
            administrator.act(*deed)
        session.flush()
        session.expire_all()
        for user in session.scalars(select(User)):
            assert judges(user) <= before[user.id]
            assert user.id not in administrator.known or not judges(user)
        assert account_news.last_owner(session, people.olga)
    around.rollback()
    session.expire_all()


def test_an_account_opens_when_the_owner_has_confirmed_it(session, people):
    vera = new_lead(session, people)
    assert {permission for permission in P if holds(vera, permission)} == {P.OWN_ACCOUNT}
    for nobody in (people.anna, people.kira, people.lidia, vera):
        with pytest.raises(Forbidden):
            confirmations.confirm_account(session, vera, by=nobody)
    confirm(session, vera, people.olga)
    assert holds(vera, P.CLEAR)
    assert told(session, vera) == ["Your account is confirmed: you may begin. Confirmed by: Olga Owner."]
    with pytest.raises(Refused, match="nothing to confirm"):
        confirmations.confirm_account(session, vera, by=people.olga)


@pytest.mark.parametrize(("role", "judges"), [(Role.QC, P.REVIEW), (Role.COACH, P.TRAIN)])
def test_reviewers_and_coaches_are_confirmed_by_the_head_of_qc_too(session, people, role, judges):
    vera = new_lead(session, people, role=role)
    confirm(session, vera, people.lidia)
    assert holds(vera, judges)


@pytest.mark.parametrize("name", ["roman", "tanya", "hanna"])
def test_who_knows_the_password_of_a_head_coach_or_hr_opens_nothing_with_it(session, people, name):
    person = getattr(people, name)
    made = service.reset_password(session, person, by=people.anna)
    signing_in.change_own_password(session, made, NEW, by=person)
    assert {permission for permission in P if holds(person, permission)} == {P.OWN_ACCOUNT}
    confirm(session, person, people.olga)
    assert holds(person, P.VIEW_ONBOARDING)


@pytest.mark.parametrize(
    ("whose", "changed"),
    [("kira", {"role": Role.OWNER}), ("lidia", {"role": Role.QC}), ("lidia", {"active": False})],
)
def test_what_has_changed_since_both_were_read_counts(session, people, whose, changed):
    service.reset_password(session, people.kira, by=people.anna)
    people.kira.password_temporary = False
    session.flush()
    unseen = update(User).where(User.id == getattr(people, whose).id).values(**changed)
    session.execute(unseen.execution_options(synchronize_session=False))
    with pytest.raises(Forbidden):
        confirmations.confirm_account(session, people.kira, by=people.lidia)
    assert people.kira.confirmed_at is None


def test_nobody_is_confirmed_while_somebody_else_knows_the_password(session, people):
    vera, _made = add(session, people.anna, role=Role.OWNER)
    with pytest.raises(Refused, match="password that somebody else knows"):
        confirm(session, vera, people.olga)
    service.reset_password(session, people.lidia, by=people.anna)
    with pytest.raises(Refused, match="password that somebody else knows"):
        confirm(session, people.lidia, people.olga)


def test_who_looked_before_something_was_done_looks_again(session, people):
    vera = new_lead(session, people)
    looked = seen(session, people.olga, vera)
    made = service.reset_password(session, vera, by=people.anna)
    signing_in.change_own_password(session, made, PASSWORD, by=vera)
    with pytest.raises(Refused, match="Look at it once more"):
        confirmations.confirm_account(session, vera, by=people.olga, seen=looked)


@pytest.mark.parametrize(
    "deed",
    [
        lambda session, people: service.reset_password(session, people.lidia, by=people.anna),
        lambda session, people: change(session, people.roman, people.anna, role=Role.QC_LEAD),
        lambda session, people: (
            service.deactivate_user(session, people.lidia, by=people.anna),
            service.reactivate_user(session, people.lidia, by=people.anna),
        ),
        lambda session, people: (
            change(session, people.lidia, people.anna, role=Role.HR),
            change(session, people.lidia, people.anna, role=Role.QC_LEAD),
        ),
    ],
)
def test_owners_are_told_at_once_and_the_account_waits(session, people, deed):
    deed(session, people)
    (waiting,) = confirmations.waiting(session, people.olga)
    assert not judges(waiting.user)
    newest = told(session, people.olga)[-1]
    assert waiting.user.name in newest
    assert "Anna Admin" in newest
    assert newest.endswith("It is to be confirmed or refused.")


def test_owners_hear_of_what_needs_no_confirmation(session, people):
    change(session, people.lidia, people.anna, email="other@example.com")
    service.reset_password(session, people.lidia, by=None)
    service.add_user(session, by=None, login="vera", name="Vera", role=Role.QC_LEAD)
    change(session, people.kira, people.anna, role=Role.MANAGER)
    service.deactivate_user(session, people.lidia, by=people.anna)
    assert told(session, people.olga) == [
        "The e-mail address of Lidia Lead (Head of quality control) was changed. Changed by: Anna Admin.",
        "Lidia Lead (Head of quality control) was given a new password. Made by: the command line of the server.",
        "A new account: Vera (Head of quality control). Made by: the command line of the server.",
        "The role of Kira Control was changed to: Manager. Changed by: Anna Admin.",
        "The account of Lidia Lead (Head of quality control) was deactivated. Done by: Anna Admin.",
    ]
    assert confirmations.waiting(session, people.olga) == []


def test_owners_hear_of_what_is_confirmed_on_the_server(session, people):
    vera = new_lead(session, people)
    confirmations.confirm_account(session, vera, by=None)
    assert told(session, people.olga)[-1] == (
        "The account of Vera New (Head of quality control) is confirmed and may judge."
        " Confirmed by: the command line of the server."
    )
    assert len(told(session, vera)) == 1


def test_a_refused_account_is_closed_and_administrators_hear_of_it(session, people):
    vera = new_lead(session, people)
    signing_in.open_login(session, by=vera, address="127.0.0.1", days=1)
    with pytest.raises(Forbidden):
        confirmations.refuse_account(session, vera, by=people.lidia)
    confirmations.refuse_account(session, vera, by=people.olga)
    assert not vera.active
    assert session.scalars(select(Login).where(Login.user_id == vera.id)).all() == []
    assert "was refused and closed" in told(session, people.anna)[-1]
    with pytest.raises(Refused, match="nothing to confirm"):
        confirmations.refuse_account(session, people.lidia, by=people.olga)


def test_the_last_owner_is_out_of_an_administrators_reach(session, people):
    for deed in (
        lambda: service.reset_password(session, people.olga, by=people.anna),
        lambda: service.deactivate_user(session, people.olga, by=people.anna),
        lambda: change(session, people.olga, people.anna, role=Role.HR),
    ):
        with pytest.raises(Refused, match="Olga Owner is the last owner"):
            deed()
    vera = new_lead(session, people, role=Role.OWNER)
    with pytest.raises(Refused, match="last owner"):  # Vera does not count yet
        service.reset_password(session, people.olga, by=people.anna)
    confirm(session, vera, people.olga)
    service.reset_password(session, people.olga, by=people.anna)
    assert not judges(people.olga)
    with pytest.raises(Refused, match="Vera New is the last owner"):
        service.deactivate_user(session, vera, by=people.anna)


def test_two_administrators_do_not_reset_the_two_last_owners_at_the_same_moment(committed):
    with committed.transaction() as session:
        admins = [make_user(session, f"{name} Admin", Role.ADMIN).id for name in ("Anna", "Artem")]
        owners = [make_user(session, f"{name} Owner", Role.OWNER).id for name in ("Olga", "Oksana")]

    def reset(pair, meet: Meet) -> bool:
        admin, owner = pair
        meet()
        try:
            with committed.transaction() as session:
                service.reset_password(session, session.get(User, owner), by=session.get(User, admin))
        except Refused:
            return False
        return True

    assert sorted(together(reset, list(zip(admins, owners, strict=True)))) == [False, True]


def test_a_role_that_judges_is_lent_with_an_owners_word(session, people):
    until = clock.now() + timedelta(days=7)
    lent = delegations.delegate(
        session, lender=people.lidia, holder=people.kira, until=until, reason="x", by=people.lidia
    )
    assert not holds(people.kira, P.CLEAR)
    assert told(session, people.kira) == []
    assert "Kira Control is to stand in for Lidia Lead" in told(session, people.olga)[-1]
    with pytest.raises(Forbidden):
        delegations.confirm_loan(session, lent, by=people.lidia)
    delegations.confirm_loan(session, lent, by=people.olga)
    assert holds(people.kira, P.CLEAR)
    with pytest.raises(Refused, match="nothing to confirm"):
        delegations.confirm_loan(session, lent, by=people.olga)


def test_whose_password_was_made_by_an_administrator_stands_in_for_nobody_who_judges(session, people):
    until = clock.now() + timedelta(days=7)
    facts = {"lender": people.lidia, "holder": people.hanna, "until": until, "reason": "x", "by": people.olga}
    lent = delegations.delegate(session, **facts)
    assert holds(people.hanna, P.CLEAR)
    made = service.reset_password(session, people.hanna, by=people.anna)
    assert not holds(people.hanna, P.CLEAR)
    assert any("Hanna Hire is to stand in for Lidia Lead" in each for each in told(session, people.olga)[-2:])
    with pytest.raises(Refused, match="choose a new password first"):
        delegations.confirm_loan(session, lent, by=people.olga)
    delegations.take_back(session, lent, by=people.olga)
    with pytest.raises(Refused, match="choose a new password first"):
        delegations.delegate(session, **facts)
    signing_in.change_own_password(session, made, NEW, by=people.hanna)
    assert delegations.delegate(session, **facts).confirmed_at


def test_a_loan_counts_while_its_lender_is_confirmed(session, people):
    until = clock.now() + timedelta(days=7)
    facts = {"lender": people.lidia, "holder": people.hanna, "until": until, "reason": "x", "by": people.olga}
    delegations.delegate(session, **facts)
    made = service.reset_password(session, people.lidia, by=people.anna)
    assert not holds(people.hanna, P.CLEAR)
    signing_in.change_own_password(session, made, NEW, by=people.lidia)
    confirm(session, people.lidia, people.olga)
    assert holds(people.hanna, P.CLEAR)


def test_the_way_of_a_new_head_of_qc_through_the_pages(app, session, people, login):
    made = (
        login(people.anna).post("/users/new", data={"login": "vera", "name": "Вера", "role": "qc_lead"}).text
    )
    assert "They have been told and can do it: Olga Owner." in made
    password = made.split("<code>")[2].split("</code>")[0]
    vera = app.test_client()
    assert vera.post("/login", data={"login": "vera", "password": password}).location == "/account/password"
    assert "has not signed in yet" in login(people.olga).get("/confirmations").text
    vera.post("/account/password", data={"old": password, "new": NEW})
    waits = vera.get("/", follow_redirects=True)
    assert waits.request.path == "/account/waiting"
    assert "Olga Owner" in waits.text
    user = session.scalars(select(User).where(User.login == "vera")).one()
    olga = login(people.olga)
    assert "account to confirm" in olga.get("/board/waiting").text
    page = olga.get("/confirmations").text
    number = page.split('name="seen" value="')[1].split('"')[0]
    assert olga.post(f"/confirmations/{user.id}/confirm").status_code == 409
    assert olga.post(f"/confirmations/{user.id}/confirm", data={"seen": number}).status_code == 303
    assert vera.get("/").status_code == 200
    assert vera.get("/account/waiting").location == "/"
    actions = select(AuditEntry.action, AuditEntry.by_id).where(AuditEntry.action.like("account_%"))
    assert session.execute(actions).all() == [("account_confirmed", people.olga.id)]


def test_without_an_owner_the_pages_say_how_it_is_done_on_the_server(session, people, login):
    session.execute(update(User).where(User.id == people.olga.id).values(active=False))
    vera = new_lead(session, people)
    session.commit()
    assert "qcapp user confirm vera" in login(people.anna).get(f"/users/{vera.id}").text


def test_the_page_of_the_last_owner_says_how_it_is_done_on_the_server(session, people, login):
    client = login(people.anna)
    page = client.get(f"/users/{people.olga.id}").text
    assert "qcapp user password olga" in page
    assert '/password"' not in page.split("<h2>")[-1]
    answer = client.post(f"/users/{people.olga.id}/password", follow_redirects=True)
    assert "Olga Owner is the last owner" in answer.text


def test_refusing_on_the_page_closes_the_account(session, people, login):
    vera = new_lead(session, people)
    session.commit()
    assert login(people.olga).post(f"/confirmations/{vera.id}/refuse").status_code == 303
    session.refresh(vera)
    assert not vera.active
