"""Rows on their way into a table, written while the next ones are made."""

from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa
from sqlalchemy import Table

from adoption.store import Writer

# Rows are written so many at a time: enough for the store to use more than one core.
ROWS_WRITTEN_AT_ONCE = 500_000


class Appending:
    """Never two writings at once; no other call to the writer before the context has ended, or
    `wait` has."""

    def __init__(self, writer: Writer, into: Table) -> None:
        self._writer = writer
        self._into = into
        self._waiting: list[pa.Table] = []
        self._thread = ThreadPoolExecutor(1)
        self._written: Future[None] = self._thread.submit(lambda: None)

    def __enter__(self) -> "Appending":
        return self

    def add(self, rows: pa.Table) -> None:
        self._waiting.append(rows)
        if sum(table.num_rows for table in self._waiting) >= ROWS_WRITTEN_AT_ONCE:
            self._write()

    def wait(self) -> None:
        """Until nothing is being written; raises what the writing raised."""
        self._written.result()

    def _write(self) -> None:
        self.wait()
        rows, self._waiting = pa.concat_tables(self._waiting), []
        self._written = self._thread.submit(self._writer.append, self._into, rows)

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None and self._waiting:
                self._write()
            if kind is None:
                self.wait()
        finally:
            self._thread.shutdown()
            pa.default_memory_pool().release_unused()  # the store needs it next
