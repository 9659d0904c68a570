"""How rejects are cleared: by their mended row, whichever way it comes.

Two rules, and no other:

1. The file of rejects that reject_file.py makes has a column 退回編號 that says which reject a row
   is. A row of a later file of the same feed that carries it takes the place of that reject: it is
   accepted, or refused anew under its new load. What the clerk removed stays refused. Only cells
   that were in error are corrected by it, see originals.py.
2. A row of a later load of the same feed that is accepted clears the earlier rejects with its key.

The name of a file and the number of a row clear nothing: next month's file is called the same.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from adoption.text.formulas import MARKED
from etl.mapping.feeds import FEEDS, Feed
from etl.validation.values import BadValue, is_empty

# The columns of a file of rejects that are not the source file's own; loading ignores their cells.
NUMBER = "退回編號"
COLUMNS = (NUMBER, "退回檔案", "退回工作表", "退回列號", "退回原因", "rejected_because")
# Before the header of a column with what the records hold now.
CURRENT = "目前："

# Between the columns of a key; no value that is a key holds it.
KEY_SEPARATOR = "\x1f"
_NUMBER = re.compile(r"L(\d{1,9})-F(\d{1,9})-R(\d{1,15})-([0-9a-f]{8})(?:-(.*))?", re.DOTALL)


class RejectNumber(NamedTuple):
    """Which reject: written L12-F1-R345-9f86d081, and -SHEET after it where the format has them.

    The eight digits begin the sha256 of its file. With the row and the sheet they tell which reject
    it is; the load and the place of the file are for people. So rejects that were downloaded after
    a check are recognised whichever number the load then has, and those of another store are not
    taken for these.
    """

    load_id: int
    file_number: int
    row_number: int
    sha256: str
    sheet: str

    @property
    def place(self) -> "Place":
        return self.sha256[:8], self.row_number, self.sheet

    def __str__(self) -> str:
        start = f"L{self.load_id}-F{self.file_number}-R{self.row_number}-{self.sha256[:8]}"
        return f"{start}-{self.sheet}" if self.sheet else start


# What of a number tells which reject it is.
Place = tuple[str, int, str]


def parsed_number(text: str) -> RejectNumber | None:
    """The reverse of str(RejectNumber), with the sha256's beginning only; None for other text."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    load, file, row, sha256, sheet = match.groups()
    return RejectNumber(int(load), int(file), int(row), sha256, sheet or "")


def is_added(header: str) -> bool:
    """Whether a file of rejects has this column beside the source file's own."""
    return header in COLUMNS or header.startswith(CURRENT)


def feed_of_rejects(sheet: str, rows: Sequence[Sequence[str]]) -> str | None:
    """Of which feed a sheet's rejects are, by its name; '' where that does not say. None: by its
    first row it holds no rejects."""
    if not rows or NUMBER not in rows[0]:
        return None
    names = (feed.name for feed in FEEDS.values() if sheet.strip() in (feed.zh, feed.name))
    return next(names, "")


def is_mended(rows: pa.RecordBatch) -> bool:
    """Whether the rows are from a file of rejects."""
    return NUMBER in rows.schema.names


def claimed(rows: pa.RecordBatch) -> set[RejectNumber]:
    """The rejects whose place the rows take."""
    return numbers_in(rows.column(NUMBER).drop_null().to_pylist() if is_mended(rows) else [])


def numbers_in(texts: Iterable[str]) -> set[RejectNumber]:
    return {number for text in texts if (number := parsed_number(text)) is not None}


def unquoted(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of a file of rejects as they were before they were made harmless; others as they
    are."""
    if not is_mended(rows):
        return rows
    columns = [
        pc.replace_substring_regex(column, MARKED, r"\1")
        if pa.types.is_string(column.type)
        else column
        for column in rows.columns
    ]
    return pa.RecordBatch.from_arrays(columns, rows.schema.names)


def key_of(feed: Feed, columns: Mapping[str, str | None], text: Mapping[str, str]) -> str | None:
    """The key of a refused row, as SQL writes its columns; None where a part of it is not good.

    `columns` is header -> column, `text` header -> cell.
    """
    header_of = {column: header for header, column in columns.items() if column}
    parts: list[str] = []
    for name in feed.key:
        cell = text.get(header_of.get(name, ""), "")
        column = feed.column(name)
        if is_empty(cell):
            if column.default is None:
                return None
            parts.append(column.default)
            continue
        try:
            parts.append(str(column.parse(cell)))
        except BadValue:
            return None
    return KEY_SEPARATOR.join(parts)
