from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select

from qcapp.core.db import Base, Database
from qcapp.core.throttle import Limit, TokenBucket

LIMIT = Limit("tries", capacity=3, refill_s=10)
START = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)


def test_it_gives_out_its_capacity_and_no_more(session):
    with time_machine.travel(START, tick=False):
        assert [LIMIT.take(session, "max") for _try in range(5)] == [True, True, True, False, False]


def test_it_refills_one_at_a_time(session):
    with time_machine.travel(START, tick=False) as clock:
        for _try in range(4):
            LIMIT.take(session, "max")
        clock.shift(timedelta(seconds=9))
        assert not LIMIT.take(session, "max")
        clock.shift(timedelta(seconds=1))
        assert LIMIT.take(session, "max")
        assert not LIMIT.take(session, "max")


def test_a_refused_try_does_not_prolong_the_wait(session):
    with time_machine.travel(START, tick=False) as clock:
        for _try in range(50):
            LIMIT.take(session, "max")
        clock.shift(timedelta(seconds=10))
        assert LIMIT.take(session, "max")


def test_what_is_given_back_can_be_taken_again(session):
    with time_machine.travel(START, tick=False):
        for _try in range(3):
            LIMIT.take(session, "max")
        LIMIT.give_back(session, "max")
        assert LIMIT.take(session, "max")
        assert not LIMIT.take(session, "max")


def test_values_and_limits_do_not_share_a_bucket(session):
    other = Limit("other tries", capacity=1, refill_s=10)
    for _try in range(4):
        LIMIT.take(session, "max")
    assert LIMIT.take(session, "kira")
    assert other.take(session, "max")


def test_it_keeps_no_value_and_forgets_full_buckets(session):
    with time_machine.travel(START, tick=False) as clock:
        LIMIT.take(session, "max")
        assert "max" not in session.scalars(select(TokenBucket.key)).one()
        clock.shift(timedelta(minutes=1))
        LIMIT.take(session, "kira")
        assert len(session.scalars(select(TokenBucket)).all()) == 1


def test_who_has_waited_for_the_database_empties_no_bucket(session):
    """He looked at the clock before those who went first."""
    with time_machine.travel(START, tick=False):
        assert [LIMIT.take(session, "max") for _ in range(4)] == [True, True, True, False]
    with time_machine.travel(START - timedelta(seconds=29), tick=False):
        assert not LIMIT.take(session, "max")


def test_tries_at_the_same_moment_never_share_the_last_token(database_url):
    database = Database(database_url)
    Base.metadata.create_all(database.engine)

    def attempt(_number: int) -> bool:
        with database.transaction() as session:
            return LIMIT.take(session, "max")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 3
    database.engine.dispose()
