"""How rejects are cleared: by their mended row, whichever way it comes.

Two rules, and no other:

1. The file of rejects that reject_file.py makes has a column 退回編號 that says which reject a row
   is. A row of a later file of the same feed that carries it takes the place of that reject: it is
   accepted, or refused anew under its new load. What the clerk removed stays refused.
2. A row of a later load of the same feed that is accepted clears the earlier rejects with its key.

The name of a file and the number of a row clear nothing: next month's file is called the same.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from etl.mapping.feeds import Feed
from etl.validation.values import BadValue, is_empty

# The columns of a file of rejects that are not the source file's own; loading ignores their cells.
NUMBER = "退回編號"
COLUMNS = (NUMBER, "退回檔案", "退回工作表", "退回列號", "退回原因", "rejected_because")

# What a spreadsheet takes for the beginning of a formula, full width included.
_FORMULA = "=+\\-@\t\r＝＋－＠"
_DANGEROUS = re.compile(f"'*[{_FORMULA}]")
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

    def __str__(self) -> str:
        start = f"L{self.load_id}-F{self.file_number}-R{self.row_number}-{self.sha256[:8]}"
        return f"{start}-{self.sheet}" if self.sheet else start


def parsed_number(text: str) -> RejectNumber | None:
    """The reverse of str(RejectNumber), with the sha256's beginning only; None for other text."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    load, file, row, sha256, sheet = match.groups()
    return RejectNumber(int(load), int(file), int(row), sha256, sheet or "")


def is_mended(rows: pa.RecordBatch) -> bool:
    """Whether the rows are from a file of rejects."""
    return NUMBER in rows.schema.names


def claimed(rows: pa.RecordBatch) -> set[RejectNumber]:
    """The rejects whose place the rows take."""
    texts = rows.column(NUMBER).drop_null().to_pylist() if is_mended(rows) else []
    return {number for text in texts if (number := parsed_number(text)) is not None}


def quoted(cell: str) -> str:
    """`cell` with a quote before it where a spreadsheet would run it as a formula."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def unquoted(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows of a file of rejects as they were before `quoted`; others as they are."""
    if not is_mended(rows):
        return rows
    columns = [
        pc.replace_substring_regex(column, f"^'('*[{_FORMULA}])", r"\1")
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
