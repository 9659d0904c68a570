"""The columns of a table, as Spark and as Arrow call their types."""

import pyarrow as pa
from sqlalchemy import BigInteger, Boolean, Date, Double, Integer, Table

_ARROW = {
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "INT": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "STRING": pa.string(),
}


def columns_of(table: Table) -> dict[str, str]:
    """Column -> its type in Spark."""
    return {column.name: _type(column.type) for column in table.columns}


def _type(kind: object) -> str:
    match kind:
        case Boolean():
            return "BOOLEAN"
        case Date():
            return "DATE"
        case BigInteger():
            return "BIGINT"
        case Integer():
            return "INT"
        case Double():
            return "DOUBLE"
        case _:
            return "STRING"


def arrow_schema(table: Table) -> pa.Schema:
    """The columns of `table` as Spark reads them from a file."""
    return pa.schema([(name, _ARROW[kind]) for name, kind in columns_of(table).items()])
