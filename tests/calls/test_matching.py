"""Which row of the CDR belongs to a recording."""
# ruff: noqa: DTZ001 (exchanges write local times and do not say of which zone)

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.importers.filenames import facts_of_name
from qcapp.calls.importers.matching import CdrIndex, merge
from qcapp.terms import Direction, Disposition

NAME = "out-74970140231-201-20261006-101204-1791270724.126.wav"
START = datetime(2026, 10, 6, 10, 12, 4)


def row(**facts: object) -> ImportedFacts:
    return ImportedFacts(**{"raw": {"src": "201"}, "row": 1, "local_start": START, **facts})  # type: ignore[arg-type]


def test_the_row_names_its_recording_even_after_conversion() -> None:
    named = row(recording="/var/spool/asterisk/monitor/2026/10/06/" + NAME, external_id="1.1")
    assert CdrIndex([named]).row_of(NAME.replace(".wav", ".mp3"), None) == named


def test_the_id_in_the_name_finds_the_row() -> None:
    wanted = row(external_id="pbx1-1791270724.126")
    index = CdrIndex([row(external_id="1791270724.12"), wanted])
    assert index.row_of(NAME, facts_of_name(NAME)) == wanted


def test_a_linked_id_finds_the_row() -> None:
    leg = row(external_id="1791270730.140", linked_id="1791270724.126")
    assert CdrIndex([leg]).row_of(NAME, facts_of_name(NAME)) == leg


def test_without_ids_the_second_and_a_number_must_agree() -> None:
    same = row(local_start=START + timedelta(seconds=1), extension="201", client_number="74970140231")
    other = row(local_start=START, extension="202", client_number="74970140999")
    assert CdrIndex([other, same]).row_of(NAME, facts_of_name(NAME)) == same
    assert CdrIndex([other]).row_of(NAME, facts_of_name(NAME)) is None


def test_two_equal_rows_decide_nothing() -> None:
    twin = row(extension="201", client_number="74970140231")
    assert CdrIndex([twin, twin]).row_of(NAME, facts_of_name(NAME)) is None


def test_of_several_rows_of_one_call_the_answered_one_stands_for_it() -> None:
    tried = row(external_id="1.1", extension="202", disposition=Disposition.NO_ANSWER, raw={"dst": "202"})
    talked = row(
        external_id="1.1", extension="203", disposition=Disposition.ANSWERED, talk_s=40, raw={"dst": "203"}
    )
    short = row(
        external_id="1.1", extension="204", disposition=Disposition.ANSWERED, talk_s=4, raw={"dst": "204"}
    )
    (call,) = CdrIndex([tried, talked, short]).calls
    assert call.extension == "203"
    assert [leg["dst"] for leg in call.raw["legs"]] == ["202", "204"]


def test_the_row_is_completed_by_the_name() -> None:
    named = facts_of_name(NAME)
    merged = merge(row(direction=Direction.UNKNOWN, talk_s=161), named)
    assert (merged.direction, merged.extension, merged.talk_s) == (Direction.OUT, "201", 161)
    assert merged.external_id == "1791270724.126"


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(Disposition), st.integers(0, 99)), max_size=12))
def test_there_is_one_row_for_each_id_and_no_leg_is_lost(rows: list[tuple[int, Disposition, int]]) -> None:
    facts = [
        row(external_id=f"1700000000.{n}", disposition=how, talk_s=talk, raw={"n": place})
        for place, (n, how, talk) in enumerate(rows)
    ]
    calls = CdrIndex(facts).calls
    assert sorted(call.external_id or "" for call in calls) == sorted(
        {fact.external_id or "" for fact in facts}
    )
    kept = [call.raw["n"] for call in calls] + [
        leg["n"] for call in calls for leg in call.raw.get("legs", ())
    ]
    assert sorted(kept) == list(range(len(rows)))
