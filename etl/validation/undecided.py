"""Rows of a file set aside until all of it is read: days with short years, see short_years.py.

They wait as Arrow batches, on disk when there are many, so that the file is not read again.
"""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO

import pyarrow as pa

_MOST_IN_MEMORY = 32 << 20


class Undecided(AbstractContextManager["Undecided"]):
    """Batches of one schema, to be read once after the last was added."""

    def __init__(self) -> None:
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY)  # noqa: SIM115
        self._writer: pa.ipc.RecordBatchStreamWriter | None = None

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def add(self, rows: pa.RecordBatch | None) -> None:
        if rows is None:
            return
        if self._writer is None:
            self._writer = pa.ipc.new_stream(pa.PythonFile(self._spool, "w"), rows.schema)
        self._writer.write_batch(rows)

    def batches(self) -> Iterator[pa.RecordBatch]:
        if self._writer is None:
            return
        self._writer.close()
        self._spool.seek(0)
        yield from pa.ipc.open_stream(pa.PythonFile(self._spool, "r"))


def as_bytes(rows: pa.RecordBatch | None) -> bytes:
    """To travel from another machine; `from_bytes` reads it back."""
    if rows is None:
        return b""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_batch(rows)
    stored: bytes = sink.getvalue().to_pybytes()
    return stored


def from_bytes(stored: bytes) -> pa.RecordBatch | None:
    return pa.ipc.open_stream(stored).read_next_batch() if stored else None
