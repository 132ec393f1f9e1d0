"""Everything that leaves as a file: tables as CSV and XLSX in which nothing runs, and the headers of all of them."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import xlsxwriter
from flask import Response
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from qcapp.core.incoming import shown

Sent = TypeVar("Sent", bound=BaseResponse)
Cell = str | int | float | datetime | None
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SEPARATORS = {"ru": (";", ",")}
"""Of cells and of decimals, as spreadsheets in this language read a file."""
_OTHERWISE = (",", ".")
# A cell that begins with one of these signs is a formula to spreadsheets. A cell may begin in the middle of a text,
# where a program takes another sign for the separator, or a quotation mark for a part of the text.
_FORMULA = re.compile(r"""((?:^|[,;|\t\r\n])["']*)(?=[=+@\uff1d\uff0b\uff20\uff0d-]|[\t\r])""")


def harmless(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula."""
    return _FORMULA.sub(r"\1'", text)


def csv_rows(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: ZoneInfo, language: str
) -> Iterator[str]:
    """CSV line by line as spreadsheets of the language read it, every text in quotation marks; times in the zone.

    The mark at the beginning makes Excel read UTF-8.
    """
    between, point = SEPARATORS.get(language, _OTHERWISE)
    yield "\ufeff"
    for row in (headings, *rows):
        yield between.join(_written(cell, zone, point) for cell in row) + "\r\n"


def write_xlsx(
    file: Path | io.BytesIO, headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: ZoneInfo
) -> None:
    """One sheet, written row by row, texts as texts; times in the given zone, since spreadsheets know none."""
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
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, cell)


def attachment(
    name: str, kind: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], zone: ZoneInfo
) -> Response:
    """The table as a file to save; ``name`` is without its ending, ``kind`` one of ``TYPES``."""
    if kind == "csv":
        content = "".join(csv_rows(headings, rows, zone, str(get_locale()))).encode()
    else:
        file = io.BytesIO()
        write_xlsx(file, headings, rows, zone)
        content = file.getvalue()
    return as_file(Response(content, content_type=TYPES[kind]), f"{name}.{kind}")


def as_file(response: Sent, name: str) -> Sent:
    """The answer as a file to save under this name, of which neither browser nor proxy keeps a copy."""
    response.headers.set("Content-Disposition", "attachment", filename=shown(name))
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(cell: Cell, zone: ZoneInfo, point: str) -> str:
    match cell:
        case None:
            return ""
        case str():
            return '"' + harmless(cell).replace('"', '""') + '"'
        case datetime():
            return cell.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    return str(cell).replace(".", point)
