"""Checked rows against the store: which repeat within the load, which are new, changed, unchanged.

All of it is SQLAlchemy over scratch tables; a row is never brought into Python.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    select,
)

from adoption.store import Reader, Writer
from etl.mapping.feeds import Feed


def arriving_table(feed: Feed, name: str = "arriving") -> Table:
    """Rows that passed the check, in the order of the load: `position` counts over all files."""
    return Table(
        name,
        MetaData(),
        *[Column(column.name, column.type) for column in feed.table.c],
        Column("file_number", Integer),
        Column("position", BigInteger),
    )


@dataclass(frozen=True)
class Kept:
    """`incoming` holds the rows to write, each key once. The counts are by file number."""

    incoming: Table
    unchanged: dict[int, int]
    duplicate: dict[int, int]
    flagged: dict[int, int]  # of the rows written or unchanged
    kept: dict[int, int]


def keep(writer: Writer, feed: Feed, arriving: Table) -> Kept:
    """Sort out the rows of `arriving`. Makes scratch tables of its own; call it once in a load."""
    arrived = _count_by_file(writer, select(arriving.c.file_number))
    latest = _latest(writer, feed, arriving, sum(arrived.values()))
    last = _count_by_file(writer, select(latest.c.file_number))
    flagged = select(latest.c.file_number).where(latest.c.flags.is_not(None))
    incoming = latest
    if writer.has_rows(select(feed.table.c.load_id)):
        incoming = _like(arriving, "incoming")
        writer.scratch(incoming)
        writer.insert(incoming, select(*latest.c).where(~_is_in_store(feed, latest)))
    kept = _count_by_file(writer, select(incoming.c.file_number))
    return Kept(
        incoming,
        {number: count - kept.get(number, 0) for number, count in last.items()},
        {number: count - last.get(number, 0) for number, count in arrived.items()},
        _count_by_file(writer, flagged),
        kept,
    )


def count_keys(reader: Reader, feed: Feed, rows: Table) -> int:
    """How many different keys of the feed `rows` has."""
    key = [rows.c[name] for name in feed.key]
    keys = select(*key).group_by(*key).subquery("keys")
    return int(reader.frame(select(func.count().label("n")).select_from(keys))["n"].iloc[0])


def _like(table: Table, name: str) -> Table:
    return Table(name, MetaData(), *[Column(column.name, column.type) for column in table.columns])


def _count_by_file(reader: Reader, numbers: Select[Any]) -> dict[int, int]:
    """How many rows `numbers` (a select of file numbers) has for each."""
    rows = numbers.subquery("numbers")
    counted = select(rows.c.file_number, func.count().label("rows")).group_by(rows.c.file_number)
    frame = reader.frame(counted)
    return {int(n): int(c) for n, c in zip(frame["file_number"], frame["rows"], strict=True)}


def _same_key(feed: Feed, one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(*[one.c[name] == other.c[name] for name in feed.key])


def _is_in_store(feed: Feed, rows: Table) -> ColumnElement[bool]:
    """Whether the store has the very same row: key, every column, and what it was flagged for."""
    names = [*[column.name for column in feed.columns], "flags"]
    others = [name for name in names if name not in feed.key]
    equal = [feed.table.c[name].is_not_distinct_from(rows.c[name]) for name in others]
    return exists().where(_same_key(feed, feed.table, rows), *equal)


def _latest(writer: Writer, feed: Feed, arriving: Table, rows: int) -> Table:
    """The last row of each key; flagged where the rows of its key did not all say the same."""
    if count_keys(writer, feed, arriving) == rows:
        return arriving
    key = [arriving.c[name] for name in feed.key]
    repeated = Table(
        "repeated",
        MetaData(),
        *[Column(column.name, column.type) for column in key],
        Column("last_position", BigInteger),
    )
    writer.scratch(repeated)
    last_position = func.max(arriving.c.position).label("last_position")
    writer.insert(repeated, select(*key, last_position).group_by(*key).having(func.count() > 1))
    conflicts = _conflicts(feed, arriving, repeated)
    flags = case(
        (conflicts.c[feed.key[0]].is_(None), arriving.c.flags),
        (arriving.c.flags.is_(None), literal("conflicting_rows")),
        else_=arriving.c.flags + literal(",conflicting_rows"),
    )
    latest = _like(arriving, "latest")
    writer.scratch(latest)
    writer.insert(
        latest,
        select(*[flags.label("flags") if c.name == "flags" else c for c in arriving.c])
        .select_from(
            arriving.outerjoin(repeated, _same_key(feed, repeated, arriving)).outerjoin(
                conflicts, _same_key(feed, conflicts, arriving)
            )
        )
        .where(
            repeated.c.last_position.is_(None) | (repeated.c.last_position == arriving.c.position)
        ),
    )
    return latest


def _conflicts(feed: Feed, arriving: Table, repeated: Table) -> FromClause:
    """Keys whose rows in this load differ in some column."""
    versions = (
        select(*[arriving.c[column.name] for column in feed.columns])
        .join(repeated, _same_key(feed, repeated, arriving))
        .distinct()
        .subquery("versions")
    )
    key = [versions.c[name] for name in feed.key]
    return select(*key).group_by(*key).having(func.count() > 1).subquery("conflicts")
