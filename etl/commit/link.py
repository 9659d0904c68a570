"""What a certificate's derived columns say, for the rows that a load touches: which one renews
which (`renewed_on`, `is_renewal`), and from when until when its holder holds (holding.py).

DOMAIN section 3, renewed_on: the certificate's own application date; else the issue of the
certificate that says it replaces it; else the next certificate of the same holder and card, each
successor used once, oldest expiry first. A load can change the answer for certificates that it
does not contain (a late file brings a successor, a correction takes one away), so whole holders are
linked again: those of the rows that arrive, of the rows that they overwrite, and of the
certificates that either says it replaces. What comes of it is written where it is new.

SQL orders the certificates of holders with several and hands them on a million at a time, never a
part of a holder's. There is no join of certificates with their holder's others: it
would grow with the square (a placeholder 統一編號 on half a file).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    FromClause,
    MetaData,
    Select,
    String,
    Table,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    union,
)

from adoption.store import Query, Writer
from adoption.store.schema import certificates
from etl.commit.found import Found
from etl.commit.holding import held_until, is_mixed
from etl.commit.renewals import match_renewals

_FACTS = (
    "serial",
    "holder_id",
    "card",
    "issued_on",
    "expires_on",
    "ended_on",
    "county",
    "org_type",
    "renewal_applied_on",
    "replaces",
)
_DERIVED = ("renewed_on", "is_renewal", "held_until", "is_mixed")
_ROWS_AT_ONCE = 1_000_000
_PIECES_AT_ONCE = 40  # of a spool: a file of the lake each time


def touched_holders(writer: Writer, incoming: Table, gone: Table | None = None) -> Table:
    """The holders to link again once `incoming` is merged: a scratch table of holder_id and, for
    certificates without a holder, each of which stands alone, their serials.

    `incoming` holds the new and changed rows, each serial once; `gone` the serials of rows that are
    taken back. To be asked before that: a row that is overwritten may have been another holder's.
    """
    old = certificates.alias("old")
    target = certificates.alias("target")
    overwritten = old.join(incoming, incoming.c.serial == old.c.serial)
    holders = Table(
        "link_holders", MetaData(), Column("holder_id", String), Column("serial", String)
    )
    writer.scratch(holders)
    of_gone = []
    if gone is not None:
        removed = old.join(gone, gone.c.serial == old.c.serial)
        of_gone = [
            select(*_whose(old)).select_from(removed),
            select(*_whose(target)).select_from(
                removed.join(target, target.c.serial == old.c.replaces)
            ),
        ]
    every = union(
        *of_gone,
        select(*_whose(incoming)),
        select(*_whose(old)).select_from(overwritten),
        select(*_whose(target)).join(incoming, incoming.c.replaces == target.c.serial),
        select(*_whose(target)).select_from(
            overwritten.join(target, target.c.serial == old.c.replaces)
        ),
    ).subquery("every")
    writer.insert(holders, select(*every.c))
    return holders


def _whose(rows: FromClause) -> tuple[ColumnElement[str], ColumnElement[str]]:
    alone = case((rows.c.holder_id.is_(None), rows.c.serial))
    return rows.c.holder_id, alone.label("serial")


def link(writer: Writer, holders: Table) -> None:
    """Bring the derived columns of the certificates of `holders` up to date.

    Makes scratch tables of its own; call it once in a load.
    """
    scratch = _scratch(writer)
    world = scratch.world
    touched = certificates.join(holders, holders.c.holder_id == certificates.c.holder_id)
    facts = [certificates.c[column.name] for column in world.c]
    writer.insert(world, select(*facts).select_from(touched))
    if writer.has_rows(select(holders).where(holders.c.serial.is_not(None))):
        alone = certificates.join(holders, holders.c.serial == certificates.c.serial)
        without = certificates.c.holder_id.is_(None)
        writer.insert(world, select(*facts).select_from(alone).where(without))
    is_of_world = exists().where(world.c.serial == certificates.c.replaces)
    writer.insert(scratch.stated, _stated(certificates).where(is_of_world))
    # All of them first: what is asked in batches is to be exhausted before the next call.
    for matched in list(_matched(writer, _in_order(world, scratch, world.c.serial, 1))):
        writer.append(scratch.matched, matched)
    writer.insert(scratch.changed, _changed(world, scratch))
    if writer.has_rows(select(*scratch.changed.c)):
        writer.update(certificates, select(*scratch.changed.c))


def _spooled_copy(writer: Writer, rows: Table) -> Table:
    copy = Table("to_insert", MetaData(), *[Column(each.name, each.type) for each in rows.c])
    writer.spool(copy)
    for batch in writer.batches(select(*rows.c)):
        writer.append(copy, pa.Table.from_batches([batch]))
    writer.complete(copy)
    return copy


def insert_linked(writer: Writer, rows: Table) -> None:
    """Insert the certificates of `rows`, best a spool, into a store that has none.

    Each has what it says by itself (see lineage.py), and its `position`.
    """
    if not writer.is_spool(rows):
        rows = _spooled_copy(writer, rows)
    scratch = _scratch(writer)
    position = rows.c.position
    writer.insert(scratch.stated, _stated(rows))
    last = writer.frame(select(func.coalesce(func.max(position), 0).label("last")))["last"]
    found = Found(int(last.iloc[0]) + 1)
    replaced = select(position, scratch.stated.c.on_day).join_from(
        rows, scratch.stated, scratch.stated.c.serial == rows.c.serial
    )
    for batch in writer.batches(replaced, _ROWS_AT_ONCE):
        found.add_stated(batch)
    for matched in _matched(writer, _in_order(rows, scratch, position, 2)):
        found.add_matched(matched)
    pieces = writer.spooled(rows)
    while some := list(islice(pieces, _PIECES_AT_ONCE)):
        linked = found.applied_to(pa.Table.from_batches(some))
        writer.append(certificates, linked.select(certificates.c.keys()))


def _matched(writer: Writer, ordered: Query) -> Iterator[pa.Table]:
    """The key, on_day and renewal (see `match_renewals`), held_until and is_mixed of each."""
    for rows in _whole_groups(writer.batches(ordered, _ROWS_AT_ONCE)):
        found = match_renewals(rows).append_column("held_until", held_until(rows))
        yield found.append_column("is_mixed", pa.array(is_mixed(rows)))


@dataclass(frozen=True)
class _Scratch:
    world: Table  # the certificates of the holders that a load touches
    stated: Table  # certificates that another says it replaces, and when that was issued
    matched: Table  # what was found by dates, for each of the certificates that were ordered
    changed: Table  # the certificates for which the answer is now another


def _scratch(writer: Writer) -> _Scratch:
    metadata = MetaData()

    def of_certificates(name: str, *columns: str) -> Table:
        named = [Column(column, certificates.c[column].type) for column in columns]
        return Table(name, metadata, *named)

    tables = _Scratch(
        world=of_certificates("link_world", *_FACTS, *_DERIVED),
        stated=Table("link_stated", metadata, Column("serial", String), Column("on_day", Date)),
        matched=Table(
            "link_matched",
            metadata,
            Column("key", String),
            Column("on_day", Date),
            Column("renewal", Boolean),
            Column("held_until", Date),
            Column("is_mixed", Boolean),
        ),
        changed=of_certificates("link_changed", "serial", *_DERIVED),
    )
    for table in metadata.sorted_tables:
        writer.scratch(table)
    return tables


def _stated(world: Table) -> Select[Any]:
    """One may say that it replaces a card of quite another holder."""
    replaced = world.c.replaces
    return (
        select(replaced.label("serial"), func.min(world.c.issued_on).label("on_day"))
        .where(replaced.is_not(None))
        .group_by(replaced)
    )


def _in_order(world: Table, scratch: _Scratch, key: Column[Any], fewest: int) -> Query:
    """The certificates of holders that have at least so many, each named by `key`."""
    holder_id = world.c.holder_id
    # By a hash, which takes less memory. A holder who has fewer and shares it does no harm.
    number = func.hash(holder_id)
    several = (
        select(number.label("number"))
        .where(holder_id.is_not(None))
        .group_by(number)
        .having(func.count() >= fewest)
        .subquery("several")
    )
    is_stated = scratch.stated.c.serial == world.c.serial
    needs_successor = and_(world.c.renewal_applied_on.is_(None), scratch.stated.c.serial.is_(None))
    return (
        select(
            holder_id,
            world.c.card,
            key.label("key"),
            world.c.issued_on,
            world.c.expires_on,
            world.c.ended_on,
            world.c.county,
            world.c.org_type,
            needs_successor.label("needs_successor"),
            world.c.replaces.is_(None).label("may_succeed"),
        )
        .select_from(
            world.join(several, several.c.number == number).outerjoin(scratch.stated, is_stated)
        )
        .where(holder_id.is_not(None))
        .order_by(holder_id, world.c.card, world.c.expires_on, world.c.serial)
    )


def _whole_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows of `batches`, cut only between holders: the last one of a batch may go on."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        of_last = pc.equal(batch["holder_id"], batch["holder_id"][-1])
        cut = len(batch) - pc.sum(of_last).as_py()
        if cut:
            yield pa.Table.from_batches([*waiting, batch.slice(0, cut)])
            waiting = []
        waiting.append(batch.slice(cut))
    if waiting:
        yield pa.Table.from_batches(waiting)


def _changed(world: Table, scratch: _Scratch) -> Query:
    stated, matched = scratch.stated, scratch.matched
    derived = {
        "renewed_on": func.coalesce(world.c.renewal_applied_on, stated.c.on_day, matched.c.on_day),
        "is_renewal": or_(world.c.replaces.is_not(None), func.coalesce(matched.c.renewal, False)),
        "held_until": matched.c.held_until,
        "is_mixed": func.coalesce(matched.c.is_mixed, False),
    }
    found = world.outerjoin(stated, stated.c.serial == world.c.serial).outerjoin(
        matched, matched.c.key == world.c.serial
    )
    changes = [value.is_distinct_from(world.c[name]) for name, value in derived.items()]
    return (
        select(world.c.serial, *[value.label(name) for name, value in derived.items()])
        .select_from(found)
        .where(or_(*changes))
    )
