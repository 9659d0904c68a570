"""A store as it is in one version, as a reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

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

    @classmethod
    def known_on(cls, store: Store, day: date | None) -> "Snapshot":
        """As known on `day`, after the last publication received by then; None: as it is now."""
        return cls.of(store) if day is None else cls(store, store.known_on(day))

    def frame(self, query: Query) -> pd.DataFrame:
        with self.store.at(self.version) as reader:
            return reader.frame(query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        with self.store.at(self.version) as reader:
            yield from reader.batches(query, rows)
