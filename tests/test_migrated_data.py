"""What an upgrade makes of the data of before, on both databases."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, column, select, sql, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.calls.models import FileToRemove, ImportBatch
from qcapp.core import audit, clock
from qcapp.core.audit import AuditEntry, AuditKeeper
from qcapp.core.audit.seal import unkeyed_hash
from qcapp.core.db import Database, Json, UTCDateTime
from qcapp.core.text_index import TextIndex, place
from qcapp.core.text_search import Query, label, month_label
from qcapp.onboarding.clearance.changes import stale
from qcapp.onboarding.clearance.queries import standings_of
from qcapp.onboarding.models import Absence, ClearanceDecision, StageRecord, Trainee
from qcapp.onboarding.standing import stage_at
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.onboarding.work.models import Deliverable
from qcapp.ops import migrating
from qcapp.people.models import ApiToken, Notice, Team, User
from qcapp.people.permissions import Permission, holds
from qcapp.terms import ClearanceVerdict, Role, Stage

pytestmark = [
    # SQLite cannot tell what lower(login) is an index of; the test of its effect is below
    pytest.mark.filterwarnings("ignore:.*expression-based index"),
    # Rows of earlier versions are written here without the types of the models
    pytest.mark.filterwarnings("ignore:The default datetime adapter is deprecated:DeprecationWarning"),
]


def add_person(
    connection: Connection, key: int, role: str = "manager", *, active: bool = True, now: datetime
) -> None:
    """An account with the columns that every version has had; the login is role and id."""
    connection.execute(
        text(
            'INSERT INTO "user" (id, login, name, password_temporary, role, active, created_at)'
            " VALUES (:id, :login, :login, :no, :role, :active, :now)"
        ),
        {"id": key, "login": f"{role}{key}", "role": role, "active": active, "no": False, "now": now},
    )


def add_program(connection: Connection, *, now: datetime) -> None:
    connection.execute(
        text(
            "INSERT INTO program_version (id, key, number, state, document, revision, created_at, updated_at,"
            " \"window\", turn) VALUES (1, 'p', 1, 'published', '{}', 0, :now, :now, '', 0)"
        ),
        {"now": now},
    )


def test_who_decided_before_accounts_were_confirmed_decides_after_the_upgrade(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "e2a95d7710cb"))
    now, later = clock.now(), clock.now() + timedelta(days=7)
    if engine.dialect.name == "sqlite":
        now, later = now.replace(tzinfo=None), later.replace(tzinfo=None)
    with engine.begin() as connection:
        for key, role in ((1, "qc_lead"), (2, "hr")):
            add_person(connection, key, role, now=now)
        connection.execute(
            text(
                "INSERT INTO delegation (id, from_id, to_id, role, since, until, reason, by_id)"
                " VALUES (1, 1, 2, 'qc_lead', :now, :until, 'Vacation', 1)"
            ),
            {"now": now, "until": later},
        )
    migrating.upgrade(engine)
    with Session(engine) as session:
        for person in session.scalars(select(User)):
            assert holds(person, Permission.CLEAR)


def test_heads_coaches_and_hr_of_before_go_on_working(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "0d6b7e2f91ac"))
    now = clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()
    with engine.begin() as connection:
        for key, role in enumerate(("head", "coach", "hr", "qc"), start=1):
            add_person(connection, key, role, now=now)
    migrating.upgrade(engine)
    with Session(engine) as session:
        opened = [
            holds(each, Permission.START_PAGE) for each in session.scalars(select(User).order_by(User.id))
        ]
    assert opened == [True, True, True, False]


def test_stages_left_by_a_clearance_say_so_after_the_upgrade(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "d81c5f6a20be"))
    now = clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()
    stays = ("product", "passed"), ("internship", "passed"), ("staff", "revoked"), ("internship", None)
    with engine.begin() as connection:
        add_person(connection, 1, now=now)
        add_program(connection, now=now)
        connection.execute(
            text("INSERT INTO trainee (id, manager_id, program_id, started_on) VALUES (1, 1, 1, :day)"),
            {"day": now.date()},
        )
        for key, (stage, result) in enumerate(stays, start=1):
            connection.execute(
                text(
                    "INSERT INTO stage_record (id, trainee_id, stage, attempt, entered_at, result, why)"
                    " VALUES (:key, 1, :stage, 1, :now, :result, '')"
                ),
                {"key": key, "stage": stage, "now": now, "result": result},
            )
    migrating.upgrade(engine)
    with Session(engine) as session:
        left = session.scalars(select(StageRecord.result).order_by(StageRecord.id)).all()
    assert left == ["passed", "granted", "revoked", None]


def test_tokens_of_before_the_upgrade_work_on_and_end(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "e2a95d7710cb"))
    now = clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()
    with engine.begin() as connection:
        add_person(connection, 1, "admin", now=now)
        connection.execute(
            text(
                "INSERT INTO api_token (id, user_id, name, scope, token_hash, created_at)"
                " VALUES (1, 1, 'exchange', 'import_calls', 'x', :now)"
            ),
            {"now": now},
        )
    migrating.upgrade(engine)
    with Session(engine) as session:
        left = session.scalars(select(ApiToken.ends_at)).one() - clock.now()
        assert timedelta(days=364) < left < timedelta(days=366)


def test_calls_reviews_and_texts_of_before_know_their_manager_after_the_upgrade(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "eb8ed3a75954"))
    moment, number = datetime(2026, 11, 2, 9, tzinfo=UTC), 7
    sqlite = engine.dialect.name == "sqlite"
    vector = ":stems" if sqlite else "to_tsvector('simple', :stems)"
    said = f"INSERT INTO transcript_search ({'rowid' if sqlite else 'id'}, stems) VALUES (:row, {vector})"
    with engine.begin() as connection:
        run = connection.execute
        now = {"now": moment.replace(tzinfo=None) if sqlite else moment}
        run(text("INSERT INTO source (id, name) VALUES (1, 'exchange')"))
        for key, role in ((1, "manager"), (2, "qc")):
            add_person(connection, key, role, **now)
        for key, manager in ((number, 1), (8, None)):
            run(
                text(
                    "INSERT INTO call (id, source_id, external_id, direction, started_at, disposition, manager_id,"
                    " created_at) VALUES (:id, 1, :id_text, 'out', :now, 'answered', :manager, :now)"
                ),
                {"id": key, "id_text": str(key), "manager": manager} | now,
            )
            run(text(said), {"row": place(moment, key), "stems": "договор"})
    migrating.upgrade(engine)
    with Session(engine) as session:
        assert session.execute(text("SELECT id, stage, role_play FROM call ORDER BY id")).all() == [
            (number, "staff", False),
            (8, None, False),
        ]
        wanted = Query((("договор",),)).within([label(1)]).within([month_label(moment)])
        table, row, match = TextIndex("transcript_search").hits(session, wanted)
        assert session.scalars(select(row).select_from(table).where(match)).all() == [place(moment, number)]


def seal(database: Database) -> None:
    with database.transaction() as session:
        audit.seal_former(session)


def test_the_log_of_before_its_key_is_sealed_by_the_upgrade(database_url: str, tmp_path: Path) -> None:
    """By several hosts at once, and once."""
    database = Database(database_url)
    database.provide(audit=AuditKeeper(tmp_path))
    migrating.run_alembic(database.engine, lambda settings: command.upgrade(settings, "e2a95d7710cb"))
    moment, previous = datetime(2026, 11, 2, 9, tzinfo=UTC), "0" * 64
    typed = column("at", UTCDateTime), column("diff", Json)
    log = sql.table("audit_entry", *map(column, ("action", "thing", "previous", "hash")), *typed)
    with database.engine.begin() as connection:
        for number in range(3):
            facts = {"action": "signed_in", "thing": f"user:{number}", "previous": previous}
            facts["diff"] = {"address": ["::1", "::2"]}
            previous = unkeyed_hash(at=moment, by_id=None, **facts)
            connection.execute(log.insert().values(at=moment, hash=previous, **facts))
    migrating.upgrade(database.engine)
    with ThreadPoolExecutor(3) as hosts:
        list(hosts.map(lambda _host: seal(database), range(3)))
    with database.reading() as session:
        assert audit.check(session).faults == []
        *before, sealed = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.diff["address"] for entry in before] == [["::1", "::2"]] * 3
    assert sealed.action == "audit_sealed"
    assert sealed.diff == {"entries": 3, "former_hash": previous, "sound": True}
    database.engine.dispose()


def test_messages_to_the_crm_know_their_manager_after_the_upgrade_and_are_told_anew(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "e2a95d7710cb"))
    moment = datetime(2026, 11, 2, 9, tzinfo=UTC)
    now = {"now": moment.replace(tzinfo=None) if engine.dialect.name == "sqlite" else moment}
    with engine.begin() as connection:
        add_person(connection, 7, **now)
        connection.execute(
            text(
                "INSERT INTO webhook_delivery (id, event, payload, created_at, attempts, next_at, error)"
                " VALUES (3, 'clearance.granted', :payload, :now, 1, :now, '')"
            ),
            {"payload": '{"cleared": true, "manager": {"id": 7, "name": "Max"}}'} | now,
        )
    migrating.upgrade(engine)
    with Session(engine) as session:
        delivery = session.scalars(select(WebhookDelivery)).one()
        assert (delivery.manager_id, delivery.sequence, delivery.address) == (7, 0, "")
        assert (delivery.next_at, delivery.sending) == (moment, False)
        assert stale(session) == [7]


WHO = (
    ("owner", True),
    ("owner", False),
    ("manager", True),
    ("manager", False),
    ("manager", True),
    ("hr", True),
)


def test_who_counted_as_staff_is_declared_so_by_the_upgrade_and_the_owner_is_asked_to_look(
    engine: Engine,
) -> None:
    """Managers without an onboarding, whether they work here still or not; of trainees the decisions stay."""
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "e2a95d7710cb"))
    moment = datetime(2026, 11, 2, 9, tzinfo=UTC)
    now = {"now": moment.replace(tzinfo=None) if engine.dialect.name == "sqlite" else moment}
    with engine.begin() as connection:
        run = connection.execute
        for number, (role, active) in enumerate(WHO, start=1):
            add_person(connection, number, role, active=active, **now)
        add_program(connection, **now)
        run(
            text(
                "INSERT INTO trainee (id, manager_id, program_id, started_on) VALUES (7, 5, 1, '2026-11-02')"
            )
        )
        run(
            text(
                "INSERT INTO clearance_decision (trainee_id, verdict, computed, conditions, reason, by_id, at)"
                " VALUES (7, 'refused', :no, '[]', 'Late', 1, :now)"
            ),
            {"no": False} | now,
        )
    migrating.upgrade(engine)
    with Session(engine) as session:
        made = session.scalars(select(ClearanceDecision).order_by(ClearanceDecision.manager_id)).all()
        assert [(each.manager_id, each.trainee_id, each.verdict, each.by_id) for each in made] == [
            (3, None, ClearanceVerdict.DECLARED, None),
            (4, None, ClearanceVerdict.DECLARED, None),
            (5, 7, ClearanceVerdict.REFUSED, 1),
        ]
        assert {(each.reason, each.at, str(each.conditions)) for each in made[:2]} == {
            ("before_this_version", moment, "[]")
        }
        standings = standings_of(session, [3, 4])
        assert {key: stands.cleared for key, stands in standings.items()} == {3: True, 4: False}
        earlier = moment - timedelta(days=900)
        assert stage_at(session, 3, earlier) is stage_at(session, 4, moment) is Stage.STAFF
        [notice] = session.scalars(select(Notice)).all()
        assert (notice.user_id, notice.path, notice.facts) == (1, "/clearance/staff", {"num": 2})
    migrating.run_alembic(engine, lambda settings: command.downgrade(settings, "e2a95d7710cb"))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT trainee_id, verdict FROM clearance_decision")).all() == [
            (7, "refused")
        ]


def test_coaches_reach_whom_they_train_today_after_the_upgrade(engine: Engine) -> None:
    """Not those who are staff or with whom the department has parted."""
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "b3d0c7a91e55"))
    now = clock.now()
    if engine.dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    with engine.begin() as connection:
        run = connection.execute
        for key, role in ((1, "coach"), (2, "manager"), (3, "manager"), (4, "manager"), (5, "manager")):
            add_person(connection, key, role, now=now)
        add_program(connection, now=now)
        for manager, stage, parted, left in (
            (2, "exam", None, None),
            (3, "staff", None, None),
            (4, "exam", now, now),
        ):
            facts = {"manager": manager, "stage": stage, "parted": parted, "left": left, "now": now}
            run(
                text(
                    "INSERT INTO trainee (id, manager_id, program_id, coach_id, started_on, parted_at)"
                    " VALUES (:manager, :manager, 1, 1, '2026-11-02', :parted)"
                ),
                facts,
            )
            for entered, end in (("product", now), (stage, left)):
                run(
                    text(
                        "INSERT INTO stage_record (trainee_id, stage, attempt, entered_at, left_at, why)"
                        " VALUES (:manager, :stage, 1, :now, :left, '')"
                    ),
                    facts | {"stage": entered, "left": end},
                )
    migrating.upgrade(engine)
    with Session(engine) as session:
        trained = select(User.id, User.coach_id).where(User.role == Role.MANAGER).order_by(User.id)
        assert session.execute(trained).all() == [(2, 1), (3, None), (4, None), (5, None)]


def test_whoever_is_no_head_any_more_heads_no_team_after_the_upgrade(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "c40b7e91d5f2"))
    now = clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()
    with engine.begin() as connection:
        for key, role in ((1, "head"), (2, "manager")):
            add_person(connection, key, role, now=now)
            connection.execute(
                text("INSERT INTO team (id, name, head_id) VALUES (:id, :id, :id)"), {"id": key}
            )
    migrating.upgrade(engine)
    with Session(engine) as session:
        assert session.execute(select(Team.id, Team.head_id).order_by(Team.id)).all() == [(1, 1), (2, None)]


def test_since_when_accounts_are_closed_is_known_after_the_upgrade(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "d71c5a90be34"))
    now = clock.now()
    naive = now.replace(tzinfo=None) if engine.dialect.name == "sqlite" else now
    with engine.begin() as connection:
        for key in (1, 2):
            add_person(connection, key, active=key == 2, now=naive)
        for key, thing in ((1, "user:1"), (2, "user:1"), (3, "user:2")):
            connection.execute(
                text(
                    "INSERT INTO audit_entry (id, at, action, thing, diff, previous, hash)"
                    " VALUES (:id, :at, 'user_deactivated', :thing, '{}', :hash, :hash)"
                ),
                {"id": key, "at": naive - timedelta(days=9 - key), "thing": thing, "hash": str(key)},
            )
    migrating.upgrade(engine)
    with Session(engine) as session:
        absence = session.scalars(select(Absence)).one()
        assert (absence.user_id, absence.since, absence.until) == (1, now - timedelta(days=7), None)


def test_cdr_files_of_finished_imports_are_given_up_by_the_upgrade(engine: Engine) -> None:
    """Those that an import still going on needs are kept, whoever else kept them."""
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "c4d7a1f09e52"))
    insert = text(
        "INSERT INTO import_batch (id, source_id, origin, cdr_format, cdr_files, state, started_at)"
        " VALUES (:id, 1, 'upload', 'auto', :files, :state, '2026-11-02 09:00:00')"
    )
    batches = {"done": ["cdr/a", "cdr/shared"], "running": ["cdr/shared"]}
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO source (id, name) VALUES (1, 'exchange')"))
        for number, (state, keys) in enumerate(batches.items()):
            files = json.dumps([{"name": "Master.csv", "key": key} for key in keys])
            connection.execute(insert, {"id": number, "files": files, "state": state})
    migrating.upgrade(engine)
    with Session(engine) as session:
        assert session.scalars(select(FileToRemove.key)).all() == ["cdr/a"]
        done, running = session.scalars(select(ImportBatch.cdr_files).order_by(ImportBatch.id))
    assert done == [{"name": "Master.csv"}, {"name": "Master.csv"}]
    assert running == [{"name": "Master.csv", "key": "cdr/shared"}]


def test_onboardings_of_before_are_kept_and_one_that_has_ended_is_followed_by_another(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "51d7c0be2a96"))
    now = clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()
    with engine.begin() as connection:
        run = connection.execute
        for key in (2, 3):
            add_person(connection, key, now=now)
        add_program(connection, now=now)
        for manager, parted in ((2, now), (3, None)):
            run(
                text(
                    "INSERT INTO trainee (id, manager_id, program_id, started_on, parted_at)"
                    " VALUES (:manager, :manager, 1, '2026-11-02', :parted)"
                ),
                {"manager": manager, "parted": parted},
            )
            run(
                text(
                    "INSERT INTO stage_record (trainee_id, stage, attempt, entered_at, why)"
                    " VALUES (:manager, 'product', 1, :now, '')"
                ),
                {"manager": manager, "now": now},
            )
    migrating.upgrade(engine)
    with Session(engine) as session:
        kept = session.scalars(select(StageRecord).order_by(StageRecord.id)).all()
        assert [(each.trainee.manager_id, each.trainee.interrupted_at) for each in kept] == [
            (2, None),
            (3, None),
        ]
        session.add(Trainee(manager_id=2, program_id=1, started_on=clock.now().date()))
        session.flush()
        session.add(Trainee(manager_id=3, program_id=1, started_on=clock.now().date()))
        with pytest.raises(IntegrityError):
            session.flush()


def test_rows_handed_in_again_before_the_upgrade_are_known_again_after_it(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "51d7c0be2a96"))
    now = {"now": clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()}
    spve = [["a", "b", "c", "d"], ["e", "f", "g", ""]]
    with engine.begin() as connection:
        run = connection.execute
        add_person(connection, 1, **now)
        add_program(connection, **now)
        run(
            text(
                "INSERT INTO trainee (id, manager_id, program_id, started_on) VALUES (1, 1, 1, '2026-11-02')"
            )
        )
        for number, (kind, rows) in enumerate({"spve": spve, "reasons": ["one", "three"]}.items(), start=1):
            run(
                text(
                    "INSERT INTO deliverable (id, trainee_id, kind, attempt, state, rows, revision, updated_at,"
                    " \"window\", turn) VALUES (:id, 1, :kind, 1, 'returned', :rows, 1, :now, '', 1)"
                ),
                {"id": number, "kind": kind, "rows": json.dumps(rows)} | now,
            )
        for number, rows in enumerate((["one", "two"], ["zero", "one", "two 2"]), start=1):
            run(
                text(
                    "INSERT INTO submission (deliverable_id, number, rows, submitted_at, accepted, comment, at)"
                    " VALUES (2, :number, :rows, :now, false, 'More', :now)"
                ),
                {"number": number, "rows": json.dumps(rows)} | now,
            )
    migrating.upgrade(engine)
    with Session(engine) as session:
        table, reasons = session.scalars(select(Deliverable).order_by(Deliverable.id))
        assert [row["cells"] for row in table.rows] == spve
        first, second = (submission.rows for submission in reasons.submissions)
        assert [row["cells"] for row in second] == [["zero"], ["one"], ["two 2"]]
        assert [row["id"] for row in second[1:]] == [row["id"] for row in first]
        assert [row["id"] for row in reasons.rows] == [row["id"] for row in second[1:]]
        assert len({row["id"] for row in [*table.rows, *second]}) == 5
        assert [each.row_comments for each in reasons.submissions] == [{}, {}]
    migrating.run_alembic(engine, lambda settings: command.downgrade(settings, "51d7c0be2a96"))
    with engine.connect() as connection:
        kept = connection.execute(select(column("rows", Json)).select_from(sql.table("deliverable")))
        assert kept.scalars().all() == [spve, ["one", "three"]]


def test_of_calls_that_nothing_dates_the_upgrade_says_that_their_start_is_not_known(engine: Engine) -> None:
    migrating.run_alembic(engine, lambda settings: command.upgrade(settings, "51d7c0be2a96"))
    now = clock.now().replace(tzinfo=None) if engine.dialect.name == "sqlite" else clock.now()
    calls = [  # external id, name of the recording, row; whether the start is known
        ("sha256:1", "call.wav", None, False),
        ("1791270724.126", "call.wav", None, True),
        ("sha256:3", "in-74970010200-74970133512-20261022-095826-1792652306.217.wav", None, True),
        ("sha256:4", "call.wav", {"start": "2026-10-22 09:58:26"}, True),
        ("crm-5", "call.wav", {"source": "api", "started_at": "2026-10-06T10:12:04+03:00"}, True),
        ("crm-6", "call.wav", {"source": "api", "phone": "+74970140231"}, False),
    ]
    insert = text(
        "INSERT INTO call (id, source_id, external_id, direction, started_at, disposition, role_play, cdr, created_at)"
        " VALUES (:id, 1, :external_id, 'out', :now, 'answered', :no, :cdr, :now)"
    )
    recorded = text(
        "INSERT INTO recording (call_id, sha256, filename, storage_key, size, codec, channels, rate, duration_s,"
        " lost_s, state) VALUES (:id, :sha256, :name, 'key', 1, 'pcm', 1, 8000, 1, 0, 'ready')"
    )
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO source (id, name) VALUES (1, 'exchange')"))
        for key, (external_id, name, row, _known) in enumerate(calls, 1):
            given = {"external_id": external_id, "cdr": row and json.dumps(row), "now": now, "no": False}
            connection.execute(insert, given | {"id": key})
            connection.execute(recorded, {"id": key, "sha256": str(key), "name": name})
    migrating.upgrade(engine)
    with Session(engine) as session:
        known = session.execute(text("SELECT start_known FROM call ORDER BY id")).scalars()
        assert [bool(each) for each in known] == [known for _id, _name, _row, known in calls]
