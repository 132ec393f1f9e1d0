"""Notices: whose they are, what they say in which language, and that opening one reads it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask_babel import force_locale
from sqlalchemy import select

import qcapp
from qcapp.core.errors import Missing
from qcapp.people import notices
from qcapp.people.models import Notice
from qcapp.people.notice_words import SENTENCES, sentence

TOLD = sorted(Path(qcapp.__file__).parent.glob("*/notice_sentences.py"))
FACTS = [fact for path in TOLD for fact in re.findall(r"%\((\w+)\)", path.read_text(encoding="utf-8"))]
MOMENT = datetime(2026, 10, 6, 7, 12, tzinfo=UTC).isoformat()


@pytest.fixture
def notice(session, people):
    made = notices.notify(session, people.max, "review_published", "/reviews", call=MOMENT, score=71)
    session.commit()
    return made


def test_a_notice_tells_local_time_and_score(notice):
    assert sentence(notice) == "Your call of 6 Oct 2026 10:12 was scored: 71\u00a0%."


def test_a_call_without_a_score_says_so(session, people):
    made = notices.notify(session, people.max, "review_published", "/reviews", call=MOMENT, score=None)
    assert sentence(made).endswith("no score.")


@pytest.mark.parametrize(("num", "word"), [(1, "ответ "), (3, "ответа "), (5, "ответов ")])
def test_numbers_take_their_plural(session, people, num, word):
    made = notices.notify(
        session, people.kira, "dispute_opened", "/disputes/1", call=MOMENT, manager="Макс 100%s", num=num
    )
    with force_locale("ru"):
        assert f"{num} {word}" in sentence(made)
        assert "Макс 100%s" in sentence(made)


@pytest.mark.parametrize("kind", SENTENCES)
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_every_sentence_can_be_said_in_every_language(session, kind, locale):
    facts = dict.fromkeys(FACTS, "…") | {"num": 2, "lead_source": "hot"}
    words = SENTENCES[kind]
    with force_locale(locale):
        assert words(facts) if callable(words) else str(words) % facts


def test_the_header_counts_what_is_unread(client, people, login, notice):
    page = login(people.max).get("/notices").text
    assert "1 unread notice" in page
    assert "was scored: 71" in page
    assert "unread notice" not in login(people.sveta).get("/notices").text


def test_opening_a_notice_reads_it_and_leads_to_its_page(session, people, login, notice):
    client = login(people.max)
    answer = client.post(f"/notices/{notice.id}/open")
    assert (answer.status_code, answer.location) == (303, "/reviews")
    session.expire_all()
    assert notice.read_at is not None
    assert notices.unread_count(session, people.max) == 0
    assert login(people.sveta).post(f"/notices/{notice.id}/open").status_code == 404


def test_all_can_be_read_at_once_but_not_what_came_since(session, people, login, notice):
    newer = notices.notify(session, people.max, "review_published", "/reviews", call=MOMENT, score=5)
    session.commit()
    client = login(people.max)
    assert client.post(f"/notices/read/{notice.id}").status_code == 303
    session.expire_all()
    assert (notice.read_at is None, newer.read_at is None) == (False, True)


def test_looking_at_a_page_reads_nothing(session, people, login, notice):
    login(people.max).get("/notices")
    assert session.scalars(select(Notice.read_at)).all() == [None]


def test_anybody_elses_notice_does_not_exist(session, people, notice):
    with pytest.raises(Missing):
        notices.get_notice(session, notice.id, people.kira)
