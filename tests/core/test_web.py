from pathlib import Path

import pytest
from sqlalchemy import text

from qcapp.core.db import Database
from qcapp.core.web import db, requires
from qcapp.people.models import Team
from qcapp.people.permissions import Permission


@pytest.fixture
def page(app, people, login):
    """``page(view)`` is the answer to Max when he posts to the view."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def page(view, **headers):
        app.add_url_rule("/page", "page", requires(Permission.OWN_ACCOUNT)(view), methods=["GET", "POST"])
        return login(people.max).post("/page", headers=headers)

    return page


def broken_rule():
    db().add(Team(name="North"))  # there is one
    db().flush()


def database_gone():
    db().execute(text("SELECT 1"))
    with Database("postgresql+psycopg://nobody@127.0.0.1:9/qcapp").transaction() as session:
        session.execute(text("SELECT 1"))


def disk_full():
    Path("/dev/full").write_bytes(b"an upload")


def disk_broken():
    Path("/proc/self/mem").read_bytes()


def test_a_fault_in_the_middle_of_a_write_still_gets_a_page_with_the_persons_name(page):
    answer = page(broken_rule)
    assert answer.status_code == 500
    assert "Nothing was saved" in answer.text
    assert "Max Manager" in answer.text


def test_a_database_that_is_gone_is_told_in_words(page):
    answer = page(database_gone)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "The database cannot be used at the moment" in answer.text
    assert "127.0.0.1" not in answer.text


def test_a_full_disk_is_told_in_words(page):
    answer = page(disk_full)
    assert answer.status_code == 507
    assert int(answer.headers["Retry-After"]) > 0
    assert "There is no space left" in answer.text


def test_other_errors_of_the_system_are_faults(page):
    answer = page(disk_broken)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text


def test_a_script_that_asks_for_json_gets_json(page):
    answer = page(database_gone, Accept="application/json")
    assert answer.json == {
        "error": "The database cannot be used at the moment. Nothing was saved; try again in a minute."
    }


def test_an_unknown_page_is_404_in_words_for_strangers_too(client, people):
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_every_page_is_hardened(client, people):
    headers = client.get("/login").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_each_answer_has_its_own_nonce(client, people):
    first, second = (client.get("/login") for _time in range(2))
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]
    nonce = first.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert f'nonce="{nonce}"' in first.text
