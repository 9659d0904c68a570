"""Whole stores, to compare: every table, its rows in an order of their own."""

import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adoption.store import Reader, Store, open_store
from adoption.store.schema import TABLES

Rows = list[tuple[Any, ...]]


def contents(reader: Reader, *without: str) -> dict[str, Rows]:
    """Table -> its rows, sorted; columns named in `without` are left out."""
    found: dict[str, Rows] = {}
    for table in TABLES:
        query = select(*[column for column in table.c if column.name not in without])
        rows = [
            tuple(row)
            for batch in reader.batches(query)
            for row in zip(*batch.to_pydict().values(), strict=True)
        ]
        found[table.name] = sorted(rows, key=repr)
    return found


def copied(folder: Path, to: Path) -> Store:
    """The store in `folder` with all that is beside it, as one that a test may change or damage."""
    shutil.copytree(folder, to, dirs_exist_ok=True)
    return open_store(f"lake:///{to}/store")
