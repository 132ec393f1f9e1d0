"""What the logs hold, and what never gets into them."""

import json
import logging
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from sqlalchemy.exc import IntegrityError
from werkzeug.test import EnvironBuilder

from qcapp import web_server
from qcapp.calls.models import Client
from qcapp.core.logs import JsonLines

NUMBER = "+79990001122"


def line(message, *arguments, fault=None):
    caught = fault and (type(fault), fault, None)
    record = logging.getLogger("test").makeRecord("test", logging.ERROR, "", 0, message, arguments, caught)
    return json.loads(JsonLines().format(record))


def test_a_line_is_json_with_the_message():
    assert line("call %d is done", 7)["message"] == "call 7 is done"


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (
            f"Error handling request GET /calls/?phone={NUMBER}&lead=hot",
            "Error handling request GET /calls/?…",
        ),
        ('"GET /calls/?phone=1122 HTTP/1.1" 200', '"GET /calls/?… HTTP/1.1" 200'),
        ("Is it there? Yes", "Is it there? Yes"),
    ],
)
def test_queries_are_cut_off(message, kept):
    assert line(message)["message"] == kept


@pytest.mark.parametrize(
    ("message", "arguments", "kept"),
    [
        (
            "cannot be read: %s",
            [Path(f"/rec/2026/11/28/out-{NUMBER}-201.wav")],
            "cannot be read: /rec/2026/11/28/out-+•••••••••22-201.wav",
        ),
        ("not taken: +375 29 123-45-67", [], "not taken: +••• •• •••-••-67"),
        ("%r of %s", [NUMBER, ValueError(NUMBER)], "'+•••••••••22' of +•••••••••22"),
        ("the job %s%r failed", ["take", (1234567, NUMBER)], "the job take(1234567, '+•••••••••22') failed"),
        ("call %d took %.6f s", [1234567, 12.345678], "call 1234567 took 12.345678 s"),
        ("Exception on /calls/1234567/ [GET]", [], "Exception on /calls/1234567/ [GET]"),
        ("%(h)s %(U)s", [{"h": "192.168.10.251", "U": "/calls/1234567/"}], "192.168.10.251 /calls/1234567/"),
        ("%(U)s", [{"U": f"/files/{NUMBER}.wav"}], "/files/+•••••••••22.wav"),
    ],
)
def test_numbers_are_masked_and_ids_stay(message, arguments, kept):
    assert line(message, *arguments)["message"] == kept


def test_a_fault_of_the_database_is_logged_without_the_number_it_is_about(session):
    session.add_all([Client(phone=NUMBER), Client(phone=NUMBER)])
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    trace = line("not saved", fault=caught.value)["trace"]
    assert "client" in trace
    assert NUMBER not in trace


def test_the_web_server_logs_the_path_of_a_request_alone(caplog):
    settings = Config()
    settings.set("logconfig_dict", web_server.logconfig_dict)
    settings.set("access_log_format", web_server.access_log_format)
    environ = EnvironBuilder(path="/calls/", query_string={"phone": NUMBER}).get_environ()
    environ |= {"REMOTE_ADDR": "10.0.0.7", "HTTP_REFERER": f"https://qc.example.org/calls/?phone={NUMBER}"}
    environ |= {"RAW_URI": f"/calls/?phone={NUMBER}"}
    answer = SimpleNamespace(status="200 OK", sent=512, headers=[])
    with caplog.at_level(logging.INFO, "gunicorn.access"):
        root = logging.getLogger().handlers[:]
        logger = Logger(settings)
        logger.access_log.addHandler(caplog.handler)
        logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=12))
        logging.getLogger().handlers = root
    assert caplog.messages == ['10.0.0.7 "GET /calls/" 200 512 B 12 ms']
