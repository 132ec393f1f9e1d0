"""The sound of a call over HTTP: ranges, peaks, the original."""

from pathlib import Path

import pytest
from sqlalchemy import select

from qcapp.calls import ranges
from qcapp.core.audit import AuditEntry
from tests.factories.calls import make_call

SOUND = bytes(range(256)) * 40


@pytest.fixture
def call(session, people, app, tmp_path: Path):
    call = make_call(session, people.max, transcribed=False)
    recording = call.recording
    recording.peaks_key = recording.playback_key + ".json"
    for key, content in (
        (recording.playback_key, SOUND),
        (recording.storage_key, b"original"),
        (recording.peaks_key, b'{"per_second": 20, "channels": [[1], [2]]}'),
    ):
        file = tmp_path / "file"
        file.write_bytes(content)
        app.extensions["qcapp_storage"].put(key, file)
    session.commit()
    return call


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, len(SOUND)),
        ("bytes=-10", len(SOUND) - 10, len(SOUND)),
        ("bytes=0-99999999", 0, len(SOUND)),
    ],
)
def test_a_range_gives_its_bytes(call, people, login, asked, start, end):
    response = login(people.max).get(f"/calls/{call.id}/audio", headers={"Range": asked})
    assert response.status_code == 206
    assert response.data == SOUND[start:end]
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert response.mimetype == "audio/mpeg"


@pytest.mark.parametrize("asked", [None, "bytes=0-1,5-6", "lines=1-2", "bytes=x-y", "bytes=9-3"])
def test_without_a_usable_range_all_of_it_comes(call, people, login, asked):
    headers = {"Range": asked} if asked else {}
    response = login(people.max).get(f"/calls/{call.id}/audio", headers=headers)
    assert (response.status_code, response.data) == (200, SOUND)
    assert response.headers["Accept-Ranges"] == "bytes"


def test_a_range_behind_the_end_is_refused(call, people, login):
    response = login(people.max).get(f"/calls/{call.id}/audio", headers={"Range": "bytes=99999999-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(SOUND)}"


def test_an_open_range_of_a_long_recording_comes_in_pieces(call, people, login, monkeypatch):
    monkeypatch.setattr(ranges, "MOST_AT_ONCE", 100)
    response = login(people.max).get(f"/calls/{call.id}/audio", headers={"Range": "bytes=50-"})
    assert response.data == SOUND[50:150]


def test_the_head_of_the_sound_has_its_length_and_no_body(call, people, login):
    response = login(people.max).head(f"/calls/{call.id}/audio")
    assert (response.headers["Content-Length"], response.data) == (str(len(SOUND)), b"")


def test_what_the_browser_has_is_not_sent_again(call, people, login):
    client = login(people.max)
    etag = client.get(f"/calls/{call.id}/audio").headers["ETag"]
    assert client.get(f"/calls/{call.id}/audio", headers={"If-None-Match": etag}).status_code == 304
    other = client.get(f"/calls/{call.id}/audio", headers={"If-Range": '"old"', "Range": "bytes=0-9"})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("max", 200),
        ("kira", 200),
        ("roman", 200),
        ("sveta", 403),
        ("oleg", 403),
        ("anna", 403),
        ("hanna", 403),
    ],
)
def test_only_who_may_listen_gets_the_sound(call, people, login, who, status):
    client = login(getattr(people, who))
    assert client.get(f"/calls/{call.id}/audio").status_code == status
    assert client.get(f"/calls/{call.id}/peaks").status_code == status


def test_a_stranger_is_sent_to_the_login(call, client):
    assert client.get(f"/calls/{call.id}/audio").status_code == 303


def test_a_call_without_a_recording_has_no_sound(session, people, login):
    call = make_call(session, people.max, recorded=False)
    session.commit()
    response = login(people.max).get(f"/calls/{call.id}/audio")
    assert response.status_code == 404
    assert "This call has no recording." in response.text


def test_taking_the_original_out_is_written_to_the_audit_log(call, people, login, session):
    response = login(people.lidia).post(f"/calls/{call.id}/original")
    assert (response.status_code, response.data) == (200, b"original")
    assert call.recording.filename in response.headers["Content-Disposition"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export_recording")).one()
    assert (entry.by_id, entry.thing) == (people.lidia.id, f"call:{call.id}")


def test_a_name_with_a_line_break_of_an_older_version_can_be_taken_out(call, people, login, session):
    call.recording.filename = "a\r\nX: b.wav"
    session.commit()
    response = login(people.lidia).post(f"/calls/{call.id}/original")
    assert (response.status_code, "X" in response.headers) == (200, False)


@pytest.mark.parametrize("who", ["kira", "roman", "max", "anna"])
def test_without_the_export_right_the_original_stays(call, people, login, who):
    assert login(getattr(people, who)).post(f"/calls/{call.id}/original").status_code == 403


def test_a_file_that_is_lost_is_said_in_words(call, people, login, session):
    call.recording.playback_key = "derived/lost/playback.mp3"
    session.commit()
    answer = login(people.max).get(f"/calls/{call.id}/audio")
    assert answer.status_code == 404
    assert "restore" in answer.text
