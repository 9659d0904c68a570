"""Answers from one version of the records, and what every reader of them can do."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa
from sqlalchemy import Select

from adoption.store import engine
from adoption.store.engine import Connection
from adoption.store.errors import told

Query: TypeAlias = Select[*tuple[Any, ...]]
_Renew = Callable[[], Connection]
_Answer = TypeVar("_Answer")


class Reader(Protocol):
    """Answers SQLAlchemy Core selects."""

    def frame(self, query: Query) -> pd.DataFrame:
        """The rows of `query`, one column a selected column; dates as datetime64 days."""

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """The rows of `query` in pieces of about `rows`, for results that memory cannot hold."""


class LakeReader:
    """One version, on a connection of its own: for one thread at a time."""

    def __init__(self, connection: Connection, place: str, renew: _Renew | None = None) -> None:
        """`renew` gives another connection to the same version: a file that compaction has merged
        away is in another one now, and a database that was away may be back."""
        self.connection = connection
        self._place = place
        self._renew = renew

    def frame(self, query: Query) -> pd.DataFrame:
        with told(self._place):
            return self._asked(lambda connection: engine.frame(connection, query))

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        def begun(connection: Connection) -> Iterator[pa.RecordBatch]:
            pieces = engine.batches(connection, query, rows)
            return chain(list(islice(pieces, 1)), pieces)

        with told(self._place):
            yield from self._asked(begun)

    def _asked(self, ask: Callable[[Connection], _Answer]) -> _Answer:
        """Asked once more on another connection where this one cannot answer."""
        try:
            return ask(self.connection)
        except duckdb.Error as error:
            if self._renew is None or isinstance(error, duckdb.CatalogException):
                raise
            self.connection = self._renew()
        return ask(self.connection)
