"""Rows of a load in a file of their own until they are complete: Arrow, on disk, read as a table.

Cheaper than a table that is written and then updated: what a column can only say once all rows are
there is known when the rows are written to the lake.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset
import pyarrow.ipc

# Reading keeps several pieces at a time in memory.
_ROWS_IN_A_PIECE = 16_384
_COMPRESSION = "lz4"


class Spool:
    """Written from first to last, then read as often as needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing: pa.ipc.RecordBatchFileWriter | None = None

    def append(self, rows: pa.Table) -> None:
        """`rows` all have the same columns."""
        if self._writing is None:
            options = pa.ipc.IpcWriteOptions(compression=_COMPRESSION)
            self._writing = pa.ipc.new_file(str(self._path), rows.schema, options=options)
        self._writing.write_table(rows, max_chunksize=_ROWS_IN_A_PIECE)

    def complete(self) -> bool:
        """Nothing is appended any more; False where nothing was."""
        if self._writing is None:
            return False
        self._writing.close()
        return True

    def table(self) -> pa.dataset.Dataset:
        """What DuckDB reads as a table."""
        return pa.dataset.dataset(str(self._path), format="ipc")

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in the order in which they came; the next ones are unpacked meanwhile."""
        with pa.ipc.open_file(str(self._path)) as file, ThreadPoolExecutor(1) as thread:
            unpacked = (
                thread.submit(file.get_batch, number) for number in range(file.num_record_batches)
            )
            waiting = list(islice(unpacked, 2))
            while waiting:
                yield waiting.pop(0).result()
                waiting += islice(unpacked, 1)
