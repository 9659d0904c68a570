"""CSV: the header row, and the rows after it in batches of text, numbered as a spreadsheet does.

Rows are numbered from 1 at the top of the file, blank ones included; a cell with line breaks in it
is still one row.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from etl.headers import UnreadableFile

# Rows of about this many bytes together are checked at once; also the longest possible row.
BLOCK_BYTES = 4 << 20
# The header row must end within this.
HEAD_BYTES = 1 << 20


@dataclass(frozen=True)
class HeaderRow:
    """The first row with any text in it, and the byte at which the next row begins."""

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


def header_row(path: Path) -> HeaderRow:
    """Raises UnreadableFile when there is no header in an otherwise readable file."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    text = io.StringIO(head[bom:].decode("utf-8", errors="ignore"), newline="")
    try:
        for number, cells in enumerate(csv.reader(text), 1):
            if any(cell.strip() for cell in cells):
                end = bom + len(text.getvalue()[: text.tell()].encode())
                return HeaderRow(cells, number, end)
    except csv.Error as error:
        raise UnreadableFile(
            f"{path.name}：標題列讀不出來（{error}）；請確認是 CSV 檔",
            f"{path.name}: the header row cannot be read ({error}); check that it is a CSV file",
        ) from error
    raise UnreadableFile(
        f"{path.name}：檔案是空的，沒有標題列；請重新匯出",
        f"{path.name}: the file is empty, it has no header row; export it again",
    )


def text_batches(path: Path, header: HeaderRow) -> Iterator[TextBatch]:
    """The rows after the header, columns in the file's order under the names 0, 1, 2 ..."""
    names = [str(index) for index in range(len(header.cells))]
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

    with path.open("rb") as file:
        file.seek(header.end)
        if not file.peek(1):
            return
        try:
            # One thread: with more, Arrow does not number the rows that it leaves out.
            reader = arrow_csv.open_csv(
                file,
                arrow_csv.ReadOptions(
                    use_threads=False, block_size=BLOCK_BYTES, column_names=names
                ),
                arrow_csv.ParseOptions(
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep_malformed,
                ),
                arrow_csv.ConvertOptions(
                    column_types={name: pa.string() for name in names},
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
            raise _unreadable(path, next_number, error) from error
    if malformed:
        empty = pa.RecordBatch.from_pydict({n: pa.array([], pa.string()) for n in names})
        yield TextBatch(pa.array([], pa.int64()), empty, malformed, position)


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


def _unreadable(path: Path, row: int, error: Exception) -> UnreadableFile:
    if "straddling" in str(error):
        return UnreadableFile(
            f"{path.name}：第 {row:,} 列之後有引號沒有關閉，或有一列超過 {BLOCK_BYTES >> 20} MB；"
            "請檢查引號",
            f"{path.name}: after row {row:,} a quotation mark is never closed, or a row is longer "
            f"than {BLOCK_BYTES >> 20} MB; check the quotation marks",
        )
    return UnreadableFile(
        f"{path.name}：第 {row:,} 列之後讀不出來（{error}）；請確認是 CSV 檔",
        f"{path.name}: cannot be read after row {row:,} ({error}); check that it is a CSV file",
    )
