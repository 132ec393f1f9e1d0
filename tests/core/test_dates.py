from datetime import date, datetime
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from qcapp.core.dates import DateField, DateTimeLocalField, read_day, read_moment
from qcapp.core.forms import Form

FAR = ("0001-01-01", "0020-11-22", "9999-12-31")
"""What is sent before the year is typed to its end, and a "for good" that has no next day."""
NO_DAYS = (*FAR, "tomorrow", "2026-02-30")


class Sent(Form):
    day = DateField()
    minute = DateTimeLocalField(format="%Y-%m-%dT%H:%M")


def test_days_and_times_of_our_time_are_read(app):
    assert read_day("2026-11-22") == date(2026, 11, 22)
    assert read_moment("2026-11-22T10:12:04+03:00").isoformat() == "2026-11-22T10:12:04+03:00"
    with app.test_request_context():
        form = Sent(MultiDict({"day": "2026-11-22", "minute": "2026-11-22T10:12"}))
        assert form.validate()
    assert (form.day.data, form.minute.data) == (date(2026, 11, 22), datetime(2026, 11, 22, 10, 12))  # noqa: DTZ001


@pytest.mark.parametrize("text", FAR)
def test_a_year_nobody_means_is_a_slip(app, text):
    for read, written in ((read_day, text), (read_moment, f"{text}T00:00:00+03:00")):
        with pytest.raises(ValueError, match="year"):
            read(written)
    with app.test_request_context():
        form = Sent(MultiDict({"day": text, "minute": f"{text}T10:12"}))
        assert not form.validate()
    assert (form.day.data, form.minute.data) == (None, None)
    assert (form.day.errors, form.minute.errors) == (["Check the year."],) * 2


@pytest.mark.parametrize("text", NO_DAYS)
@pytest.mark.parametrize(
    "address",
    [
        "/calls/?since={0}",
        "/calls/?until={0}",
        "/calls/?older={0}T00:00:00%2B03:00_1",
        "/audit?since={0}",
        "/audit?until={0}",
        "/results?since={0}",
        "/results?since=2026-01-01&until={0}",
    ],
)
def test_no_day_in_an_address_breaks_a_page(people: SimpleNamespace, login, address: str, text: str) -> None:
    client: FlaskClient = login(people.lidia if "audit" not in address else people.anna)
    assert client.get(address.format(text)).status_code == 200


@pytest.mark.parametrize("text", NO_DAYS)
def test_there_is_no_page_of_reviews_before_it(people: SimpleNamespace, login, text: str) -> None:
    client: FlaskClient = login(people.lidia)
    assert client.get(f"/reviews/?before={text}T00:00:00%2B03:00~1").status_code == 404


@pytest.mark.parametrize("text", NO_DAYS)
def test_nothing_is_lent_for_good(people: SimpleNamespace, login, text: str) -> None:
    sent = {
        "lender": people.roman.id,
        "holder": people.lidia.id,
        "since": text,
        "until": text,
        "reason": "Away",
    }
    answer = login(people.olga).post("/delegations/new", data=sent)
    assert answer.status_code in (200, 422)
    assert ("Check the year." if text in FAR else "Not a valid date value.") in answer.text
