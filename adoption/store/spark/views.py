"""A table of the lake at a snapshot, as rows that Spark reads from its files.

DuckLake never changes a file. Rows that are gone stand in delete files: the name of a data file and
a position in it. Files of several snapshots may have been merged into one, data and deletes alike:
each row then carries the snapshot that it came with, and those after the one that is read do not
count. Files hold columns by name; those of updates and of merged files have some of the lake's own.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Double, Integer, Table

from adoption.store.catalog import LakeFile
from adoption.store.compute import SnapshotFiles
from adoption.store.schema import calendar, metadata

_SNAPSHOT = "_ducklake_internal_snapshot_id"
# The same months as engine.py makes up for DuckDB.
_MONTHS = (
    "SELECT month, last_day(month) AS month_end FROM (SELECT explode(sequence("
    "DATE '1912-01-01', DATE '2111-12-01', INTERVAL 1 MONTH)) AS month)"
)


def rows_at(session: Any, name: str, at: SnapshotFiles, files: Sequence[LakeFile]) -> Any:
    """The rows of the table `name`, whose files at that snapshot are `files`."""
    if name == calendar.name:
        return session.sql(_MONTHS)
    columns = _columns_of(metadata.tables[name])
    paths = {
        has_deletes: [
            f"file://{at.data}/{file.table}/{file.name}"
            for file in files
            if file.has_deletes == has_deletes
        ]
        for has_deletes in (False, True)
    }
    if not paths[False]:
        nulls = [f"CAST(NULL AS {kind}) AS `{column}`" for column, kind in columns.items()]
        return session.sql(f"SELECT {', '.join(nulls)} WHERE false")
    rows = _read(session, columns, paths[False])
    place = ["_metadata.file_name AS lake_file", "_metadata.row_index AS lake_row"]
    rows = rows.selectExpr("*", *(place if paths[True] else ())).where(_is_known(at.snapshot))
    if paths[True]:
        # The path in a delete file is that of when it was written: the folder may have moved.
        gone = _read(session, {"file_path": "STRING", "pos": "BIGINT"}, paths[True])
        gone = gone.where(_is_known(at.snapshot)).selectExpr(
            r"regexp_extract(file_path, '[^/\\\\]+$', 0) AS lake_file", "pos AS lake_row"
        )
        rows = rows.join(gone, ["lake_file", "lake_row"], "left_anti")
    return rows.select(*columns)


def _read(session: Any, columns: dict[str, str], paths: list[str]) -> Any:
    kinds = {**columns, _SNAPSHOT: "BIGINT"}
    schema = ", ".join(f"`{column}` {kind}" for column, kind in kinds.items())
    return session.read.schema(schema).parquet(*paths)


def _is_known(snapshot: int) -> str:
    return f"coalesce({_SNAPSHOT}, 0) <= {snapshot}"


def _columns_of(table: Table) -> dict[str, str]:
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
