"""Who may judge whom is asked in Python for one call, in SQL for lists, and in sets for a draw: all say the same."""

from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.people.models import Team
from qcapp.reviews import queries, service
from qcapp.reviews.queue import draws
from tests.factories.calls import make_call

REVIEWERS = ("kira", "lidia")
CALLERS = ("max", "sveta", "kira", "lidia", None)  # who scores now may have sold before
TEAMS = st.sampled_from((None, 0, 1, 2))
ARRANGEMENTS = {
    "members": st.fixed_dictionaries(dict.fromkeys(("kira", "lidia", "max", "sveta"), TEAMS)),
    "heads": st.tuples(*[st.sampled_from((None, "kira", "lidia", "roman"))] * 3),
}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(**ARRANGEMENTS)
def test_own_team_is_the_same_wherever_it_is_asked(
    session: Session,
    people: SimpleNamespace,
    members: dict[str, int | None],
    heads: tuple[str | None, str | None, str | None],
) -> None:
    calls = made(session, people)
    arrange(session, people, members, heads)
    reviewers = [getattr(people, name) for name in REVIEWERS]
    in_sets = draws._related(session, reviewers, {call.manager_id for call in calls if call.manager_id})
    for reviewer in reviewers:
        by_rule = {call.id for call in calls if service.relation_to(session, call, reviewer) is None}
        by_sql = set(session.scalars(select(Call.id).where(queries.may_score(reviewer))))
        by_sets = {call.id for call in calls if (reviewer.id, call.manager_id) not in in_sets}
        assert by_rule == by_sql == by_sets
        mine = {number for number, head in enumerate(heads) if head == reviewer.login} | {
            members[reviewer.login]
        }
        related = {name for name in CALLERS if name == reviewer.login or members.get(name) in mine - {None}}
        assert by_rule == {call.id for name, call in zip(CALLERS, calls, strict=True) if name not in related}


def made(session: Session, people: SimpleNamespace) -> list[Call]:
    """A call of each caller, made once."""
    if not (found := list(session.scalars(select(Call).order_by(Call.id)))):
        found = [make_call(session, name and getattr(people, name), recorded=False) for name in CALLERS]
    return found


def arrange(
    session: Session, people: SimpleNamespace, members: dict[str, int | None], heads: tuple[str | None, ...]
) -> None:
    """Three teams with these heads, and everybody in the team he is in now."""
    west = session.scalar(select(Team).where(Team.name == "West")) or Team(name="West")
    session.add(west)
    teams = [people.north, people.south, west]
    for team, head in zip(teams, heads, strict=True):
        team.head = getattr(people, head) if head else None
    for name, number in members.items():
        getattr(people, name).team = None if number is None else teams[number]
    session.flush()
