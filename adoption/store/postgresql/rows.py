"""Rows out of PostgreSQL and into it, as Arrow: what DuckDB gives for the same select."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql
from sqlalchemy import Column, Executable, String, Table
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from adoption.store.csvtext import csv_text

Connection = psycopg.Connection[tuple[Any, ...]]
DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]

# By the server's number of a type. A sum of whole numbers is `numeric` there.
_TYPES = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int32(),
    23: pa.int32(),
    25: pa.string(),
    700: pa.float64(),
    701: pa.float64(),
    705: pa.string(),
    1043: pa.string(),
    1082: pa.date32(),
    1700: pa.float64(),
}
_NUMERIC = 1700
_cursors = count()


def in_binary_order(column: Column[Any]) -> Column[Any]:
    """The same column for a table of one's own, not part of a key. Texts are ordered by their
    bytes, as the other engines do, whatever the database's own order is."""
    kind = String(collation="C") if isinstance(column.type, String) else column.type
    return Column(column.name, kind, nullable=column.nullable)


def compiled(statement: Executable) -> tuple[str, dict[str, Any]]:
    """Its text, and the parameters that it names."""
    found = statement.compile(  # type: ignore[attr-defined]
        dialect=DIALECT, compile_kwargs={"render_postcompile": True}
    )
    return str(found), dict(found.params)


def table(connection: Connection, query: Executable) -> pa.Table:
    with connection.cursor(binary=True) as cursor:
        cursor.execute(*compiled(query))
        return _table(cursor.description or [], cursor.fetchall())


def batches(connection: Connection, query: Executable, rows: int) -> Iterator[pa.RecordBatch]:
    """In pieces of `rows`: only one is in memory."""
    with connection.cursor(f"batches_{next(_cursors)}", binary=True) as cursor:
        cursor.execute(*compiled(query))
        while found := cursor.fetchmany(rows):
            yield from _table(cursor.description or [], found).combine_chunks().to_batches()


def _table(description: Sequence[psycopg.Column], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(description)
    arrays = [
        pa.array(
            _numbers(values) if column.type_code == _NUMERIC else values, _TYPES[column.type_code]
        )
        for column, values in zip(description, columns, strict=True)
    ]
    return pa.table(arrays, names=[column.name for column in description])


def _numbers(values: Sequence[Any]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def copy_in(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Add `rows` to a table by the name of `table`, by COPY; columns are matched by name."""
    names = [name for name in rows.column_names if not pa.types.is_null(rows[name].type)]
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(copy) as copying:
        copying.write(csv_text(rows.select(names)))
