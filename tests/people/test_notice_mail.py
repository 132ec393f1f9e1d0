"""Notices by e-mail, through a real SMTP server on this machine."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from qcapp import create_app
from qcapp.core import clock, mail
from qcapp.people import notice_mail, notices
from qcapp.people.models import Notice
from qcapp.settings import Settings
from qcapp.terms import Role
from tests.factories.people import make_user

WORKER = """
import sys
from qcapp import create_app
from qcapp.people import notice_mail
with create_app().app_context():
    notice_mail.send(int(sys.argv[1]))
"""
MOMENT = datetime(2026, 10, 6, 7, 12, tzinfo=UTC).isoformat()


class Inbox:
    """What the server has taken. It refuses one address, as servers do."""

    def __init__(self):
        self.messages = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 (aiosmtpd's name)
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


def served(inbox, **options):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller, port


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def smtp(inbox, settings, app):
    controller, port = served(inbox)
    settings.smtp_url = SecretStr(f"smtp://127.0.0.1:{port}")
    settings.mail_from = "ОКК <qc@example.com>"
    settings.public_url = "https://quality.example.com/"
    yield port
    controller.stop()


@pytest.fixture
def notice(session, people):
    people.max.email, people.max.locale = "max@example.com", "ru"
    made = notices.notify(session, people.max, "review_published", "/reviews/7", call=MOMENT, score=71)
    session.commit()
    return made


def sent(session, notice):
    session.refresh(notice)
    return notice.mailed_at is not None


def test_a_notice_is_sent_once_in_the_language_of_its_person(session, notice, smtp, inbox):
    for _twice in range(2):
        assert notice_mail.send(notice.id)
    assert sent(session, notice)
    [(to, message)] = inbox.messages
    assert to == ["max@example.com"]
    assert message["Subject"] == "Ваш звонок от 06.10.2026 10:12 оценён: 71 %."
    assert message["From"].addresses[0].display_name == "ОКК"
    assert "https://quality.example.com/reviews/7" in message.get_content()
    assert message["Message-ID"].endswith("@example.com>")


def test_an_account_to_be_confirmed_is_sent_nothing_but_what_was_done_to_it(session, people, smtp, inbox):
    people.lidia.email, people.lidia.confirmed_at = "lidia@example.com", None
    for kind, facts in (
        ("trainee_ready", {"manager": "Max"}),
        ("account_password_reset", {"name": "Lidia", "role": "qc_lead", "by": "Anna"}),
    ):
        made = notices.notify(session, people.lidia, kind, "/", **facts)
        session.commit()
        assert notice_mail.send(made.id)
    [(_to, message)] = inbox.messages
    assert "Lidia (Head of quality control) was given a new password" in message["Subject"]


def test_without_a_chosen_language_it_is_the_installations(session, people, notice, smtp, inbox):
    people.max.locale = None
    session.commit()
    notice_mail.send(notice.id)
    assert inbox.messages[0][1]["Subject"].startswith("Your call of 6 Oct 2026 10:12")


def test_without_a_server_or_an_address_nothing_piles_up(session, people, notice, settings, app):
    assert notice_mail.send(notice.id)
    assert sent(session, notice)
    settings.smtp_url = SecretStr("smtp://127.0.0.1:1")
    other = notices.notify(session, people.sveta, "review_published", "/reviews/8", call=MOMENT, score=5)
    session.commit()
    assert notice_mail.send(other.id)
    assert sent(session, other)


def test_what_could_not_be_sent_is_tried_again(session, people, notice, settings, smtp, inbox, caplog):
    working = settings.smtp_url
    settings.smtp_url = SecretStr("smtp://127.0.0.1:1")
    with caplog.at_level(logging.WARNING):
        assert not notice_mail.send(notice.id)
    assert "could not be sent" in caplog.text
    assert not sent(session, notice)
    notice_mail.send_unsent()  # too early: the wake-up may still be on its way
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        notice_mail.send_unsent()
        assert not sent(session, notice)
        settings.smtp_url = working
        notice_mail.send_unsent()
    assert sent(session, notice)
    assert len(inbox.messages) == 1


def test_a_refused_address_is_not_tried_for_ever(session, people, notice, smtp, inbox):
    people.max.email = "nobody@example.com"
    session.commit()
    assert notice_mail.send(notice.id)
    assert sent(session, notice)
    assert inbox.messages == []


def test_a_password_is_given_where_the_url_holds_one(inbox):
    taken = []

    def check(server, session, envelope, mechanism, data):
        taken.append((data.login, data.password))
        return AuthResult(success=True)

    controller, port = served(inbox, authenticator=check, auth_require_tls=False)
    try:
        mail.send(
            f"smtp://q%40c:p%2Fw@127.0.0.1:{port}",
            sender="",
            to="max@example.com",
            subject="two\nlines",
            text="тело",
            key="1",
        )
    finally:
        controller.stop()
    assert taken[0] == (b"q@c", b"p/w")
    assert inbox.messages[0][1]["Subject"] == "two lines"
    assert inbox.messages[0][1]["From"] == "q@c"


def test_a_killed_worker_loses_no_message_and_the_server_knows_the_second_one_as_the_same(
    committed, tmp_path, inbox
):
    """The worker is killed while the server holds the message; another one sends it when the claim is over."""
    holding, go_on = threading.Event(), threading.Event()

    class Slow(Inbox):
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            holding.set()
            await asyncio.get_running_loop().run_in_executor(None, go_on.wait)
            return await super().handle_DATA(server, session, envelope)

    slow = Slow()
    controller, port = served(slow)
    settings = Settings(
        data_dir=tmp_path / "var",
        database_url=committed.engine.url.render_as_string(hide_password=False),
        smtp_url=f"smtp://127.0.0.1:{port}",
        secret_key="for tests only",
    )
    with committed.transaction() as session:
        person = make_user(session, "Max Manager", Role.MANAGER)
        person.email = "max@example.com"
        made = notices.notify(session, person, "review_published", "/reviews/7", call=MOMENT, score=71)
    try:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(made.id)],
            env=os.environ
            | {
                "QCAPP_DATA_DIR": str(settings.data_dir),
                "QCAPP_DATABASE_URL": settings.database_url,
                "QCAPP_SMTP_URL": settings.smtp_url.get_secret_value(),
            },
        )
        assert holding.wait(60)
        worker.kill()
        worker.wait()
        go_on.set()
        app = create_app(settings, committed)
        with app.app_context():
            notice_mail.send_unsent()
            early = len(slow.messages)
            with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
                notice_mail.send_unsent()
        with committed.reading() as session:
            assert session.get(Notice, made.id).mailed_at is not None
    finally:
        go_on.set()
        controller.stop()
    assert len(slow.messages) == early + 1
    assert len({message["Message-ID"] for _to, message in slow.messages}) == 1
