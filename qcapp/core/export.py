"""Tables as files for other programs: CSV and XLSX, with cells that a spreadsheet would run made harmless."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import Response

Cell = str | int | float | datetime | None
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A cell that begins with one of these is a formula to spreadsheets, wherever its text came from.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_rows(headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: ZoneInfo) -> Iterator[str]:
    """CSV line by line, in UTF-8 with the mark that makes Excel read Cyrillic; times in the given zone."""
    line = io.StringIO()
    writer = csv.writer(line)
    line.write("\ufeff")
    writer.writerow([harmless(heading) for heading in headings])
    for row in rows:
        yield _taken(line)
        writer.writerow([_text(cell, zone) for cell in row])
    yield _taken(line)


def write_xlsx(
    file: Path | io.BytesIO, headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: ZoneInfo
) -> None:
    """One sheet, written row by row; times in the given zone, since spreadsheets know none."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "default_date_format": "dd.mm.yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, column, cell.astimezone(zone).replace(tzinfo=None))
                elif isinstance(cell, str):
                    sheet.write_string(number, column, harmless(cell))
                elif cell is not None:
                    sheet.write_number(number, column, cell)


def attachment(
    name: str, kind: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: ZoneInfo
) -> Response:
    """The table as a file to save; ``name`` is without its ending, ``kind`` one of ``TYPES``."""
    if kind == "csv":
        content = "".join(csv_rows(headings, rows, zone)).encode()
    else:
        file = io.BytesIO()
        write_xlsx(file, headings, rows, zone)
        content = file.getvalue()
    response = Response(content, content_type=TYPES[kind])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response


def _text(cell: Cell, zone: ZoneInfo) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, str):
        return harmless(cell)
    return "" if cell is None else str(cell)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
