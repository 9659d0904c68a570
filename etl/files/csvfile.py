"""CSV: the rows after the header in batches of text, numbered as a spreadsheet does.

Rows are numbered from 1 at the top of the file, blank ones included; a cell with line breaks in it
is still one row.
"""

import csv
import secrets
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from etl.files import limits
from etl.files.account import LineCounts
from etl.files.layout import HeaderRow, Layout, Open
from etl.files.line_count import CountedText
from etl.files.quotes import (
    OpenQuote,
    SwallowedRows,
    breaks_in,
    count_breaks,
    endless_line,
    refuse_swallowing,
    swallowed,
)
from etl.mapping.headers import UnreadableFile

# Rows of about this many bytes together are checked at once; also the longest possible row.
BLOCK_BYTES = 8 << 20


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


class TooManyMalformed(Exception):  # noqa: N818 (it says what was seen)
    """More rows of another width than the header than are kept in memory."""


def text_batches(
    name: str, open_text: Open, header: HeaderRow, layout: Layout, counts: LineCounts
) -> Iterator[TextBatch]:
    """The rows after the header, columns in the file's order under the names 0, 1, 2 ...

    Fills `counts`. Raises UnreadableFile, also for a quote that swallowed rows or stays open.
    """
    reading = _Reading(header, layout)
    try:
        with open_text() as file:
            counted = CountedText(file, reading.last_row)
            counted.skip(header.end)
            yield from reading.batches(counted, counts)
            counts.lines = counted.lines
    except pa.ArrowInvalid as error:
        raise _unreadable(name, open_text, layout, reading.next_number, error) from error
    except TooManyMalformed:
        raise too_many_malformed(name, reading.width) from None
    except SwallowedRows as found:
        raise swallowed(name, open_text, layout, found) from None


class _Reading:
    """The rows of one file, being read."""

    def __init__(self, header: HeaderRow, layout: Layout) -> None:
        self.width = len(header.cells)
        self.layout = layout
        self.next_number = header.row_number + 1
        self._has_ended = False  # the row that was put after the end has come
        self._end = secrets.token_hex(16)
        self._header = header
        self._malformed: list[Malformed] = []
        self._skipped: deque[int] = deque()  # numbers of rows that Arrow leaves out, not yet passed
        self._blank = 0
        self._misfits = 0

    @property
    def last_row(self) -> bytes:
        return (self._end + self.layout.delimiter * (self.width - 1) + "\n").encode()

    def batches(self, text: CountedText, counts: LineCounts) -> Iterator[TextBatch]:
        position = self._header.end
        for batch in self._arriving(text):
            # Not text.tell(): Arrow reads some thirty blocks ahead.
            position += BLOCK_BYTES
            rows = self._without_end(batch)
            numbers, self.next_number = _numbers(self.next_number, rows.num_rows, self._skipped)
            passed = [
                row
                for row in self._malformed
                if self._has_ended or row.row_number < self.next_number
            ]
            del self._malformed[: len(passed)]
            if rows.num_rows or passed:
                yield self._batch(numbers, rows, passed, position, counts)
        if self._malformed:
            nothing = pa.RecordBatch.from_pydict(
                {str(place): pa.array([], pa.string()) for place in range(self.width)}
            )
            yield self._batch(np.array([], int), nothing, self._malformed, position, counts)
        counts.blank += self._blank

    def _arriving(self, text: CountedText) -> Iterator[pa.RecordBatch]:
        """Raises TooManyMalformed: what is raised within Arrow does not come out of it."""
        try:
            yield from self._open(text)
        except pa.ArrowInvalid:
            if self._misfits > limits.MALFORMED_ROWS:
                raise TooManyMalformed from None
            raise

    def _open(self, text: CountedText) -> arrow_csv.CSVStreamingReader:
        places = [str(place) for place in range(self.width)]
        # One thread: with more, Arrow does not number the rows that it leaves out.
        return arrow_csv.open_csv(
            text,
            arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=places),
            arrow_csv.ParseOptions(
                delimiter=self.layout.delimiter,
                quote_char='"' if self.layout.quotes else False,
                newlines_in_values=self.layout.quotes,
                ignore_empty_lines=False,
                invalid_row_handler=self._keep_malformed,
            ),
            arrow_csv.ConvertOptions(
                column_types={place: pa.string() for place in places},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    def _keep_malformed(self, row: arrow_csv.InvalidRow) -> str:
        self._misfits += 1
        if self._misfits > limits.MALFORMED_ROWS:
            return "error"
        # The number is counted from the first row after the header.
        number = self._header.row_number + row.number
        if row.text.strip():
            self._malformed.append(Malformed(number, row.actual_columns, row.text))
        else:
            self._blank += 1
        self._skipped.append(number)
        return "skip"

    def _without_end(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Without the row that was put after the end of the file."""
        if not batch.num_rows or batch.column(0)[-1].as_py() != self._end:
            return batch
        self._has_ended = True
        return batch.slice(0, batch.num_rows - 1)

    def _batch(
        self,
        numbers: np.ndarray,
        rows: pa.RecordBatch,
        malformed: list[Malformed],
        position: int,
        counts: LineCounts,
    ) -> TextBatch:
        self._look_for_end(rows, malformed)
        if self.layout.quotes:
            counts.in_cells += breaks_in(numbers, rows, self.layout.delimiter)
            counts.in_cells += sum(self._breaks_in_malformed(row) for row in malformed)
        row_numbers = pa.array(numbers, pa.int64())
        if any(column.null_count == 0 for column in rows.columns):
            return TextBatch(row_numbers, rows, malformed, position)
        has_text = np.logical_or.reduce([c.is_valid().to_numpy(False) for c in rows.columns])
        counts.blank += len(has_text) - int(has_text.sum())
        mask = pa.array(has_text)
        return TextBatch(row_numbers.filter(mask), rows.filter(mask), malformed, position)

    def _breaks_in_malformed(self, row: Malformed) -> int:
        breaks = count_breaks(row.text)
        if breaks:
            cells = cells_of(row.text, self.layout)
            refuse_swallowing(cells, row.row_number, self.layout.delimiter, self.width)
        return breaks

    def _look_for_end(self, rows: pa.RecordBatch, malformed: list[Malformed]) -> None:
        """Raises OpenQuote where the end of the file stands inside a cell of the last row."""
        if malformed and self._end in malformed[-1].text:
            number, cells = malformed[-1].row_number, cells_of(malformed[-1].text, self.layout)
        elif rows.num_rows:
            number = self.next_number - 1
            cells = [column[-1].as_py() or "" for column in rows.columns]
        else:
            return
        for place, cell in enumerate(cells):
            if self._end in cell:
                raise OpenQuote(number, sum(map(count_breaks, cells[:place])))


def cells_of(text: str, layout: Layout) -> list[str]:
    """The cells of one row; the text as one cell where it is none."""
    try:
        return next(csv.reader([text], delimiter=layout.delimiter, quoting=layout.quoting))
    except (csv.Error, StopIteration):
        return [text]


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


def too_many_malformed(name: str, width: int) -> UnreadableFile:
    most = f"{limits.MALFORMED_ROWS:,}"
    return UnreadableFile(
        f"{name}：超過 {most} 列的格數和標題（{width} 格）不同；請確認分隔符號和標題列",
        f"{name}: more than {most} rows have other than the {width} cells of the header; "
        "check the separator and the header row",
    )


def _unreadable(
    name: str, open_text: Open, layout: Layout, row: int, error: Exception
) -> UnreadableFile:
    if "straddling" in str(error):
        line = endless_line(open_text, layout)
        return UnreadableFile(
            f"{name}：第 {line:,} 行的引號沒有關閉，或那一列超過 {BLOCK_BYTES >> 20} MB；"
            "請補上或刪除那個引號",
            f"{name}: on line {line:,} a quotation mark is never closed, or a row is longer "
            f"than {BLOCK_BYTES >> 20} MB; close or remove it",
        )
    return UnreadableFile(
        f"{name}：第 {row:,} 列之後讀不出來（{error}）；請確認是 CSV 檔",
        f"{name}: cannot be read after row {row:,} ({error}); check that it is a CSV file",
    )
