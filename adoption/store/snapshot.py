"""A store as it is in one version, as a reader."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from adoption.store.lake import Store
from adoption.store.reader import Query


@dataclass(frozen=True)
class Snapshot:
    """Whatever is published meanwhile: a Reader of `version`."""

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
