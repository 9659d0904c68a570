"""Rows of a load in a file of their own until they are complete: Arrow, on disk, read as a table.

Cheaper than a table that is written and then updated: what a column can only say once all rows are
there is known when the rows are written to the lake.
"""

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

    def rows(self) -> "pa.dataset.Dataset | None":
        """All of them, None where there are none; nothing can be appended any more."""
        if self._writing is None:
            return None
        self._writing.close()
        return pa.dataset.dataset(str(self._path), format="ipc")
