"""Batches of rows, none larger than memory is meant for, without cells longer than any."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from etl.files import limits
from etl.files.csvfile import TextBatch
from etl.mapping.headers import UnreadableFile


def limited(name: str, headers: Sequence[str], batches: Iterator[TextBatch]) -> Iterator[TextBatch]:
    """Raises UnreadableFile for a cell that is too long, by its row and the header over it."""
    for batch in batches:
        _refuse_long_cells(name, headers, batch)
        _refuse_long_rows(name, batch)
        yield from _in_pieces(batch)


def _in_pieces(batch: TextBatch) -> Iterator[TextBatch]:
    if batch.rows.num_rows <= limits.ROWS_AT_ONCE:
        yield batch
        return
    malformed = batch.malformed
    for start in range(0, batch.rows.num_rows, limits.ROWS_AT_ONCE):
        rows = batch.rows.slice(start, limits.ROWS_AT_ONCE)
        numbers = batch.row_numbers.slice(start, limits.ROWS_AT_ONCE)
        yield replace(batch, rows=rows, row_numbers=numbers, malformed=malformed)
        malformed = []


def _refuse_long_cells(name: str, headers: Sequence[str], batch: TextBatch) -> None:
    for header, column in zip(headers, batch.rows.columns, strict=True):
        if _longest(column) <= limits.CELL_SIGNS:
            continue
        signs = pc.fill_null(pc.utf8_length(column), 0).to_numpy(False)
        longest = int(signs.argmax())
        if signs[longest] > limits.CELL_SIGNS:
            raise _too_long(name, batch.row_numbers[longest].as_py(), header, int(signs[longest]))


def _longest(column: pa.Array) -> int:
    """In bytes, from where each text begins: no text is looked at."""
    starts = column.buffers()[1]
    if starts is None or not len(column):
        return 0
    at = np.frombuffer(starts, np.int32)[column.offset : column.offset + len(column) + 1]
    return int(np.diff(at).max())


def _refuse_long_rows(name: str, batch: TextBatch) -> None:
    for row in batch.malformed:
        if len(row.text) > limits.CELL_SIGNS:
            raise _too_long(name, row.row_number, "", len(row.text))


def _too_long(name: str, row: int, header: str, signs: int) -> UnreadableFile:
    zh, en = (f"「{header}」", f" “{header}”") if header else ("", "")
    return UnreadableFile(
        f"{name}：第 {row:,} 列{zh}有 {signs:,} 個字，一格最多 {limits.CELL_SIGNS:,} 個；"
        "請縮短或刪除",
        f"{name}: row {row:,}{en} has {signs:,} signs, a cell at most {limits.CELL_SIGNS:,}; "
        "shorten or delete it",
    )
