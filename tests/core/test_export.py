"""Tables leave as files in which nothing runs."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from qcapp.core.export import csv_rows, harmless, write_xlsx

MOSCOW = ZoneInfo("Europe/Moscow")
ROWS = [("=1+1", 3, 2.5, datetime(2026, 10, 6, 7, 12, 4, tzinfo=UTC), None), ("Жук, «Ё»", 0, 0.0, None, "@x")]
HEADINGS = ("Имя", "n", "x", "when", "note")


@pytest.mark.parametrize("text", ["=1+1", "+79460114420", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("x" + text) == "x" + text


def test_csv_keeps_cyrillic_numbers_and_local_times() -> None:
    text = "".join(csv_rows(HEADINGS, ROWS, MOSCOW))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows == [
        list(HEADINGS),
        ["'=1+1", "3", "2.5", "2026-10-06 10:12:04+03:00", ""],
        ["Жук, «Ё»", "0", "0.0", "", "'@x"],
    ]


def test_xlsx_holds_texts_and_no_formulas(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    write_xlsx(path, HEADINGS, ROWS, MOSCOW)
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "'=1+1" in sheet.replace("&#39;", "'")
    assert "Жук" in sheet
