"""Many workers at one queue, each with connections of its own: every call goes to one of them."""

from collections import Counter
from pathlib import Path

from qcapp.core.db import Database
from qcapp.settings import Settings
from qcapp.transcripts import queue
from qcapp.transcripts.models import Transcription
from tests.at_once import Meet, together
from tests.databases import fresh_url
from tests.transcripts.queue.calls import created, let_lease_pass, queue_calls

WORKERS = 8
CALLS = 40


def test_no_call_is_claimed_twice(database_url: str, settings: Settings) -> None:
    with created(database_url) as database:
        with database.transaction() as session:
            queue_calls(session, CALLS)
        claims = _claim_all(database, settings)
    assert len(claims) == CALLS
    assert max(Counter(claim.id for claim in claims).values()) == 1


def test_one_of_many_takes_over_a_call_whose_worker_died(database_url: str, settings: Settings) -> None:
    with created(database_url) as database:
        with database.transaction() as session:
            (row,) = queue_calls(session, 1)
            dead = queue.claim(session, settings)
            let_lease_pass(session, row)
        (taken,) = _claim_all(database, settings)
        assert dead is not None
        with database.transaction() as session:
            assert not queue.renew(session, dead, settings, 0.5)
            assert queue.renew(session, taken, settings, 0.5)
            assert session.get_one(Transcription, row.id).attempts == 2


def test_on_postgresql_a_claim_does_not_wait_for_another(tmp_path: Path, settings: Settings) -> None:
    with fresh_url("postgresql", tmp_path) as url, created(url) as database:
        with database.transaction() as session:
            rows = queue_calls(session, 2)
        with database.transaction() as one, database.transaction() as other:
            claims = (queue.claim(one, settings), queue.claim(other, settings))
            assert [claim.id for claim in claims if claim] == [row.id for row in rows]


def _claim_all(database: Database, settings: Settings) -> list[queue.Claim]:
    """What several threads get that start together and claim until nothing is left."""

    def claim_until_none(_number: int, meet: Meet) -> list[queue.Claim]:
        meet()
        mine = []
        while True:
            with database.transaction() as session:
                claim = queue.claim(session, settings)
            if claim is None:
                return mine
            mine.append(claim)

    return [claim for found in together(claim_until_none, range(WORKERS)) for claim in found]
