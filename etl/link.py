"""Which certificate renews which: `renewed_on` and `is_renewal` for the rows that a load touches.

DOMAIN section 3, renewed_on: the certificate's own application date; else the issue of the
certificate that says it replaces it; else the next certificate of the same holder and card, each
successor used once, oldest expiry first. A load can change the answer for certificates that it
does not contain (a late file brings a successor, a correction takes one away), so whole holders are
linked again: those of the rows that arrive, of the rows that they overwrite, and of the
certificates that either says it replaces. What comes of it is written where it is new.

Nearly all holders are simple: no two certificates want the same successor, and SQL can give each
its earliest. The others, and holders with very many certificates (a placeholder 統一編號 on half a
file), go through `settle`, which walks them in order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from adoption.store import Query, Writer
from adoption.store.schema import certificates
from etl.successors import DAYS_AFTER_EXPIRY, DAYS_BEFORE_EXPIRY, Candidate, settle

# Above this many certificates of one holder and card, pairing them in SQL grows with the square.
CROWD = 50

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


def touched_holders(writer: Writer, incoming: Table) -> Table:
    """The holders to link again once `incoming` is merged: a scratch table of holder_id.

    `incoming` holds the new and changed rows, each serial once. To be asked before they are merged:
    a row that is overwritten may have been another holder's.
    """
    old = certificates.alias("old")
    target = certificates.alias("target")
    overwritten = old.join(incoming, incoming.c.serial == old.c.serial)
    holders = Table("link_holders", MetaData(), Column("holder_id", String))
    writer.scratch(holders)
    every = union(
        select(incoming.c.holder_id),
        select(old.c.holder_id).select_from(overwritten),
        select(target.c.holder_id).join(incoming, incoming.c.replaces == target.c.serial),
        select(target.c.holder_id).select_from(
            overwritten.join(target, target.c.serial == old.c.replaces)
        ),
    ).subquery("every")
    writer.insert(holders, select(every.c.holder_id))
    return holders


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
    writer.insert(scratch.stated, _stated(None if holders is None else world))
    writer.insert(scratch.crowds, _crowds(world))
    writer.insert(scratch.pairs, _pairs(world, scratch))
    writer.insert(scratch.contested, _contested(scratch))
    writer.insert(scratch.links, _first_choices(scratch))
    writer.insert(scratch.renewals, _simple_renewals(scratch))
    renewed: dict[str, date] = {}
    renewals: set[str] = set()
    for group in _contested_groups(writer, world, scratch):
        group_renewed, group_renewals = settle(group)
        renewed |= group_renewed
        renewals |= group_renewals
    writer.append(scratch.links, _columns(serial=renewed.keys(), renewed_on=renewed.values()))
    writer.append(scratch.renewals, _columns(serial=renewals))
    writer.insert(scratch.found, _found(scratch))
    writer.insert(scratch.changed, _changed(world, scratch, has_links=holders is not None))
    writer.update(certificates, select(*scratch.changed.c))


@dataclass(frozen=True)
class _Scratch:
    world: Table  # the certificates of the holders that a load touches
    stated: Table  # certificates that another says it replaces, and when that was issued
    crowds: Table  # holder and card with more than CROWD certificates
    pairs: Table  # a certificate and one that could be its successor
    contested: Table  # holder and card to be walked in order
    links: Table  # certificates that found a successor, and when that was issued
    renewals: Table  # certificates that follow an earlier one without saying so
    found: Table  # all of that, a row a certificate: a table, so that engines know how few it has
    changed: Table  # the certificates for which the answer is now another


def _scratch(writer: Writer) -> _Scratch:
    metadata = MetaData()
    group = ("holder_id", "card")

    def of_certificates(name: str, *columns: str) -> Table:
        named = [Column(column, certificates.c[column].type) for column in columns]
        return Table(name, metadata, *named)

    tables = _Scratch(
        world=of_certificates("link_world", *_FACTS, *_DERIVED),
        stated=Table("link_stated", metadata, Column("serial", String), Column("on_day", Date)),
        crowds=Table("link_crowds", metadata, *[Column(name, String) for name in group]),
        pairs=Table(
            "link_pairs",
            metadata,
            *[Column(name, String) for name in (*group, "serial", "successor")],
            Column("successor_issued_on", Date),
            Column("needs_successor", Boolean),
        ),
        contested=Table("link_contested", metadata, *[Column(name, String) for name in group]),
        links=Table("link_links", metadata, Column("serial", String), Column("renewed_on", Date)),
        renewals=Table("link_renewals", metadata, Column("serial", String)),
        found=Table(
            "link_found",
            metadata,
            Column("serial", String),
            Column("on_day", Date),
            Column("renewal", Integer),
        ),
        changed=of_certificates("link_changed", "serial", *_DERIVED),
    )
    for table in metadata.sorted_tables:
        writer.scratch(table)
    return tables


def _columns(**columns: Iterable[Any]) -> pa.Table:
    types = {"serial": pa.string(), "renewed_on": pa.date32()}
    return pa.table({name: pa.array(list(values), types[name]) for name, values in columns.items()})


def _stated(world: FromClause | None) -> Query:
    """Looks at all certificates: one may say that it replaces a card of quite another holder."""
    replaced = certificates.c.replaces
    stated = (
        select(replaced.label("serial"), func.min(certificates.c.issued_on).label("on_day"))
        .where(replaced.is_not(None))
        .group_by(replaced)
    )
    return stated if world is None else stated.where(exists().where(world.c.serial == replaced))


def _crowds(world: FromClause) -> Query:
    group = (world.c.holder_id, world.c.card)
    return select(*group).group_by(*group).having(func.count() > CROWD)


def _in(groups: Table, row: FromClause) -> ColumnElement[bool]:
    return exists().where(groups.c.holder_id == row.c.holder_id, groups.c.card == row.c.card)


def _needs_successor(row: FromClause, scratch: _Scratch) -> ColumnElement[bool]:
    """For a row that is outer joined to `stated`."""
    return and_(row.c.renewal_applied_on.is_(None), scratch.stated.c.serial.is_(None))


def _pairs(world: FromClause, scratch: _Scratch) -> Query:
    old, new = world.alias("old"), world.alias("new")
    before = literal(DAYS_BEFORE_EXPIRY, literal_execute=True)
    after = literal(DAYS_AFTER_EXPIRY, literal_execute=True)
    could_succeed = and_(
        new.c.holder_id == old.c.holder_id,
        new.c.card == old.c.card,
        new.c.issued_on > old.c.issued_on,
        new.c.issued_on >= old.c.expires_on - before,
        new.c.issued_on <= old.c.expires_on + after,
    )
    return (
        select(
            old.c.holder_id,
            old.c.card,
            old.c.serial,
            new.c.serial.label("successor"),
            new.c.issued_on.label("successor_issued_on"),
            _needs_successor(old, scratch).label("needs_successor"),
        )
        .select_from(
            old.join(new, could_succeed).outerjoin(
                scratch.stated, scratch.stated.c.serial == old.c.serial
            )
        )
        .where(new.c.replaces.is_(None), ~_in(scratch.crowds, old))
    )


def _contested(scratch: _Scratch) -> Query:
    pairs = scratch.pairs
    wanted_twice = (
        select(pairs.c.holder_id, pairs.c.card)
        .where(pairs.c.needs_successor)
        .group_by(pairs.c.holder_id, pairs.c.card, pairs.c.successor)
        .having(func.count() > 1)
    )
    return select(union(wanted_twice, select(*scratch.crowds.c)).subquery("groups"))


def _first_choices(scratch: _Scratch) -> Query:
    pairs = scratch.pairs
    # All that is kept of a successor is its day, so ties between serials need no deciding here.
    return (
        select(pairs.c.serial, func.min(pairs.c.successor_issued_on).label("renewed_on"))
        .where(pairs.c.needs_successor, ~_in(scratch.contested, pairs))
        .group_by(pairs.c.serial)
    )


def _simple_renewals(scratch: _Scratch) -> Query:
    pairs = scratch.pairs
    renewal = select(pairs.c.successor.label("serial")).where(~_in(scratch.contested, pairs))
    return renewal.distinct()


def _contested_groups(
    writer: Writer, world: FromClause, scratch: _Scratch
) -> Iterator[list[Candidate]]:
    rows = (
        select(
            world.c.holder_id,
            world.c.card,
            world.c.serial,
            world.c.issued_on,
            world.c.expires_on,
            _needs_successor(world, scratch).label("needs_successor"),
            world.c.replaces.is_(None).label("may_succeed"),
        )
        .select_from(world.outerjoin(scratch.stated, scratch.stated.c.serial == world.c.serial))
        .where(_in(scratch.contested, world))
        .order_by(world.c.holder_id, world.c.card)
    )
    flat = (
        row
        for batch in writer.batches(rows)
        for row in zip(*[column.to_pylist() for column in batch.columns], strict=True)
    )
    for _, group in groupby(flat, key=lambda row: row[:2]):
        yield [Candidate(*row[2:]) for row in group]


def _found(scratch: _Scratch) -> Query:
    """What was found out, a row a certificate."""
    nothing, one = cast(null(), Date), literal(1, literal_execute=True)
    zero = literal(0, literal_execute=True)
    parts = union_all(
        select(scratch.stated.c.serial, scratch.stated.c.on_day, zero.label("renewal")),
        select(scratch.links.c.serial, scratch.links.c.renewed_on, zero),
        select(scratch.renewals.c.serial, nothing, one),
    ).subquery("parts")
    return select(
        parts.c.serial,
        func.max(parts.c.on_day).label("on_day"),
        func.max(parts.c.renewal).label("renewal"),
    ).group_by(parts.c.serial)


def _changed(world: FromClause, scratch: _Scratch, *, has_links: bool) -> Query:
    """`has_links`: of earlier loads, and one of which nothing was found now may have to go."""
    found = scratch.found
    renewed_on = func.coalesce(world.c.renewal_applied_on, found.c.on_day)
    is_renewal = or_(world.c.replaces.is_not(None), func.coalesce(found.c.renewal, 0) == 1)
    return (
        select(world.c.serial, renewed_on.label("renewed_on"), is_renewal.label("is_renewal"))
        .select_from(world.join(found, found.c.serial == world.c.serial, isouter=has_links))
        .where(
            or_(
                renewed_on.is_distinct_from(world.c.renewed_on),
                is_renewal != world.c.is_renewal,
            )
        )
    )
