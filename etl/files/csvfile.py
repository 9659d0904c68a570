"""CSV: the header row, and the rows after it in batches of text, numbered as a spreadsheet does.

Rows are numbered from 1 at the top of the file, blank ones included; a cell with line breaks in it
is still one row.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from etl.files import limits
from etl.files.spreadsheet import too_many_columns
from etl.mapping.headers import FIRST_ROWS, Found, UnreadableFile, find_header

# Rows of about this many bytes together are checked at once; also the longest possible row.
BLOCK_BYTES = 8 << 20
# The header row must end within this.
HEAD_BYTES = 1 << 20
DELIMITERS = (",", "\t", ";", "|")

# The text in UTF-8 from its start, as often as it is asked for.
Open = Callable[[], io.BufferedReader]


@dataclass(frozen=True)
class Layout:
    """How cells are told apart."""

    delimiter: str = ","
    quotes: bool = True

    @property
    def quoting(self) -> Literal[0, 3]:
        """The same, in the words of the csv module."""
        return csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE


@dataclass(frozen=True)
class HeaderRow:
    """The header (its last row, where it has two), and the byte at which the next row begins.

    `row_number` is 0 for a file without one.
    """

    cells: list[str]
    row_number: int
    end: int


@dataclass(frozen=True)
class Malformed:
    """A row with too many or too few cells, as it stood in the file."""

    row_number: int
    cells: int
    text: str


@dataclass(frozen=True)
class TextBatch:
    """Rows of text (an empty cell is null), their numbers, and malformed rows since the last."""

    row_numbers: pa.Array
    rows: pa.RecordBatch
    malformed: list[Malformed]
    position: int  # about how many bytes of the file are read so far


def header_row(
    name: str, open_text: Open, names: Mapping[str, str], layout: Layout | None = None
) -> tuple[HeaderRow, Layout]:
    """The row that recognises the most of `names`, and the delimiter with which it does.

    `layout` is tried alone when it is given. Raises UnreadableFile when there is no header in an
    otherwise readable file.
    """
    with open_text() as file:
        head = file.read(HEAD_BYTES)
    best: tuple[Found, list[int], Layout] | None = None
    failure: csv.Error | None = None
    for tried in [layout] if layout else [Layout(delimiter) for delimiter in DELIMITERS]:
        rows, ends, error = _first_rows(head, tried)
        failure = failure or error
        found = find_header(names, rows)
        if found and (best is None or _weight(found) > _weight(best[0])):
            best = found, ends, tried
    if best:
        found, ends, layout = best
        if len(found.cells) > limits.COLUMNS:
            raise too_many_columns(name)
        return HeaderRow(found.cells, found.place + 1, ends[found.place]), layout
    if failure:
        raise UnreadableFile(
            f"{name}：標題列讀不出來（{failure}）；請確認是 CSV 檔",
            f"{name}: the header row cannot be read ({failure}); check that it is a CSV file",
        ) from failure
    raise UnreadableFile(
        f"{name}：檔案是空的，沒有標題列；請重新匯出",
        f"{name}: the file is empty, it has no header row; export it again",
    )


def first_rows(open_text: Open, first_cell: str) -> list[list[str]]:
    """The first rows, in cells by the delimiter that makes `first_cell` one; else none."""
    with open_text() as file:
        head = file.read(HEAD_BYTES)
    if first_cell.encode() not in head[:HEAD_BYTES]:
        return []
    for delimiter in DELIMITERS:
        rows, _, _ = _first_rows(head, Layout(delimiter))
        if rows and first_cell in rows[0]:
            return rows
    return []


def _weight(found: Found) -> tuple[int, int]:
    # Without anything recognised, the delimiter that makes the most cells is the likely one.
    return found.recognised, 0 if found.recognised else len(found.cells)


def _first_rows(head: bytes, layout: Layout) -> tuple[list[list[str]], list[int], csv.Error | None]:
    """The first rows, the byte after each, and what stopped the reading before their end."""
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    text = io.StringIO(head[bom:].decode("utf-8", errors="ignore"), newline="")
    rows: list[list[str]] = []
    ends: list[int] = []
    end = bom
    before = 0
    try:
        for cells in csv.reader(text, delimiter=layout.delimiter, quoting=layout.quoting):
            rows.append(cells)
            after = text.tell()
            end += len(text.getvalue()[before:after].encode())
            before = after
            ends.append(end)
            if len(rows) == FIRST_ROWS:
                break
    except csv.Error as error:
        return rows, ends, error
    return rows, ends, None


def text_batches(
    name: str, open_text: Open, header: HeaderRow, layout: Layout
) -> Iterator[TextBatch]:
    """The rows after the header, columns in the file's order under the names 0, 1, 2 ..."""
    places = [str(index) for index in range(len(header.cells))]
    malformed: list[Malformed] = []
    skipped: deque[int] = deque()  # numbers of rows that Arrow leaves out, not yet passed
    next_number, position = header.row_number + 1, header.end

    def keep_malformed(row: arrow_csv.InvalidRow) -> str:
        if row.text.strip():
            # The number is counted from the first row after the header.
            number = header.row_number + row.number
            malformed.append(Malformed(number, row.actual_columns, row.text))
        skipped.append(header.row_number + row.number)
        return "skip"

    with open_text() as file:
        _skip(file, header.end)
        if not file.peek(1):
            return
        try:
            # One thread: with more, Arrow does not number the rows that it leaves out.
            reader = arrow_csv.open_csv(
                file,
                arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK_BYTES, column_names=places
                ),
                arrow_csv.ParseOptions(
                    delimiter=layout.delimiter,
                    quote_char='"' if layout.quotes else False,
                    newlines_in_values=layout.quotes,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep_malformed,
                ),
                arrow_csv.ConvertOptions(
                    column_types={place: pa.string() for place in places},
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
            for batch in reader:
                # Not file.tell(): Arrow reads some thirty blocks ahead.
                position += BLOCK_BYTES
                numbers, next_number = _numbers(next_number, batch.num_rows, skipped)
                passed = [row for row in malformed if row.row_number < next_number]
                del malformed[: len(passed)]
                yield _without_blank(numbers, batch, passed, position)
        except pa.ArrowInvalid as error:
            raise _unreadable(name, next_number, error) from error
    if malformed:
        empty = pa.RecordBatch.from_pydict({n: pa.array([], pa.string()) for n in places})
        yield TextBatch(pa.array([], pa.int64()), empty, malformed, position)


def _skip(file: io.BufferedReader, size: int) -> None:
    if file.seekable():
        file.seek(size)
        return
    while size and (passed := file.read(min(size, HEAD_BYTES))):
        size -= len(passed)


def _numbers(first: int, count: int, skipped: deque[int]) -> tuple[np.ndarray, int]:
    """Numbers of the next `count` rows, and the one after. Takes those it passes off `skipped`."""
    pieces = []
    while count and skipped and skipped[0] < first + count:
        gap = skipped.popleft()
        pieces.append(np.arange(first, gap))
        count -= gap - first
        first = gap + 1
    pieces.append(np.arange(first, first + count))
    return np.concatenate(pieces), first + count


def _without_blank(
    numbers: np.ndarray, batch: pa.RecordBatch, malformed: list[Malformed], position: int
) -> TextBatch:
    row_numbers = pa.array(numbers, pa.int64())
    if any(column.null_count == 0 for column in batch.columns):
        return TextBatch(row_numbers, batch, malformed, position)
    has_text = np.logical_or.reduce([c.is_valid().to_numpy(False) for c in batch.columns])
    mask = pa.array(has_text)
    return TextBatch(row_numbers.filter(mask), batch.filter(mask), malformed, position)


def _unreadable(name: str, row: int, error: Exception) -> UnreadableFile:
    if "straddling" in str(error):
        return UnreadableFile(
            f"{name}：第 {row:,} 列之後有引號沒有關閉，或有一列超過 {BLOCK_BYTES >> 20} MB；"
            "請檢查引號",
            f"{name}: after row {row:,} a quotation mark is never closed, or a row is longer "
            f"than {BLOCK_BYTES >> 20} MB; check the quotation marks",
        )
    return UnreadableFile(
        f"{name}：第 {row:,} 列之後讀不出來（{error}）；請確認是 CSV 檔",
        f"{name}: cannot be read after row {row:,} ({error}); check that it is a CSV file",
    )
