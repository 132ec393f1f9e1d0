"""Names of recordings tell who called whom, and when."""
# ruff: noqa: DTZ001 (exchanges write local times and do not say of which zone)

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.calls.importers.filenames import facts_of_name, unique_id
from qcapp.terms import Direction

CASES = [
    # name, direction, extension, client, start
    (
        "out-74970140231-201-20261006-101204-1791270724.126.wav",
        (Direction.OUT, "201", "74970140231", datetime(2026, 10, 6, 10, 12, 4)),
    ),
    (
        "in-74970010200-74970133512-20261022-095826-1792652306.217.mp3",
        (Direction.IN, None, "74970133512", datetime(2026, 10, 22, 9, 58, 26)),
    ),
    (
        "external-203-79460190071-20261020-104518-1792482318.213.WAV",
        (Direction.IN, "203", "79460190071", datetime(2026, 10, 20, 10, 45, 18)),
    ),
    (
        "q-600-79460190071-20261020-104518-1792482318.213.wav",
        (Direction.IN, None, "79460190071", datetime(2026, 10, 20, 10, 45, 18)),
    ),
    (
        "rg-600-unknown-20261020-104518-1792482318.213.wav",
        (Direction.IN, None, None, datetime(2026, 10, 20, 10, 45, 18)),
    ),
    (
        "internal-202-201-20261020-104518-1792482318.213.wav",
        (Direction.INTERNAL, "201", None, datetime(2026, 10, 20, 10, 45, 18)),
    ),
    (
        "force-0821XXXX8663-3201-20250327-092517-1743042317.12206.wav",
        (Direction.OUT, "3201", "0821XXXX8663", datetime(2025, 3, 27, 9, 25, 17)),
    ),
    (
        "in-201-79460190071-20261020-104518-1792482318.213.WAV",  # QueueMetrics: the agent comes first
        (Direction.IN, "201", "79460190071", datetime(2026, 10, 20, 10, 45, 18)),
    ),
    (
        "20261020-104518-1792482318.213.wav",
        (Direction.UNKNOWN, None, None, datetime(2026, 10, 20, 10, 45, 18)),
    ),
    ("mikopbx-1782484638.4_Vo6697.webm", (Direction.UNKNOWN, None, None, None)),
    ("mikopbx-1782484638.4_Vo6697_in.wav", (Direction.UNKNOWN, None, None, None)),
    ("transfer_201_79460190071_mikopbx-1760784793.4627.mp3", (Direction.OUT, "201", "79460190071", None)),
]


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_it_reads_the_names_of_exchanges(name: str, expected: tuple[object, ...]) -> None:
    facts = facts_of_name(name)
    assert facts is not None
    assert (facts.direction, facts.extension, facts.client_number, facts.local_start) == expected
    assert facts.external_id
    assert unique_id(facts.external_id)


@pytest.mark.parametrize(
    "name",
    [
        "call.wav",
        "",
        "out-1-2.wav",
        "out-74970140231-201-20269906-101204-1791270724.126.wav",
        "звонок клиенту 5 октября.mp3",
        "out-74970140231-201-20261006-106204-1791270724.126.wav",
    ],
)
def test_other_names_tell_nothing(name: str) -> None:
    assert facts_of_name(name) is None


def test_the_name_of_the_system_before_the_id_is_kept() -> None:
    facts = facts_of_name("out-74970140231-201-20261006-101204-pbx1-1791270724.126.wav")
    assert facts is not None
    assert facts.external_id == "pbx1-1791270724.126"
    assert facts.client_number == "74970140231"
    assert unique_id(facts.external_id) == "1791270724.126"


@given(st.text(max_size=120))
def test_no_name_makes_it_fail(name: str) -> None:
    facts_of_name(name)


numbers = st.from_regex(r"[78][0-9]{10}", fullmatch=True)
extensions = st.from_regex(r"[1-9][0-9]{1,4}", fullmatch=True)
moments = st.datetimes(datetime(2001, 9, 9), datetime(2037, 1, 1)).map(lambda m: m.replace(microsecond=0))


@given(numbers, extensions, moments, st.integers(10**9, 2 * 10**9), st.integers(0, 10**6))
def test_what_freepbx_writes_comes_back(
    client: str, extension: str, moment: datetime, epoch: int, count: int
) -> None:
    facts = facts_of_name(f"out-{client}-{extension}-{moment:%Y%m%d-%H%M%S}-{epoch}.{count}.wav")
    assert facts is not None
    assert (facts.client_number, facts.extension, facts.local_start) == (client, extension, moment)
    assert facts.external_id == f"{epoch}.{count}"
