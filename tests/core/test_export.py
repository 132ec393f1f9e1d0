"""Tables leave as files in which nothing runs."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st

import qcapp
from qcapp.core.export import as_file, csv_rows, harmless, write_xlsx

MOSCOW = ZoneInfo("Europe/Moscow")
ROWS = [("=1+1", 3, 2.5, datetime(2026, 10, 6, 7, 12, 4, tzinfo=UTC), None), ("Жук, «Ё»", 0, 0.0, None, "@x")]
HEADINGS = ("Имя", "n", "x", "when", "note")


@pytest.mark.parametrize("text", ["=1+1", "+79460114420", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1"])
def test_a_cell_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("x" + text) == "x" + text
    for separator in ",;\t\n|":
        assert harmless(f"x{separator}{text}") == f"x{separator}'{text}"
        assert harmless(f'x{separator}"{text}') == f"x{separator}\"'{text}"


@pytest.mark.parametrize("text", ["Да - нет", "5 + 5 = 10", "anna@example.com", "по пунктам; - цена", ""])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


CELLS = st.text(st.sampled_from("x1 =+-@,;|\t\r\n\"'"), max_size=12)


@given(row=st.lists(CELLS, min_size=1, max_size=3), language=st.sampled_from(["ru", "en"]))
def test_nothing_runs_however_a_program_takes_the_file_apart(row: list[str], language: str) -> None:
    """Whatever it takes for separators, and whether it heeds quotation marks or not."""
    text = "".join(csv_rows(row, [], MOSCOW, language)).removeprefix("\ufeff")
    own = ";" if language == "ru" else ","
    assert [list(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=own)] == [
        [harmless(cell) for cell in row]
    ]
    cells = re.split(r"[,;|\t\r\n]", text)
    for sign in ",;|\t":
        cells += [cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=sign) for cell in line]
    assert [cell for cell in cells if cell.lstrip('"\t\r\n').startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize(("language", "separator", "point"), [("ru", ";", ","), ("en", ",", ".")])
def test_csv_is_written_as_spreadsheets_of_the_reader_read_it(
    language: str, separator: str, point: str
) -> None:
    text = "".join(csv_rows(HEADINGS, ROWS, MOSCOW, language))
    assert text.startswith("\ufeff")
    assert text.removeprefix("\ufeff").split("\r\n")[1].split(separator)[:3] == [
        '"\'=1+1"',
        "3",
        f"2{point}5",
    ]
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))
    assert rows == [
        list(HEADINGS),
        ["'=1+1", "3", f"2{point}5", "2026-10-06 10:12:04+03:00", ""],
        ["Жук, «Ё»", "0", f"0{point}0", "", "'@x"],
    ]


def test_xlsx_holds_texts_as_they_are_and_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write_xlsx(path, HEADINGS, ROWS, MOSCOW)
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert ">=1+1<" in sheet
    assert "Жук" in sheet


def test_every_file_leaves_through_one_place_and_no_copy_is_kept() -> None:
    package = Path(qcapp.__file__).parent
    saying = [path.name for path in package.rglob("*.py") if "Content-Disposition" in path.read_text("utf-8")]
    assert saying == ["export.py"]
    left = as_file(Response("x", headers={"Cache-Control": "private, no-cache"}), "Оценки.csv")
    assert left.headers["Cache-Control"] == "no-store"
