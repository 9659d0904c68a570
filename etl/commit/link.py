"""Which certificate renews which: `renewed_on` and `is_renewal` for the rows that a load touches.

DOMAIN section 3, renewed_on: the certificate's own application date; else the issue of the
certificate that says it replaces it; else the next certificate of the same holder and card, each
successor used once, oldest expiry first. A load can change the answer for certificates that it
does not contain (a late file brings a successor, a correction takes one away), so whole holders are
linked again: those of the rows that arrive, of the rows that they overwrite, and of the
certificates that either says it replaces. What comes of it is written where it is new.

SQL orders the certificates of holders with several and hands them to `match_renewals` a million at
a time, never a part of a group. There is no join of certificates with their holder's others: it
would grow with the square (a placeholder 統一編號 on half a file).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    MetaData,
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
from etl.commit.renewals import match_renewals

_FACTS = (
    "serial",
    "holder_id",
    "card",
    "issued_on",
    "expires_on",
    "renewal_applied_on",
    "replaces",
)
_DERIVED = ("renewed_on", "is_renewal")
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


def link(writer: Writer, holders: Table | None) -> None:
    """Bring renewed_on and is_renewal of the certificates of `holders` up to date.

    None is all holders of a store into which a first load has just been put. Makes scratch tables
    of its own; call it once in a load.
    """
    scratch = _scratch(writer)
    world: FromClause = certificates
    if holders is not None:
        world = scratch.world
        touched = certificates.join(holders, holders.c.holder_id == certificates.c.holder_id)
        facts = [certificates.c[column.name] for column in scratch.world.c]
        writer.insert(scratch.world, select(*facts).select_from(touched))
        alone = certificates.join(holders, holders.c.serial == certificates.c.serial)
        if not writer.frame(select(holders).where(holders.c.serial.is_not(None)).limit(1)).empty:
            without = certificates.c.holder_id.is_(None)
            writer.insert(scratch.world, select(*facts).select_from(alone).where(without))
    writer.insert(scratch.stated, _stated(None if holders is None else world))
    batches = writer.batches(_in_order(world, scratch), _ROWS_AT_ONCE)
    # All of them first: `batches` is to be exhausted before the next call.
    for matched in [match_renewals(rows) for rows in _whole_groups(batches)]:
        writer.append(scratch.matched, matched)
    writer.insert(scratch.changed, _changed(world, scratch))
    writer.update(certificates, select(*scratch.changed.c))


@dataclass(frozen=True)
class _Scratch:
    world: Table  # the certificates of the holders that a load touches
    stated: Table  # certificates that another says it replaces, and when that was issued
    matched: Table  # what was found by dates
    changed: Table  # the certificates for which the answer is now another


def _scratch(writer: Writer) -> _Scratch:
    metadata = MetaData()

    def of_certificates(name: str, *columns: str) -> Table:
        named = [Column(column, certificates.c[column].type) for column in columns]
        return Table(name, metadata, *named)

    def of_days(name: str, *more: Column[int]) -> Table:
        return Table(name, metadata, Column("serial", String), Column("on_day", Date), *more)

    tables = _Scratch(
        world=of_certificates("link_world", *_FACTS, *_DERIVED),
        stated=of_days("link_stated"),
        matched=of_days("link_matched", Column("renewal", Integer)),
        changed=of_certificates("link_changed", "serial", *_DERIVED),
    )
    for table in metadata.sorted_tables:
        writer.scratch(table)
    return tables


def _stated(world: FromClause | None) -> Query:
    """Looks at all certificates: one may say that it replaces a card of quite another holder."""
    replaced = certificates.c.replaces
    stated = (
        select(replaced.label("serial"), func.min(certificates.c.issued_on).label("on_day"))
        .where(replaced.is_not(None))
        .group_by(replaced)
    )
    return stated if world is None else stated.where(exists().where(world.c.serial == replaced))


def _in_order(world: FromClause, scratch: _Scratch) -> Query:
    """What `match_renewals` looks at: nobody follows where all were issued on one day."""
    group = (world.c.holder_id, world.c.card)
    issued_on = world.c.issued_on
    several = (
        select(*group)
        .group_by(*group)
        .having(func.min(issued_on) < func.max(issued_on))
        .subquery("several")
    )
    of_several = and_(several.c.holder_id == group[0], several.c.card == group[1])
    is_stated = scratch.stated.c.serial == world.c.serial
    needs_successor = and_(world.c.renewal_applied_on.is_(None), scratch.stated.c.serial.is_(None))
    return (
        select(
            *group,
            world.c.serial,
            issued_on,
            world.c.expires_on,
            needs_successor.label("needs_successor"),
            world.c.replaces.is_(None).label("may_succeed"),
        )
        .select_from(world.join(several, of_several).outerjoin(scratch.stated, is_stated))
        .order_by(*group, world.c.expires_on, world.c.serial)
    )


def _whole_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows of `batches`, cut only between groups: the last group of a batch may go on."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        of_last = [pc.equal(batch[name], batch[name][-1]) for name in ("holder_id", "card")]
        cut = len(batch) - pc.sum(pc.and_(*of_last)).as_py()
        if cut:
            yield pa.Table.from_batches([*waiting, batch.slice(0, cut)])
            waiting = []
        waiting.append(batch.slice(cut))
    if waiting:
        yield pa.Table.from_batches(waiting)


def _changed(world: FromClause, scratch: _Scratch) -> Query:
    stated, matched = scratch.stated, scratch.matched
    renewed_on = func.coalesce(world.c.renewal_applied_on, stated.c.on_day, matched.c.on_day)
    is_renewal = or_(world.c.replaces.is_not(None), func.coalesce(matched.c.renewal, 0) == 1)
    found = world.outerjoin(stated, stated.c.serial == world.c.serial).outerjoin(
        matched, matched.c.serial == world.c.serial
    )
    return (
        select(world.c.serial, renewed_on.label("renewed_on"), is_renewal.label("is_renewal"))
        .select_from(found)
        .where(
            or_(
                renewed_on.is_distinct_from(world.c.renewed_on),
                is_renewal != world.c.is_renewal,
            )
        )
    )
