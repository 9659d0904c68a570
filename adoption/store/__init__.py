"""The records, every version of them, behind one interface wherever they are kept.

address.py    what the URL says
lake.py       the store: versions, readers, the one writer
catalog.py    the lake's catalog, in a file or in PostgreSQL
engine.py     DuckDB, its extensions, SQLAlchemy on it
reader.py     answers from one version
writer.py     what a load can do
compute.py    a cluster that answers in place of DuckDB, where there is one (spark/)
versions.py   publications, and the versions that they make
changes.py    what is different between two versions
datafiles.py  the data on the disk: safe, and sound
upkeep.py     compaction, removal
errors.py     what went wrong, in words
schema.py     every table
"""

import os

from adoption.store.address import DEFAULT_URL, address
from adoption.store.compute import compute_for
from adoption.store.errors import StoreBusyError, StoreError, VersionError
from adoption.store.lake import Store
from adoption.store.reader import Query, Reader
from adoption.store.snapshot import Snapshot
from adoption.store.versions import EMPTY_VERSION, LAYOUT, Publication, Version
from adoption.store.writer import Writer

__all__ = [
    "DEFAULT_URL",
    "EMPTY_VERSION",
    "LAYOUT",
    "Publication",
    "Query",
    "Reader",
    "Snapshot",
    "Store",
    "StoreBusyError",
    "StoreError",
    "Version",
    "VersionError",
    "Writer",
    "open_store",
]


def open_store(url: str | None = None) -> Store:
    """The store at `url`, else at $ADOPTION_STORE, else the one in data/store.

    A Store's own `url` opens it again: it lacks the password, which is then taken from
    $ADOPTION_STORE where that names the same store. $ADOPTION_COMPUTE: see compute.py. Raises
    StoreError for what has no such form.
    """
    where = address(url or os.environ.get("ADOPTION_STORE") or DEFAULT_URL)
    return Store(where, compute=compute_for(where))
