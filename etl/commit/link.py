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
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Integer,
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
from etl.commit.holding import held_until
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
    if not writer.frame(select(holders).where(holders.c.serial.is_not(None)).limit(1)).empty:
        alone = certificates.join(holders, holders.c.serial == certificates.c.serial)
        without = certificates.c.holder_id.is_(None)
        writer.insert(world, select(*facts).select_from(alone).where(without))
    writer.insert(scratch.stated, _stated(certificates).where(_is_of(world)))
    _match(writer, world, scratch, fewest=1)
    derived, found = _derived(world, scratch)
    changes = [value.is_distinct_from(world.c[name]) for name, value in derived.items()]
    writer.insert(
        scratch.changed,
        select(world.c.serial, *derived.values()).select_from(found).where(or_(*changes)),
    )
    writer.update(certificates, select(*scratch.changed.c))


def insert_linked(writer: Writer, rows: Table) -> None:
    """Insert `rows`, certificates that each say what they do by themselves (see lineage.py), into
    a store that has none."""
    scratch = _scratch(writer)
    writer.insert(scratch.stated, _stated(rows))
    _match(writer, rows, scratch, fewest=2)
    derived, found = _derived(rows, scratch)
    columns = [derived.get(column.name, rows.c[column.name]) for column in certificates.c]
    writer.insert(certificates, select(*columns).select_from(found))


def _match(writer: Writer, world: Table, scratch: "_Scratch", fewest: int) -> None:
    batches = writer.batches(_in_order(world, scratch, fewest), _ROWS_AT_ONCE)
    # All of them first: `batches` is to be exhausted before the next call.
    for matched in [_matched(rows) for rows in _whole_groups(batches)]:
        writer.append(scratch.matched, matched)


def _matched(rows: pa.Table) -> pa.Table:
    found = match_renewals(rows).append_column("held_until", held_until(rows))
    return found.append_column("is_mixed", rows["is_mixed"])


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

    def of_days(name: str, *more: Column[Any]) -> Table:
        return Table(name, metadata, Column("serial", String), Column("on_day", Date), *more)

    tables = _Scratch(
        world=of_certificates("link_world", *_FACTS, *_DERIVED),
        stated=of_days("link_stated"),
        matched=of_days(
            "link_matched",
            Column("renewal", Integer),
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


def _is_of(world: Table) -> ColumnElement[bool]:
    return exists().where(world.c.serial == certificates.c.replaces)


def _in_order(world: Table, scratch: _Scratch, fewest: int) -> Query:
    """The certificates of holders that have at least so many."""
    holder_id = world.c.holder_id
    differs = [func.min(world.c[name]) < func.max(world.c[name]) for name in ("county", "org_type")]
    several = (
        select(holder_id, or_(*differs).label("is_mixed"))
        .where(holder_id.is_not(None))
        .group_by(holder_id)
        .having(func.count() >= fewest)
        .subquery("several")
    )
    is_stated = scratch.stated.c.serial == world.c.serial
    needs_successor = and_(world.c.renewal_applied_on.is_(None), scratch.stated.c.serial.is_(None))
    return (
        select(
            holder_id,
            world.c.card,
            world.c.serial,
            world.c.issued_on,
            world.c.expires_on,
            world.c.ended_on,
            several.c.is_mixed,
            needs_successor.label("needs_successor"),
            world.c.replaces.is_(None).label("may_succeed"),
        )
        .select_from(
            world.join(several, several.c.holder_id == holder_id).outerjoin(
                scratch.stated, is_stated
            )
        )
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


def _derived(world: Table, scratch: _Scratch) -> tuple[dict[str, ColumnElement[Any]], FromClause]:
    """The derived columns of `world`, labelled, and what they are selected from."""
    stated, matched = scratch.stated, scratch.matched
    is_matched = matched.c.serial.is_not(None)
    derived = {
        "renewed_on": func.coalesce(world.c.renewal_applied_on, stated.c.on_day, matched.c.on_day),
        "is_renewal": or_(world.c.replaces.is_not(None), func.coalesce(matched.c.renewal, 0) == 1),
        "held_until": case((is_matched, matched.c.held_until), else_=world.c.held_until),
        "is_mixed": func.coalesce(matched.c.is_mixed, False),
    }
    found = world.outerjoin(stated, stated.c.serial == world.c.serial).outerjoin(
        matched, matched.c.serial == world.c.serial
    )
    return {name: value.label(name) for name, value in derived.items()}, found
