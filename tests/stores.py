"""A store that holds exactly the rows that a test names, with no file to read or check."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Integer,
    MetaData,
    String,
    Table,
    select,
)

from adoption.store import Store, open_store
from adoption.store.schema import certificates as certificates_table
from adoption.store.schema import entities as entities_table
from adoption.store.schema import reminders as reminders_table
from adoption.store.schema import suspensions as suspensions_table
from adoption.store.schema import systems as systems_table
from adoption.store.schema import targets as targets_table
from adoption.store.schema import units as units_table
from etl.commit.lineage import with_derived
from etl.commit.link import insert_linked, merge_linked
from tests.reference import (
    Certificate,
    Entity,
    Mail,
    Records,
    Suspension,
    System,
    Target,
    Unit,
)

_ARROW = {
    String: pa.string(),
    Date: pa.date32(),
    Boolean: pa.bool_(),
    BigInteger: pa.int64(),
    Double: pa.float64(),
}


def _arrow(table: Table, rows: Iterable[object], load_id: int) -> pa.Table:
    derived = {"renewed_on", "is_renewal", "recorded_serial", "held_until", "is_mixed"}
    fields = [
        pa.field(column.name, _ARROW.get(type(column.type), pa.int32()))
        for column in table.columns
        if column.name not in derived
    ]
    values = [{**asdict(row), "load_id": load_id} for row in rows]
    found = pa.Table.from_pylist(values, schema=pa.schema(fields))
    return with_derived(found) if table.name == certificates_table.name else found


def arriving(rows: Iterable[Certificate], load_id: int) -> pa.Table:
    """Certificates as loading has them before it links renewals."""
    found = _arrow(certificates_table, rows, load_id)
    return found.append_column("position", pa.array(range(len(found)), pa.int64()))


def load_certificates(store: Store, rows: Iterable[Certificate], load_id: int) -> None:
    """One more load: new certificates are added, those with a known serial are replaced."""
    columns = [Column(column.name, column.type) for column in certificates_table.columns]
    columns.append(Column("position", BigInteger))
    incoming = Table("incoming_certificates", MetaData(), *columns)
    rows_of_load = arriving(rows, load_id)
    with store.writing() as writer:
        writer.scratch(incoming)
        writer.append(incoming, rows_of_load)
        if not writer.has_rows(select(certificates_table.c.load_id)):
            insert_linked(writer, incoming)
        else:
            merge_linked(writer, incoming)


def fill(store: Store, records: Records) -> None:
    """Put these rows into an empty store, renewals linked, all of load 1."""
    with store.writing() as writer:
        for table, rows in (
            (units_table, records.units),
            (systems_table, records.systems),
            (suspensions_table, records.suspensions),
            (targets_table, records.targets),
            (reminders_table, records.reminders),
            (entities_table, records.entities),
        ):
            writer.append(table, _arrow(table, rows, 1))
    load_certificates(store, records.certificates, 1)


def store_of(
    folder: Path,
    units: Iterable[Unit] = (),
    systems: Iterable[System] = (),
    certificates: Iterable[Certificate] = (),
    suspensions: Iterable[Suspension] = (),
    targets: Iterable[Target] = (),
    reminders: Iterable[Mail] = (),
    entities: Iterable[Entity] = (),
) -> Store:
    """A fresh embedded store in `folder` with these rows."""
    store = open_store(f"lake:///{folder}")
    parts = (units, systems, certificates, suspensions, targets, entities, reminders)
    fill(store, Records(date(2013, 9, 24), *map(list, parts)))
    return store


def add_rows(store: Store, table: Table, rows: Iterable[dict[str, object]]) -> None:
    """One more version, with rows of any table added as they are; of load 1 unless they say."""
    kinds = {**_ARROW, Double: pa.float64(), BigInteger: pa.int64(), Integer: pa.int32()}
    fields = [pa.field(column.name, kinds[type(column.type)]) for column in table.columns]
    whole = pa.Table.from_pylist([{"load_id": 1, **row} for row in rows], schema=pa.schema(fields))
    with store.writing() as writer:
        writer.append(table, whole)
