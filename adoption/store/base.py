"""What every engine's store can do; metrics and loading know nothing else of an engine."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeAlias

import pandas as pd
import pyarrow as pa
from sqlalchemy import ColumnElement, Select, Table

Query: TypeAlias = Select[*tuple[Any, ...]]


class StoreError(Exception):
    """A store cannot do what was asked; the message says what, where and what to do."""


class StoreBusyError(StoreError):
    """Another load is writing to this store."""


class Reader(Protocol):
    """Answers SQLAlchemy Core selects."""

    def frame(self, query: Query) -> pd.DataFrame:
        """The rows of `query`, one column a selected column; dates as datetime64 days."""

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The rows of `query` in pieces of about `rows`, for results that memory cannot hold."""


class Writer(Reader, Protocol):
    """A store while one load writes to it.

    The verbs are those that a transactional database and a folder of Parquet files can both do:
    append whole batches, upsert by key from a select, delete by condition. Nothing is visible to
    a reader before the writing context ends well. One statement runs at a time: exhaust `batches`
    before the next call.
    """

    def scratch(self, table: Table) -> None:
        """Make `table` (empty, in place of one of that name) for this load; never published."""

    def append(self, table: Table, rows: pa.Table) -> None:
        """Add `rows` to `table`. Columns are matched by name; absent ones become NULL."""

    def insert(self, table: Table, query: Query) -> None:
        """Add what `query` gives to `table`; the query's columns are labelled as the table's."""

    def merge(self, table: Table, query: Query) -> None:
        """Upsert: rows of `query` replace those of `table` with the same primary key.

        `query` names every column of the table and holds no primary key twice.
        """

    def delete(self, table: Table, where: ColumnElement[bool]) -> None:
        """Remove the rows for which `where` holds."""


class Store(Reader, Protocol):
    """The records on one engine."""

    url: str

    @property
    def version(self) -> str:
        """Names what a reader sees now; changes with every publication. The cache key."""

    def writing(self) -> AbstractContextManager[Writer]:
        """The one writer: publishes when the block ends, leaves no trace when it raises.

        Raises StoreBusyError at once when another load is writing.
        """

    def close(self) -> None:
        """Let go of connections and files."""
