"""CDR of every make: both orders of Asterisk, headers by name, encodings, delimiters, and what is refused."""
# ruff: noqa: DTZ001 (exchanges write local times and do not say of which zone)

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qcapp.calls.importers.cdr import Cdr, CdrFormat, read_cdr
from qcapp.calls.importers.facts import ImportedFacts, to_utc, zone_offset
from qcapp.core.errors import Refused
from qcapp.terms import Direction, Disposition

CLID = '"""Vershinina"" <201>"'
SIXTEEN = (
    f'"","201","74970140231","from-internal",{CLID},"PJSIP/201-000000fc","PJSIP/trunk-000000fd","Dial",'
    '"PJSIP/74970140231@trunk,300,Tb(a^s^1)","2026-10-06 10:12:04","2026-10-06 10:12:13",'
    '"2026-10-06 10:14:54",170,161,"ANSWERED","DOCUMENTATION"'
)
UID, USERFIELD, NEW = ',"1791270724.126"', ',"note"', ',"peer","1791270724.100",7'
CUSTOM = (
    f'{CLID},"201","74970140231","from-internal","PJSIP/201-000000fc","PJSIP/trunk-000000fd","Dial",'
    '"PJSIP/74970140231@trunk,300","2026-10-06 10:12:04","2026-10-06 10:12:13",'
    '"2026-10-06 10:14:54","170","161","ANSWERED","3","","1791270724.126",""'
)
HEADER = "calldate;clid;src;dst;channel;dstchannel;duration;billsec;disposition;uniqueid;recordingfile;cnam"
HEADED = (
    "2026-10-06 10:12:04;Ольга;201;74970140231;SIP/201-1;SIP/trunk-2;170;161;ANSWERED;1791270724.126;"
    "out-74970140231-201-20261006-101204-1791270724.126.wav;Ольга Вершинина"
)


def read(text: str, wanted: CdrFormat = CdrFormat.AUTO, encoding: str = "utf-8") -> Cdr:
    return read_cdr(text.encode(encoding), "Master.csv", wanted)


def only(cdr: Cdr) -> ImportedFacts:
    assert cdr.refused == []
    (row,) = cdr.rows
    return row


@pytest.mark.parametrize(
    ("trailer", "columns", "external_id"),
    [
        ("", 16, None),
        (UID, 17, "1791270724.126"),
        (USERFIELD, 17, None),
        (UID + USERFIELD, 18, "1791270724.126"),
        (NEW, 19, None),
        (UID + NEW, 20, "1791270724.126"),
        (USERFIELD + NEW, 20, None),
        (UID + USERFIELD + NEW, 21, "1791270724.126"),
    ],
)
def test_it_reads_master_csv_of_sixteen_to_twenty_one_columns(
    trailer: str, columns: int, external_id: str | None
) -> None:
    row = only(read(SIXTEEN + trailer + "\n"))
    assert len(row.raw) == columns
    assert row.external_id == external_id
    assert (row.direction, row.extension, row.client_number) == (Direction.OUT, "201", "74970140231")
    assert (row.duration_s, row.talk_s, row.disposition) == (170, 161, Disposition.ANSWERED)
    assert row.local_start == datetime(2026, 10, 6, 10, 12, 4)
    assert row.linked_id == ("1791270724.100" if NEW in trailer else None)
    assert row.raw["lastdata"] == "PJSIP/74970140231@trunk,300,Tb(a^s^1)"


def test_it_tells_the_order_of_cdr_custom_by_itself() -> None:
    row = only(read(CUSTOM))
    assert (row.extension, row.client_number, row.talk_s) == ("201", "74970140231", 161)
    assert row.external_id == "1791270724.126"
    assert row.raw["clid"] == '"Vershinina" <201>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_it_reads_headed_files_by_name(encoding: str, delimiter: str) -> None:
    row = only(read(f"{HEADER}\r\n{HEADED}\r\n".replace(";", delimiter), encoding=encoding))
    assert row.raw["cnam"] == "Ольга Вершинина"
    assert (row.external_id, row.talk_s) == ("1791270724.126", 161)
    assert row.recording is not None
    assert row.recording.startswith("out-74970140231")


def test_it_reads_the_export_of_mikopbx_with_its_sides() -> None:
    text = (
        "id,start,endtime,answer,src_chan,src_num,dst_chan,dst_num,UNIQUEID,linkedid,did,disposition,recordingfile,"
        "duration,billsec,rec_src_channel\n"
        "1,2026-06-26 17:37:18.123,2026-06-26 17:38:00.5,,PJSIP/201-1,201,PJSIP/trunk-2,79460190071,"
        "mikopbx-1782484638.4_Vo6697,mikopbx-1782484638.1,,ANSWERED,"
        "/storage/monitor/2026/06/26/17/mikopbx-1782484638.4_Vo6697.webm,42,40,1\n"
        "2,2026-06-26 18:37:18,2026-06-26 18:38:00,,PJSIP/trunk-2,79460190071,PJSIP/201-1,201,"
        "mikopbx-1782488238.5_Ab1,mikopbx-1782488238.5,,ANSWERED,x.webm,42,40,1\n"
    )
    out, into = read(text).rows
    assert (out.direction, out.extension, out.manager_channel) == (Direction.OUT, "201", 1)
    assert (into.direction, into.extension, into.manager_channel) == (Direction.IN, "201", 0)
    assert out.external_id == "mikopbx-1782484638.4_Vo6697"


@pytest.mark.parametrize(
    ("src", "dst", "channel", "dstchannel", "expected"),
    [
        ("201", "74970140231", "PJSIP/201-1", "PJSIP/trunk-2", (Direction.OUT, "201", "74970140231")),
        # the caller id of the company instead of the extension
        ("74970010200", "74970140231", "PJSIP/201-1", "PJSIP/trunk-2", (Direction.OUT, "201", "74970140231")),
        ("74970133512", "201", "PJSIP/trunk-1", "PJSIP/201-2", (Direction.IN, "201", "74970133512")),
        # a queue: the channel tells who answered
        ("74970133512", "600", "PJSIP/trunk-1", "PJSIP/203-2", (Direction.IN, "203", "74970133512")),
        (
            "74970133512",
            "74970010200",
            "SIP/trunk-1",
            "Local/203@from-queue-1;1",
            (Direction.IN, "203", "74970133512"),
        ),
        ("201", "202", "PJSIP/201-1", "PJSIP/202-2", (Direction.INTERNAL, "201", None)),
        ("74970133512", "s", "PJSIP/trunk-1", "", (Direction.IN, None, "74970133512")),
    ],
)
def test_channels_tell_what_numbers_do_not(
    src: str, dst: str, channel: str, dstchannel: str, expected: tuple[object, ...]
) -> None:
    values = f"2026-10-06 10:12:04,{src},{dst},from-trunk,{channel},{dstchannel}"
    row = only(read(f"calldate,src,dst,dcontext,channel,dstchannel\n{values}\n"))
    assert (row.direction, row.extension, row.client_number) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ANSWERED", Disposition.ANSWERED),
        ("NO ANSWER", Disposition.NO_ANSWER),
        ("NOANSWER", Disposition.NO_ANSWER),
        ("BUSY", Disposition.BUSY),
        ("FAILED", Disposition.FAILED),
        ("CONGESTION", Disposition.FAILED),
        ("PARKED", Disposition.UNKNOWN),
    ],
)
def test_it_knows_the_dispositions(written: str, expected: Disposition) -> None:
    row = only(read(f"calldate,src,dst,disposition\n2026-10-06 10:12:04,201,74970140231,{written}\n"))
    assert row.disposition is expected


def test_a_bad_row_is_refused_by_its_number_and_the_rest_is_read() -> None:
    bad = SIXTEEN.replace('"2026-10-06 10:12:04"', '"yesterday"')
    words = SIXTEEN.replace(",170,161,", ",many,161,")
    cdr = read("\n".join([SIXTEEN, bad, "", "a,b,c", words, SIXTEEN]))
    assert [row.row for row in cdr.rows] == [1, 6]
    assert [refused.row for refused in cdr.refused] == [2, 4, 5]
    assert "“yesterday”" in cdr.refused[0].reason
    assert "3 columns" in cdr.refused[1].reason
    assert "duration" in cdr.refused[2].reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("a,b,c,d\n1,2,3,4\n", "row 1: the order of its 4 columns is not known"),
        (",".join(["x"] * 18), "row 1: the order of its 18 columns"),
        ("just a sentence\nand another\n", "no columns"),
    ],
)
def test_an_unknown_order_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(text)


def test_a_wrong_promise_about_the_header_is_refused() -> None:
    with pytest.raises(Refused, match="not a header"):
        read(SIXTEEN, CdrFormat.HEADER)


def test_a_named_order_is_not_questioned() -> None:
    cdr = read(CUSTOM, CdrFormat.CDR_CSV)
    assert cdr.rows == []
    assert [refused.row for refused in cdr.refused] == [1]


def test_a_sheet_is_not_taken_for_a_cdr() -> None:
    with pytest.raises(Refused, match="not a text file"):
        read_cdr(b"PK\x03\x04\0\0\0\0", "cdr.xlsx")


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_whatever_bytes_come_it_reads_or_refuses(data: bytes) -> None:
    with suppress(Refused):
        cdr = read_cdr(data, "Master.csv")
        assert cdr.rows or cdr.refused


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=12), min_size=1, max_size=4
    )
)
def test_texts_survive_quoting(names: list[str]) -> None:
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    heads = ",".join(f"extra{n}" for n in range(len(names)))
    cdr = read(f"calldate,src,dst,{heads}\n2026-10-06 10:12:04,201,74970140231,{quoted}\n")
    assert [only(cdr).raw[f"extra{n}"] for n in range(len(names))] == [name.strip() for name in names]


MOSCOW = ZoneInfo("Europe/Moscow")
TWICE = datetime(2014, 10, 26, 1, 30)
NEVER = datetime(2011, 3, 27, 2, 30)


def test_local_times_become_utc() -> None:
    assert to_utc(datetime(2026, 10, 6, 10, 12, 4), MOSCOW) == datetime(2026, 10, 6, 7, 12, 4, tzinfo=UTC)
    aware = datetime(2026, 10, 6, 10, 12, 4, tzinfo=ZoneInfo("Asia/Omsk"))
    assert to_utc(aware, MOSCOW) == aware


def test_a_time_that_happened_twice_or_never_is_not_guessed() -> None:
    assert to_utc(TWICE, MOSCOW) is None
    assert to_utc(NEVER, MOSCOW) is None


@pytest.mark.parametrize("fold", [0, 1])
def test_the_id_tells_which_of_two_moments_it_was(fold: int) -> None:
    moment = TWICE.replace(tzinfo=MOSCOW, fold=fold).astimezone(UTC)
    assert to_utc(TWICE, MOSCOW, f"{int(moment.timestamp())}.17") == moment


def test_a_wrong_zone_shows_in_the_ids() -> None:
    facts = ImportedFacts(external_id="1791270724.126", local_start=datetime(2026, 10, 6, 10, 12, 4))
    assert zone_offset(facts, to_utc(facts.local_start, MOSCOW)) is None
    assert zone_offset(facts, to_utc(facts.local_start, ZoneInfo("UTC"))) == timedelta(hours=3)
