"""A store that holds exactly the rows that a test names, with no file to read or check."""

from collections.abc import Iterable
from dataclasses import asdict
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
)

from adoption.store import Store, open_store
from adoption.store.schema import certificates as certificates_table
from adoption.store.schema import suspensions as suspensions_table
from adoption.store.schema import systems as systems_table
from adoption.store.schema import units as units_table
from etl.link import linked
from tests.reference import Certificate, Suspension, System, Unit

_DERIVED = ("renewed_on", "is_renewal")
_ARROW = {String: pa.string(), Date: pa.date32(), Boolean: pa.bool_()}


def _incoming() -> Table:
    """Certificates as loading has them before it links renewals."""
    return Table(
        "incoming_certificates",
        MetaData(),
        *(
            Column(column.name, column.type, primary_key=column.primary_key)
            for column in certificates_table.columns
            if column.name not in _DERIVED
        ),
    )


def _arrow(table: Table, rows: Iterable[object], load_id: int) -> pa.Table:
    values = [{**asdict(row), "load_id": load_id} for row in rows]
    fields = [
        pa.field(column.name, _ARROW.get(type(column.type), pa.int32()))
        for column in table.columns
        if column.name not in _DERIVED
    ]
    return pa.Table.from_pylist(values, schema=pa.schema(fields))


def load_certificates(store: Store, rows: Iterable[Certificate], load_id: int) -> None:
    """One more load: new certificates are added, those with a known serial are replaced."""
    incoming = _incoming()
    with store.writing() as writer:
        writer.scratch(incoming)
        writer.append(incoming, _arrow(incoming, rows, load_id))
        writer.merge(certificates_table, linked(writer, incoming))


def store_of(
    folder: Path,
    units: Iterable[Unit] = (),
    systems: Iterable[System] = (),
    certificates: Iterable[Certificate] = (),
    suspensions: Iterable[Suspension] = (),
) -> Store:
    """A fresh embedded store in `folder` with these rows, renewals linked, all of load 1."""
    store = open_store(f"duckdb:///{folder}")
    with store.writing() as writer:
        for table, rows in (
            (units_table, units),
            (systems_table, systems),
            (suspensions_table, suspensions),
        ):
            writer.append(table, _arrow(table, rows, 1))
    load_certificates(store, certificates, 1)
    return store


def add_rows(store: Store, table: Table, rows: Iterable[dict[str, object]]) -> None:
    """One more version, with rows of any table added as they are; of load 1 unless they say."""
    kinds = {**_ARROW, Double: pa.float64(), BigInteger: pa.int64(), Integer: pa.int32()}
    fields = [pa.field(column.name, kinds[type(column.type)]) for column in table.columns]
    whole = pa.Table.from_pylist([{"load_id": 1, **row} for row in rows], schema=pa.schema(fields))
    with store.writing() as writer:
        writer.append(table, whole)
