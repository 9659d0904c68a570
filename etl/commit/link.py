"""What a certificate's derived columns say, for the rows that a load touches: which one renews
which (`renewed_on`, `is_renewal`), and from when until when its holder holds (holding.py).

DOMAIN section 3, renewed_on: the certificate's own application date; else the issue of the
certificate that says it replaces it; else the next certificate of the same holder and card, each
successor used once, oldest expiry first. A load can change the answer for certificates that it
does not contain (a late file brings a successor, a correction takes one away), so whole holders are
linked again: those of the rows that arrive, of the rows that they overwrite, and of the
certificates that either says it replaces. What comes of it is written where it is new.

Certificates are put in order (ordering.py), and neighbours compared. There is no join of
certificates with their holder's others: it would grow with the square (a placeholder 統一編號 on
half a file).
"""

from collections.abc import Iterator
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
    case,
    exists,
    func,
    or_,
    select,
    union,
    union_all,
)

from adoption.store import Query, Writer
from adoption.store.schema import certificates
from etl.commit.appending import Appending
from etl.commit.found import Found
from etl.commit.holding import held_until, is_mixed
from etl.commit.ordering import COLUMNS, Ordering
from etl.commit.renewals import match_renewals

_DERIVED = ("renewed_on", "is_renewal", "held_until", "is_mixed")
_ROWS_AT_ONCE = 1_000_000
_PIECES_AT_ONCE = 8  # of a spool


def merge_linked(writer: Writer, incoming: Table, gone: Table | None = None) -> None:
    """Upsert the certificates of `incoming` and remove those of `gone`, with what comes of it for
    the derived columns of both their holders' certificates.

    `incoming` holds the new and changed rows, each serial once; `gone` serials. Makes scratch
    tables of its own; call it once in a load. Each row is written once: a row that is written and
    then updated leaves a file with deletes, which slows every question until it is rewritten.
    """
    leaving = _leaving(writer, incoming, gone)
    holders = _touched_holders(writer, incoming, leaving)
    if writer.has_rows(select(*leaving.c)):
        writer.delete(certificates, exists().where(leaving.c.serial == certificates.c.serial))
    changed = _link(writer, holders, incoming)
    linked = incoming.outerjoin(changed, changed.c.serial == incoming.c.serial)
    is_changed = changed.c.serial.is_not(None)
    values = [
        case((is_changed, changed.c[each.name]), else_=incoming.c[each.name]).label(each.name)
        if each.name in _DERIVED
        else incoming.c[each.name]
        for each in certificates.c
    ]
    writer.insert(certificates, select(*values).select_from(linked))
    is_incoming = exists().where(incoming.c.serial == changed.c.serial)
    others = select(*changed.c).where(~is_incoming)
    if writer.has_rows(others):
        writer.update(certificates, others)


def _leaving(writer: Writer, incoming: Table, gone: Table | None) -> Table:
    """What the rows say that are overwritten or removed: they may have been another holder's."""
    names = ("serial", "holder_id", "replaces")
    leaving = Table("link_leaving", MetaData(), *[Column(name, String) for name in names])
    writer.scratch(leaving)
    named = [select(each.c.serial) for each in (incoming, gone) if each is not None]
    serials = union(*named).subquery("serials") if gone is not None else incoming
    rows = certificates.join(serials, serials.c.serial == certificates.c.serial)
    writer.insert(leaving, select(*[certificates.c[name] for name in names]).select_from(rows))
    return leaving


def _touched_holders(writer: Writer, incoming: Table, leaving: Table) -> Table:
    """The holders to link again: a scratch table of holder_id and, for certificates without a
    holder, each of which stands alone, their serials."""
    holders = Table(
        "link_holders", MetaData(), Column("holder_id", String), Column("serial", String)
    )
    writer.scratch(holders)
    either = [select(*_whose(rows)) for rows in (incoming, leaving)]
    replaced = union(
        *[
            select(rows.c.replaces).where(rows.c.replaces.is_not(None))
            for rows in (incoming, leaving)
        ]
    ).subquery("replaced")
    if writer.has_rows(select(replaced.c.replaces)):
        of_replaced = certificates.join(replaced, replaced.c.replaces == certificates.c.serial)
        either.append(select(*_whose(certificates)).select_from(of_replaced))
    every = union(*either).subquery("every")
    writer.insert(holders, select(*every.c))
    return holders


def _whose(rows: FromClause) -> tuple[ColumnElement[str], ColumnElement[str]]:
    alone = case((rows.c.holder_id.is_(None), rows.c.serial))
    return rows.c.holder_id, alone.label("serial")


def _link(writer: Writer, holders: Table, incoming: Table) -> Table:
    """A scratch table of the serials whose derived columns are to be others, with these: among
    `incoming` and the certificates of `holders`."""
    scratch = _scratch(writer)
    world = scratch.world
    touched = certificates.join(holders, holders.c.holder_id == certificates.c.holder_id)
    facts = [certificates.c[column.name] for column in world.c]
    writer.insert(world, select(*facts).select_from(touched))
    if writer.has_rows(select(holders).where(holders.c.serial.is_not(None))):
        alone = certificates.join(holders, holders.c.serial == certificates.c.serial)
        without = certificates.c.holder_id.is_(None)
        writer.insert(world, select(*facts).select_from(alone).where(without))
    writer.insert(world, select(*[incoming.c[column.name] for column in world.c]))
    either = [select(rows.c.replaces, rows.c.issued_on) for rows in (certificates, incoming)]
    replacing = union_all(*either).subquery("replacing")
    is_of_world = exists().where(world.c.serial == replacing.c.replaces)
    writer.insert(scratch.stated, _stated(replacing).where(is_of_world))
    stated = pa.array(writer.frame(select(scratch.stated.c.serial))["serial"], pa.string())
    ordering = Ordering()
    for batch in writer.batches(select(*world.c).order_by(world.c.serial)):
        ordering.add(batch, batch["serial"], pc.is_in(batch["serial"], stated))
    for matched in _matched(ordering, 1):
        writer.append(scratch.matched, matched)
    writer.insert(scratch.changed, _changed(world, scratch))
    return scratch.changed


def _spooled_copy(writer: Writer, rows: Table) -> Table:
    copy = Table("to_insert", MetaData(), *[Column(each.name, each.type) for each in rows.c])
    writer.spool(copy)
    for batch in writer.batches(select(*rows.c)):
        writer.append(copy, pa.Table.from_batches([batch]))
    writer.complete(copy)
    return copy


def insert_linked(writer: Writer, rows: Table, *, is_rising: bool = False) -> None:
    """Insert the certificates of `rows`, best a spool, into a store that has none.

    Each has what it says by itself (see lineage.py), and its `position`. `is_rising`: the serials
    of a spool rise from row to row.
    """
    if not writer.is_spool(rows):
        rows, is_rising = _spooled_copy(writer, rows), False
    stated = _scratch(writer).stated
    position = rows.c.position
    writer.insert(stated, _stated(rows))
    last = writer.frame(select(func.coalesce(func.max(position), 0).label("last")))["last"]
    found = Found(int(last.iloc[0]) + 1)
    replaced = select(position, stated.c.on_day).join_from(
        rows, stated, stated.c.serial == rows.c.serial
    )
    for batch in writer.batches(replaced, _ROWS_AT_ONCE):
        found.add_stated(batch)
    facts = select(position, *[rows.c[name] for name in COLUMNS]).order_by(rows.c.serial)
    ordering = Ordering()
    for batch in writer.spooled(rows) if is_rising else writer.batches(facts):
        keys = batch["position"].cast(pa.int32())
        ordering.add(batch, keys, found.is_stated(keys))
    for matched in _matched(ordering, 2):
        found.add_matched(matched)
    pieces = writer.spooled(rows)
    with Appending(writer, certificates) as appending:
        while some := list(islice(pieces, _PIECES_AT_ONCE)):
            linked = found.applied_to(pa.Table.from_batches(some))
            appending.add(linked.select(certificates.c.keys()))


def _matched(ordering: Ordering, fewest: int) -> Iterator[pa.Table]:
    """The key, on_day and renewal (see `match_renewals`), held_until and is_mixed of each."""
    for rows in ordering.of_holders(fewest):
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
        world=of_certificates("link_world", "serial", *COLUMNS, *_DERIVED),
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


def _stated(rows: FromClause) -> Select[Any]:
    """One may say that it replaces a card of quite another holder."""
    replaced = rows.c.replaces
    return (
        select(replaced.label("serial"), func.min(rows.c.issued_on).label("on_day"))
        .where(replaced.is_not(None))
        .group_by(replaced)
    )


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
