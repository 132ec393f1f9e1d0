"""Reads call detail records: Asterisk's Master.csv in both column orders, and any CSV with a header.

A row that cannot be understood is refused with its number and the rest is read; a file whose columns cannot
be told is refused whole. The row itself is always kept in `CallFacts.raw`.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qcapp.calls.importers.cdr_fields import (
    CDR_CSV,
    CDR_CUSTOM,
    ID,
    TRAILERS,
    BadRowError,
    canonical_names,
    facts_of_row,
    is_time,
    known_disposition,
)
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.core.errors import Refused
from qcapp.core.i18n import _

MAX_FIELD = 1 << 20
DELIMITERS = ",;\t|"
SAMPLE_LINES = 50


class CdrFormat(StrEnum):
    AUTO = "auto"
    CDR_CSV = "cdr_csv"
    CDR_CUSTOM = "cdr_custom"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not understood, and why, in words."""

    row: int
    reason: str


@dataclass(slots=True)
class Cdr:
    """What one CDR file holds."""

    name: str
    rows: list[ImportedFacts] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


def read_cdr(data: bytes, name: str, wanted: CdrFormat = CdrFormat.AUTO) -> Cdr:
    """Read one CDR file. Raises Refused where the file as a whole cannot be understood."""
    text = text_of(data, name)
    lines = list(_rows(text, _delimiter(text, name))) if text.strip() else []
    if not lines:
        raise Refused(_("%(name)s is empty: there is no row in it.", name=name))
    header = canonical_names(lines[0][1])
    if wanted is CdrFormat.HEADER or (wanted is CdrFormat.AUTO and header is not None):
        if header is None:
            raise Refused(
                _(
                    "%(name)s, row 1: this is not a header with known column names; at least the time of the "
                    "call, the caller and the called number are needed (calldate or start, src, dst).",
                    name=name,
                )
            )
        return _read(name, lines[1:], lambda _row: header)
    order = {CdrFormat.CDR_CSV: CDR_CSV, CdrFormat.CDR_CUSTOM: CDR_CUSTOM}.get(wanted) or _order(lines, name)
    return _read(name, lines, lambda row: with_trailer(order, row))


def _read(
    name: str, lines: Sequence[tuple[int, list[str]]], names_of: Callable[[Sequence[str]], Sequence[str]]
) -> Cdr:
    cdr = Cdr(name)
    for number, row in lines:
        try:
            names = names_of(row)
            if len(row) < min(len(names), 3) or (len(row) > len(names) + 8):
                raise BadRowError(
                    _(
                        "The row has %(count)d columns, the header %(names)d. Export the CDR again.",
                        count=len(row),
                        names=len(names),
                    )
                )
            cdr.rows.append(facts_of_row(dict(zip(names, row, strict=False)), row, number))
        except BadRowError as error:
            cdr.refused.append(RefusedRow(number, str(error)))
    return cdr


def with_trailer(order: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    """Names of all columns: the sixteen of the order, then what Asterisk's options have put behind them."""
    if not 16 <= len(row) <= 21:
        raise BadRowError(
            _(
                "The row has %(count)d columns; Asterisk writes 16 to 21. Export the CDR again.",
                count=len(row),
            )
        )
    if order is CDR_CUSTOM:
        return (*order, "uniqueid", "userfield", "sequence", "peeraccount", "linkedid")[: max(len(row), 16)]
    trailer = TRAILERS[len(row)]
    if len(row) in (17, 20) and not ID.fullmatch(row[16]):
        trailer = ("userfield", *trailer[1:])
    return (*order, *trailer)


def _order(lines: Sequence[tuple[int, list[str]]], name: str) -> tuple[str, ...]:
    """Which of Asterisk's orders fits: by where times and disposition stand in the first rows that tell."""
    for _number, row in lines[:SAMPLE_LINES]:
        fitting = [order for order in (CDR_CSV, CDR_CUSTOM) if 16 <= len(row) <= 21 and _fits(order, row)]
        if len(fitting) == 1:
            return fitting[0]
    number, row = lines[0]
    raise Refused(
        _(
            "%(name)s, row %(row)d: the order of its %(count)d columns is not known. Export the CDR with a "
            "header, or say which order it has: cdr_csv or cdr_custom.",
            name=name,
            row=number,
            count=len(row),
        )
    )


def _fits(order: Sequence[str], row: Sequence[str]) -> bool:
    cells = dict(zip(order, row, strict=False))
    return is_time(cells["start"]) and is_time(cells["end"]) and known_disposition(cells["disposition"])


def text_of(data: bytes, name: str) -> str:
    """What a CDR file says, in whatever encoding. Raises Refused for what is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        raise Refused(_("%(name)s is not a text file. Export the CDR as CSV.", name=name))
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1251", "replace")


def _delimiter(text: str, name: str) -> str:
    """The delimiter that cuts the first lines into the most columns, the same number in most of them."""
    sample = text[: 1 << 16].splitlines()[:SAMPLE_LINES]
    best, most = "", 2
    for delimiter in DELIMITERS:
        widths = [len(row) for _number, row in _rows("\n".join(sample), delimiter)]
        usual = max(set(widths), key=widths.count, default=0)
        if usual > most:
            best, most = delimiter, usual
    if sample and not best:
        raise Refused(
            _(
                "%(name)s, row 1: no columns were found. A CDR is a CSV file with commas or semicolons.",
                name=name,
            )
        )
    return best or ","


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the number of the line each ends on."""
    csv.field_size_limit(MAX_FIELD)
    # StringIO, not splitlines: lines end at line feeds alone, whatever else stands in a field.
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, []
            continue
        if any(cell.strip() for cell in row):
            yield reader.line_num, [cell.strip() for cell in row]
