"""The header row of a CSV, and the delimiter with which it is one."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.files import limits
from etl.files.layout import HeaderRow, Layout, Open
from etl.files.parser_failures import too_many_columns
from etl.files.quotes import SwallowedRows, refuse_swallowing, swallowed
from etl.mapping.headers import FIRST_ROWS, Found, UnreadableFile, find_header, recognised

DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True)
class _FirstRows:
    """The first rows, the byte after each, and what stopped the reading before their end."""

    rows: list[list[str]]
    ends: list[int]
    lines: list[int]  # how many lines of the file each has
    failure: csv.Error | None = None


def header_row(
    name: str,
    head: bytes,
    open_text: Open,
    names: Mapping[str, str],
    layout: Layout | None = None,
) -> tuple[HeaderRow, Layout]:
    """The row that recognises the most of `names`, and the delimiter with which it does.

    `head` is the beginning of the text, which must hold the header row. `layout` is tried alone
    when it is given. Raises UnreadableFile when there is no header in an otherwise readable file.
    """
    best: tuple[Found, _FirstRows, Layout] | None = None
    failure: csv.Error | None = None
    for tried in [layout] if layout else [Layout(delimiter) for delimiter in DELIMITERS]:
        first = _first_rows(head, tried)
        failure = failure or first.failure
        found = find_header(names, first.rows)
        if found and (best is None or _weight(found) > _weight(best[0])):
            best = found, first, tried
    if best:
        found, first, layout = best
        try:
            _refuse_swallowing(found, first, layout, names)
        except SwallowedRows as rows:
            raise swallowed(name, open_text, layout, rows) from None
        if len(found.cells) > limits.COLUMNS:
            raise too_many_columns(name)
        return _header(found, first), layout
    if failure:
        raise UnreadableFile(
            f"{name}：標題列讀不出來（{failure}）；請確認是 CSV 檔",
            f"{name}: the header row cannot be read ({failure}); check that it is a CSV file",
        ) from failure
    raise UnreadableFile(
        f"{name}：檔案是空的，沒有標題列；請重新匯出",
        f"{name}: the file is empty, it has no header row; export it again",
    )


def _refuse_swallowing(
    found: Found, first: _FirstRows, layout: Layout, names: Mapping[str, str]
) -> None:
    """Raises SwallowedRows where a quote in the title or the header took rows, or the header."""
    for number, cells in enumerate(first.rows[: found.place + 1], 1):
        refuse_swallowing(cells, number, layout.delimiter, len(found.cells))
        for cell in cells:
            lines = [line.split(layout.delimiter) for line in cell.splitlines()[1:]]
            if any(recognised(names, line) > 1 for line in lines):
                raise SwallowedRows(number, 0)


def _header(found: Found, first: _FirstRows) -> HeaderRow:
    number = found.place + 1
    return HeaderRow(
        found.cells,
        number,
        first.ends[found.place],
        found.rows,
        count_titles(first.rows[: number - found.rows]),
        sum(first.lines[:number]) - number,
    )


def count_titles(rows: Sequence[Sequence[str]]) -> int:
    """How many of the rows above a header have any text."""
    return sum(any(cell.strip() for cell in cells) for cells in rows)


def rows_under(head: bytes, first_cell: str) -> list[list[str]]:
    """The first rows, in cells by the delimiter that makes `first_cell` one; else none."""
    if first_cell.encode() not in head:
        return []
    for delimiter in DELIMITERS:
        rows = _first_rows(head, Layout(delimiter)).rows
        if rows and first_cell in rows[0]:
            return rows
    return []


def _weight(found: Found) -> tuple[int, int]:
    # Without anything recognised, the delimiter that makes the most cells is the likely one.
    return found.recognised, 0 if found.recognised else len(found.cells)


def _first_rows(head: bytes, layout: Layout) -> _FirstRows:
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    text = io.StringIO(head[bom:].decode("utf-8", errors="ignore"), newline="")
    first = _FirstRows([], [], [])
    end = bom
    before = 0
    reader = csv.reader(text, delimiter=layout.delimiter, quoting=layout.quoting)
    try:
        for cells in reader:
            first.rows.append(cells[: limits.COLUMNS + 1])  # enough to be refused
            first.lines.append(reader.line_num - sum(first.lines))
            after = text.tell()
            end += len(text.getvalue()[before:after].encode())
            before = after
            first.ends.append(end)
            if len(first.rows) == FIRST_ROWS:
                break
    except csv.Error as error:
        return _FirstRows(first.rows, first.ends, first.lines, error)
    return first
