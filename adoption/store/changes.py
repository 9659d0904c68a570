"""What came, went and changed between two versions, from the lake's own change feed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Table

from adoption.store.engine import Connection
from adoption.store.schema import FEEDS, INTERNAL

Kind = Literal["came", "changed", "went"]
_ROWS = 10_000


@dataclass(frozen=True)
class Change:
    """A row of a feed that is not the same in both versions; its key first, days in ISO form."""

    feed: str
    change: Kind
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


def changes_between(connection: Connection, first: int, last: int) -> Iterator[Change]:
    """From snapshot `first` (0: before everything) to `last`, in the order of feeds and keys.

    `connection` sees the lake at `last` or later. What was changed and changed back is not told,
    nor that a load wrote a row again as it was.
    """
    for feed, table in FEEDS.items():
        names = _names(table)
        connection.execute(_difference(table, first, last))
        while rows := connection.fetchmany(_ROWS):
            for row in rows:
                yield _change(feed, table, names, row)


def counts_between(connection: Connection, first: int, last: int) -> dict[str, dict[str, int]]:
    """Feed -> how many rows came, changed and went."""
    counted: dict[str, dict[str, int]] = {}
    for feed, table in FEEDS.items():
        query = f"SELECT change, count(*) FROM ({_difference(table, first, last)}) GROUP BY 1"
        found = dict(connection.execute(query).fetchall())
        counted[feed] = {kind: found.get(kind, 0) for kind in ("came", "changed", "went")}
    return counted


def _names(table: Table) -> list[str]:
    """The columns of a row that people know, the key first."""
    key = [column.name for column in table.primary_key.columns]
    return [*key, *[c.name for c in table.c if c.name not in {*key, *INTERNAL}]]


def _difference(table: Table, first: int, last: int) -> str:
    names = _names(table)
    key = [column.name for column in table.primary_key.columns]
    of_key = ", ".join(key)
    if first == last:
        changed = f"SELECT {of_key} FROM {table.name} LIMIT 0"
    else:
        changed = (
            f"SELECT DISTINCT {of_key} FROM ducklake_table_changes(current_database(), 'main', "
            f"'{table.name}', {min(first, last) + 1}, {max(first, last)})"
        )
    same = " AND ".join(f"b.{name} = a.{name}" for name in key)
    before = (
        f"SELECT * FROM {table.name} AT (VERSION => {first}) SEMI JOIN changed USING ({of_key})"
    )
    if first == 0:
        before = f"SELECT * FROM {table.name} LIMIT 0"
    after = f"SELECT * FROM {table.name} AT (VERSION => {last}) SEMI JOIN changed USING ({of_key})"
    differs = " OR ".join(f"b.{name} IS DISTINCT FROM a.{name}" for name in names)
    columns = [f"{side}.{name} AS {side}_{name}" for side in ("b", "a") for name in names]
    return (
        f"WITH changed AS ({changed}), b AS ({before}), a AS ({after}) "
        f"SELECT CASE WHEN b.{key[0]} IS NULL THEN 'came' WHEN a.{key[0]} IS NULL THEN 'went' "
        f"ELSE 'changed' END AS change, {', '.join(columns)} "
        f"FROM b FULL JOIN a ON {same} WHERE {differs} "
        f"ORDER BY {', '.join(f'coalesce(a.{name}, b.{name})' for name in key)}"
    )


def _change(feed: str, table: Table, names: list[str], row: tuple[Any, ...]) -> Change:
    kind, *cells = row
    texts = [cell.isoformat() if isinstance(cell, date) else cell for cell in cells]
    before = dict(zip(names, texts[: len(names)], strict=True))
    after = dict(zip(names, texts[len(names) :], strict=True))
    known = before if kind == "went" else after
    key = {column.name: known[column.name] for column in table.primary_key.columns}
    return Change(
        feed, kind, key, None if kind == "came" else before, None if kind == "went" else after
    )
