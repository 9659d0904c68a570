"""Whole stores, to compare: every table, its rows in an order of their own."""

from typing import Any

from sqlalchemy import select

from adoption.store import Reader
from adoption.store.schema import metadata

Rows = list[tuple[Any, ...]]


def contents(reader: Reader, *without: str) -> dict[str, Rows]:
    """Table -> its rows, sorted; columns named in `without` are left out."""
    found: dict[str, Rows] = {}
    for table in metadata.sorted_tables:
        query = select(*[column for column in table.c if column.name not in without])
        rows = [
            tuple(row)
            for batch in reader.batches(query)
            for row in zip(*batch.to_pydict().values(), strict=True)
        ]
        found[table.name] = sorted(rows, key=repr)
    return found
