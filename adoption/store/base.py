"""What every engine's store can do; metrics and loading know nothing else of an engine."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

import pandas as pd
import pyarrow as pa
from sqlalchemy import ColumnElement, Select, Table

from adoption.language import Text

Query: TypeAlias = Select[*tuple[Any, ...]]
# The version of a store to which nothing was ever published.
EMPTY_VERSION = "empty"


class StoreError(Exception):
    """A store cannot do what was asked; the message says what, where and what to do.

    `zh` is the same in Chinese.
    """

    def __init__(self, en: str, zh: str = "") -> None:
        super().__init__(en)
        self.zh = zh or en


class VersionError(StoreError):
    """An earlier version of a store is not kept any more, or cannot be opened."""


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
    append whole batches, upsert or update by key from a select, delete by condition. Nothing is
    visible to a reader before the writing context ends well. One statement runs at a time: exhaust
    `batches` before the next call.
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

    def update(self, table: Table, query: Query) -> None:
        """Set the other columns of `query` in the rows of `table` with the same primary key.

        `query` names the whole key, holds none twice, and does not read `table`.
        """

    def delete(self, table: Table, where: ColumnElement[bool]) -> None:
        """Remove the rows for which `where` holds."""

    def at_end(self, call: Callable[[bool], None]) -> None:
        """Have `call` called once, while no other can write: with True when all is published, with
        False when it is given up. For files beside the store; what it raises is not heard of."""


@runtime_checkable
class SpreadingWriter(Writer, Protocol):
    """A writer that many machines work for. Its `batches` may be read while it writes."""

    def spread(
        self,
        table: Table,
        pieces: Iterable[pa.RecordBatch],
        work: Callable[[pa.RecordBatch], pa.Table],
    ) -> None:
        """Add to `table` what `work` makes of each of `pieces`, as `append` would.

        `work` is pickled, runs on any machine, and more than once on a piece whose machine died;
        what it gave before does not count. A piece keeps the metadata of its schema.
        """


class Store(Reader, Protocol):
    """The records on one engine.

    Every answer comes from one version as a whole. Answers that belong together are asked of one
    reader, `at` the version that they are then kept under: a load that is published meanwhile does
    not mix with them.
    """

    # Opens it again, but for a password, which is never in it: see `open_store`.
    url: str

    @property
    def folder(self) -> Path | None:
        """Where files beside the records are: archive/ and jobs/. None: the URL names no such."""

    @property
    def version(self) -> str:
        """Names what a reader sees now; changes with every publication. The cache key.

        Raises StoreError when the store cannot be read, or has another layout than this program.
        """

    @property
    def notice(self) -> Text | None:
        """What is wrong with the store although it can be read: a dashboard shows it. Else None."""

    def writing(self, start: str | None = None) -> AbstractContextManager[Writer]:
        """The one writer: publishes when the block ends, leaves no trace when it raises.

        It begins with what a reader sees now; or, with `start`, with one of `earlier_versions`;
        or with no records at all, with EMPTY_VERSION.

        Raises StoreBusyError at once when another load is writing, and StoreError when the store
        cannot be written to, before or while it is.
        """

    def earlier_versions(self) -> Sequence[str]:
        """Versions that are kept besides the current one, the newest first; often none."""

    def at(self, version: str) -> AbstractContextManager[Reader]:
        """A reader of the current version or of a kept one, whatever is published meanwhile.

        Raises VersionError for one that is not kept or cannot be opened, StoreError when the store
        cannot be read.
        """

    def upgrade(self) -> tuple[str | None, str]:
        """Make the tables, or bring older ones to this program's layout (adoption/store/layout.py),
        without loss.

        Returns the layouts before (None: there were no tables) and after; often the same. Raises as
        `writing`.
        """

    def close(self) -> None:
        """Let go of connections and files."""


@dataclass(frozen=True)
class Snapshot:
    """A store as it is in one version, whatever is published meanwhile: a Reader of that."""

    store: Store
    version: str

    @classmethod
    def of(cls, store: Store) -> "Snapshot":
        """As it is now."""
        return cls(store, store.version)

    def frame(self, query: Query) -> pd.DataFrame:
        with self.store.at(self.version) as reader:
            return reader.frame(query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        with self.store.at(self.version) as reader:
            yield from reader.batches(query, rows)
