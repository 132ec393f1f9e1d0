"""Bounds of what a request may hold: JSON that every later step can work with, names of files that can be shown."""

import json

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from qcapp.core.errors import Refused
from qcapp.core.incoming import (
    DEEPEST_JSON,
    LARGEST_JSON,
    LARGEST_NUMBER,
    LONGEST_NAME,
    MOST_PIECES_JSON,
    BoundedJson,
    shown,
    uploaded_name,
)

READER = BoundedJson(Flask(__name__))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=10)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | TEXTS,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(TEXTS, parts, max_size=3),
    max_leaves=10,
)


@given(DATA)
def test_sound_json_is_read_as_it_is(data: object) -> None:
    assert READER.loads(json.dumps(data)) == data


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("[" * (DEEPEST_JSON - 1) + "]" * (DEEPEST_JSON - 1), "[" * DEEPEST_JSON + "1" + "]" * DEEPEST_JSON),
        ("[]", "[" * 200_000),
        ("[" + "1," * (MOST_PIECES_JSON - 2) + "1]", "[" + "1," * MOST_PIECES_JSON + "1]"),
        (str(LARGEST_NUMBER - 1), str(LARGEST_NUMBER)),
        ("-1e18", "1e999"),
        ("0", "9" * 5000),
        ("null", "NaN"),
        (r'"\ud83d\ude00"', r'{"a": {"\ud800": 1}}'),
    ],
    ids=["depth", "stack", "values", "number", "infinite", "digits", "nothing", "half a sign"],
)
def test_each_bound_from_both_sides(good: str, bad: str) -> None:
    READER.loads(good)
    with pytest.raises(ValueError, match=r"JSON|Exceeds|surrogates"):
        READER.loads(bad)


def test_json_that_is_too_large_is_not_even_read(app: Flask, people, login) -> None:
    body = json.dumps({"text": "x" * LARGEST_JSON})
    answer = login(people.lidia).post("/language", data=body, content_type="application/json")
    assert answer.status_code == 413


@given(st.text())
def test_a_name_that_is_let_in_can_be_stored_and_sent(name: str) -> None:
    kept = shown(name)
    kept.encode()
    Headers().set("Content-Disposition", "attachment", filename=kept)
    assert shown(kept) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (None, ""),
        ("../../etc/passwd", "passwd"),
        ("C:\\calls\\звонок 1.wav", "звонок 1.wav"),
        ("ё" * LONGEST_NAME, "ё" * LONGEST_NAME),
    ],
)
def test_names_lose_their_folders(sent: str | None, kept: str) -> None:
    assert uploaded_name(sent) == kept


@pytest.mark.parametrize(
    "name",
    [
        "a\nb.wav",
        "a\r.wav",
        "a\0.wav",
        "a\u2028b.wav",
        "gpj.\u202ewav",
        "\udcff.wav",
        "x" * (LONGEST_NAME + 1),
    ],
    ids=ascii,
)
def test_names_that_cannot_be_shown_are_refused_in_words(app: Flask, name: str) -> None:
    with app.app_context(), pytest.raises(Refused, match="Rename it"):
        uploaded_name(name)
