"""The records, behind one interface whatever the engine."""

import os
import re

from adoption.store.base import (
    EMPTY_VERSION,
    Query,
    Reader,
    Snapshot,
    SpreadingWriter,
    Store,
    StoreBusyError,
    StoreError,
    VersionError,
    Writer,
)
from adoption.store.duckdb import DuckDBStore

DEFAULT_URL = "duckdb:///data/store"

__all__ = [
    "DEFAULT_URL",
    "EMPTY_VERSION",
    "Query",
    "Reader",
    "Snapshot",
    "SpreadingWriter",
    "Store",
    "StoreBusyError",
    "StoreError",
    "VersionError",
    "Writer",
    "open_store",
]


def open_store(url: str | None = None) -> Store:
    """The store at `url`, else at $ADOPTION_STORE, else the embedded one in data/store.

    A Store's own `url` opens it again: it lacks the password, which is then taken from
    $ADOPTION_STORE where that names the same store. Raises StoreError for a URL that no engine here
    serves.
    """
    url = url or os.environ.get("ADOPTION_STORE") or DEFAULT_URL
    match url.partition(":")[0]:
        case "duckdb" if url.startswith("duckdb:///"):
            return DuckDBStore(url)
        case "postgresql+psycopg":
            # Who has no such database need not wait for its driver.
            from adoption.store.postgresql import PostgreSQLStore

            return PostgreSQLStore(url)
        case "spark" | "sc":
            from adoption.store.spark import SparkStore

            return SparkStore(url)
    without_password = re.sub("(?<=//).*@", "***@", url)
    raise StoreError(
        f"{without_password}: not a store this version can open; use duckdb:///FOLDER, "
        "postgresql+psycopg://USER@HOST/DATABASE?folder=FOLDER or "
        "spark://HOST:PORT?warehouse=/FOLDER",
        f"{without_password}：本程式不能開啟這種資料庫；請用 duckdb:///資料夾、"
        "postgresql+psycopg://使用者@主機/資料庫?folder=資料夾 或 "
        "spark://主機:埠號?warehouse=/資料夾",
    )
