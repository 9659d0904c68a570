"""The records, behind one interface whatever the engine."""

import os

from adoption.store.base import (
    EMPTY_VERSION,
    Query,
    Reader,
    SpreadingWriter,
    Store,
    StoreBusyError,
    StoreError,
    Writer,
)
from adoption.store.duckdb import DuckDBStore

DEFAULT_URL = "duckdb:///data/store"

__all__ = [
    "DEFAULT_URL",
    "EMPTY_VERSION",
    "Query",
    "Reader",
    "SpreadingWriter",
    "Store",
    "StoreBusyError",
    "StoreError",
    "Writer",
    "open_store",
]


def open_store(url: str | None = None) -> Store:
    """The store at `url`, else at $ADOPTION_STORE, else the embedded one in data/store.

    Raises StoreError for a URL that no engine here serves.
    """
    url = url or os.environ.get("ADOPTION_STORE") or DEFAULT_URL
    if url.startswith("duckdb:///"):
        return DuckDBStore(url)
    if url.startswith(("spark://", "sc://")):
        from adoption.store.spark import SparkStore  # imports nothing of Spark before it is used

        return SparkStore(url)
    raise StoreError(f"{url}: not a store this version can open; use duckdb:///FOLDER")
