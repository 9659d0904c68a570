"""The store of a Spark cluster: tables of Parquet files (warehouse.py), read and written by Spark.

spark://HOST:PORT?warehouse=FOLDER or, with Spark Connect, sc://HOST:PORT?warehouse=FOLDER.

A table is a list of files that are never changed. So every verb of a writer ends in new files: rows
are added beside the old ones, and an update, merge or deletion writes the table anew. What a load
has come to is known by such lists alone, and publishing writes them down (one small file) and moves
the pointer: readers see the old state or the new. A worker that dies in the middle changes nothing:
Spark does its part again, and only files of jobs that ended well are listed.
"""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from adoption.language import Text
from adoption.store.base import EMPTY_VERSION, Query, Reader, StoreError, Writer
from adoption.store.failures import as_store_error
from adoption.store.layout import LAYOUT
from adoption.store.schema import calendar, metadata
from adoption.store.spark_cluster import Cluster, asked, forget, require_packages
from adoption.store.spark_types import arrow_schema, columns_of
from adoption.store.warehouse import DataFile, Tables, Warehouse

# A table's files hold rows that lie near each other in this column, and are sorted by it: what a
# metric does not look at is skipped. Others are small or looked at as a whole.
_NEAR = {"certificates": "expires_on", "reminders": "sent_on"}
# A table of more files than this, and small ones, is written anew in fewer.
MOST_SMALL_FILES = 16
SMALL_BYTES = 8 << 20
# Rows that are appended wait until there are enough for a file, or somebody looks at the table.
ROWS_IN_A_FILE = 500_000
_PACKED = pa.ipc.IpcWriteOptions(compression="zstd")

_Answer = TypeVar("_Answer")


class SparkStore:
    """Records in a folder that a Spark cluster shares. One writer at a time, any number of
    readers."""

    def __init__(self, url: str) -> None:
        """Nothing is connected to or made before it is needed.

        Raises StoreError when `url` names no warehouse or the packages for Spark are missing.
        """
        self.url = url
        self._address, _, options = url.partition("?")
        folder = parse_qs(options).get("warehouse", [""])[0].removeprefix("file://")
        if not folder.startswith("/"):
            raise StoreError(
                f"{url}: say where the records are, as {self._address}?warehouse=/FOLDER",
                f"{url}：請指明資料所在的資料夾，例如 {self._address}?warehouse=/FOLDER",
            )
        if "token=" in self._address:
            place = self._address.partition("/;")[0]
            raise StoreError(
                f"{place}: a token does not belong in an address; "
                "give it in SPARK_CONNECT_AUTHENTICATE_TOKEN",
                f"{place}：位址裡不可放權杖；請改放在環境變數 SPARK_CONNECT_AUTHENTICATE_TOKEN",
            )
        require_packages(url)
        self.folder = Path(folder)
        self._warehouse = Warehouse(self.folder)

    @property
    def version(self) -> str:
        return self._warehouse.current()[0]

    @property
    def notice(self) -> Text | None:
        return self._warehouse.current()[1]

    def frame(self, query: Query) -> pd.DataFrame:
        return self._of_current(lambda reader: reader.frame(query))

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        return self._of_current(lambda reader: reader.batches(query, rows))

    def _of_current(self, question: Callable[[Reader], _Answer]) -> _Answer:
        version = self.version
        try:
            return question(self._reader(version))
        except StoreError:
            self._warehouse.doubt(version)
            if (now := self.version) == version:
                raise
            return question(self._reader(now))  # its files were pruned or damaged meanwhile

    def _reader(self, version: str) -> "_SparkReader":
        return _SparkReader(self._address, self._warehouse, dict(self._warehouse.tables(version)))

    def earlier_versions(self) -> Sequence[str]:
        current = self.version
        return [version for version in self._warehouse.versions() if version < current]

    @contextmanager
    def at(self, version: str) -> Iterator[Reader]:
        try:
            yield self._reader(version)
        except StoreError:
            self._warehouse.doubt(version)
            self._warehouse.tables(version)  # raises, if that is why
            raise

    @contextmanager
    def writing(self, start: str | None = None) -> Iterator[Writer]:
        with self._warehouse.locked():
            try:
                yield from self._write_version(start)
            except OSError as error:
                raise as_store_error(error, self.folder) from error

    def _write_version(self, start: str | None) -> Iterator[Writer]:
        if start is None:
            start = self.version
            self._warehouse.tidy(start)
        version = self._warehouse.new_name()
        tables = dict(self._warehouse.tables(start))
        writer = _SparkWriter(self._address, self._warehouse, tables, version)
        try:
            if start == EMPTY_VERSION:
                writer.append(calendar, _months())
            yield writer
            writer.gather_small_files()
            self._warehouse.publish(version, writer.published())
        except BaseException:
            with suppress(StoreError):  # what readers see may be damaged
                self._warehouse.tidy(self.version)
            writer.end(published=False)
            raise
        writer.end(published=True)
        self._warehouse.tidy(version)

    def upgrade(self) -> tuple[str | None, str]:
        """A warehouse has had one layout so far; one of another program is refused."""
        version = self.version
        self._warehouse.tables(version)
        return (None if version == EMPTY_VERSION else LAYOUT), LAYOUT

    def close(self) -> None:
        forget(self._address)


def _months() -> pa.Table:
    starts = [date(year, month, 1) for year in range(1912, 2112) for month in range(1, 13)]
    ends = [start - timedelta(days=1) for start in [*starts[1:], date(2112, 1, 1)]]
    return pa.table({"month": pa.array(starts), "month_end": pa.array(ends)})


class _SparkReader:
    def __init__(
        self, address: str, warehouse: Warehouse, tables: dict[str, tuple[DataFile, ...]]
    ) -> None:
        self._address = address
        self._warehouse = warehouse
        self._tables = tables

    def frame(self, query: Query) -> pd.DataFrame:
        answer = self._asked(lambda cluster: self._rows(cluster, query).toArrow())
        frame: pd.DataFrame = answer.to_pandas(date_as_object=False)
        return frame

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        """By way of files: the answer need not fit into anybody's memory."""
        step = f"answers/{secrets.token_hex(8)}"
        try:
            self._write(step, lambda cluster: self._rows(cluster, query))
            for path in sorted((self._warehouse.folder / step).glob("*.parquet")):
                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(rows)
        finally:
            shutil.rmtree(self._warehouse.folder / step, ignore_errors=True)

    def _asked(self, question: Callable[[Cluster], _Answer]) -> _Answer:
        return asked(self._address, question)

    def _write(self, step: str, rows: Callable[[Cluster], Any]) -> tuple[DataFile, ...]:
        """Have the cluster write `rows` to the folder `step`."""
        path = (self._warehouse.folder / step).as_uri()
        self._asked(lambda cluster: rows(cluster).write.mode("overwrite").parquet(path))
        return self._warehouse.files_in(step)

    def _rows(self, cluster: Cluster, query: Query) -> Any:
        from adoption.store.spark_sql import in_spark_sql

        text, values = in_spark_sql(query, partial(self._view, cluster))
        return cluster.session.sql(text, args=values)

    def _columns(self, name: str) -> dict[str, str]:
        """Column -> its type in Spark."""
        if name not in metadata.tables:
            raise StoreError(f"{name}: no such table", f"{name}：沒有這個資料表")
        return columns_of(metadata.tables[name])

    def _files(self, name: str) -> tuple[DataFile, ...]:
        return self._tables.get(name, ())

    def _view(self, cluster: Cluster, name: str) -> str:
        """A view of the files that a table has now; the same files are the same view for all."""
        columns = self._columns(name)
        paths = [(self._warehouse.folder / file.path).as_uri() for file in self._files(name)]

        def frame(session: Any) -> Any:
            if not paths:
                nulls = [f"CAST(NULL AS {kind}) AS `{column}`" for column, kind in columns.items()]
                return session.sql(f"SELECT {', '.join(nulls)} WHERE false")
            schema = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
            return session.read.schema(schema).parquet(*paths)

        what = "\n".join([*paths, *columns])
        digest = hashlib.sha256(what.encode()).hexdigest()[:16]
        return cluster.define(f"{name}_{digest}", frame)


class _SparkWriter(_SparkReader):
    def __init__(
        self,
        address: str,
        warehouse: Warehouse,
        tables: dict[str, tuple[DataFile, ...]],
        version: str,
    ) -> None:
        super().__init__(address, warehouse, tables)
        self._version = version
        self._ends: list[Callable[[bool], None]] = []
        self._scratch: dict[str, Table] = {}
        self._waiting: dict[str, list[pa.Table]] = {}
        self._steps = 0

    def at_end(self, call: Callable[[bool], None]) -> None:
        self._ends.append(call)

    def end(self, *, published: bool) -> None:
        """Tell those who asked, while no other can write."""
        for call in self._ends:
            with suppress(OSError):  # what was published stays published
                call(published)

    def scratch(self, table: Table) -> None:
        self._scratch[table.name] = table
        self._put(table, ())

    def append(self, table: Table, rows: pa.Table) -> None:
        waiting = self._waiting.setdefault(table.name, [])
        waiting.append(_in_schema(arrow_schema(table), rows))
        if sum(rows.num_rows for rows in waiting) >= ROWS_IN_A_FILE:
            self._files(table.name)

    def spread(
        self,
        table: Table,
        pieces: Iterable[pa.RecordBatch],
        work: Callable[[pa.RecordBatch], pa.Table],
    ) -> None:
        folder = self._warehouse.folder / self._new_step(table.name)
        folder.mkdir(parents=True)
        paths = []
        for number, piece in enumerate(pieces):
            path = folder / f"{number:08d}.arrow"
            with pa.ipc.new_file(path, piece.schema, options=_PACKED) as file:
                file.write_batch(piece)
            paths.append(str(path))
        if not paths:
            return
        schema = ", ".join(f"`{name}` {kind}" for name, kind in self._columns(table.name).items())
        at_work = partial(_at_work, arrow_schema(table), work)

        def rows(cluster: Cluster) -> Any:
            found = cluster.session.createDataFrame(pa.table({"path": paths}))
            return found.repartition(len(paths)).mapInArrow(at_work, schema)

        self._add(table, self._write(self._new_step(table.name), rows))

    def insert(self, table: Table, query: Query) -> None:
        self._add(table, self._written(table, query))

    def merge(self, table: Table, query: Query) -> None:
        if not self._files(table.name):
            self.insert(table, query)
            return
        new = table.to_metadata(type(metadata)(), name="rows_to_merge")
        self.scratch(new)
        self.insert(new, query)
        if not self._files(new.name):
            return
        same_key = [new.c[column.name] == column for column in table.primary_key.columns]
        others = ~exists(select(literal_column("1")).select_from(new).where(*same_key))
        self._replace(table, union_all(select(table).where(others), select(new)))

    def update(self, table: Table, query: Query) -> None:
        new = query.subquery("new")
        one = select(literal(1).label("one")).select_from(new).limit(1)
        if self.frame(one).empty:
            return
        key = [column.name for column in table.primary_key.columns]
        is_new = new.c[key[0]].is_not(None)
        columns = [
            case((is_new, new.c[column.name]), else_=column).label(column.name)
            if column.name in new.c and column.name not in key
            else column
            for column in table.columns
        ]
        same_key = and_(*[table.c[name] == new.c[name] for name in key])
        self._replace(table, select(*columns).select_from(table.outerjoin(new, same_key)))

    def delete(self, table: Table, where: ColumnElement[bool]) -> None:
        before = self._files(table.name)
        if not before:
            return
        left = self._written(table, select(table).where(~func.coalesce(where, false())))
        if _rows_of(left) < _rows_of(before):
            self._put(table, left)

    def gather_small_files(self) -> None:
        """Write tables of many small files anew, in few."""
        for table in metadata.sorted_tables:
            files = self._files(table.name)
            small = [file for file in files if file.bytes < SMALL_BYTES]
            if len(small) > MOST_SMALL_FILES:
                self._replace(table, select(table))

    def published(self) -> Tables:
        return {table.name: self._files(table.name) for table in metadata.sorted_tables}

    def _columns(self, name: str) -> dict[str, str]:
        return columns_of(self._scratch[name]) if name in self._scratch else super()._columns(name)

    def _files(self, name: str) -> tuple[DataFile, ...]:
        if waiting := self._waiting.pop(name, []):
            added = self._warehouse.write(self._new_step(name), pa.concat_tables(waiting))
            self._tables[name] = (*self._tables.get(name, ()), *added)
        return super()._files(name)

    def _put(self, table: Table, files: tuple[DataFile, ...]) -> None:
        self._waiting.pop(table.name, None)
        self._tables[table.name] = files

    def _add(self, table: Table, files: tuple[DataFile, ...]) -> None:
        self._put(table, (*self._files(table.name), *files))

    def _replace(self, table: Table, query: Any) -> None:
        self._put(table, self._written(table, query))

    def _new_step(self, name: str) -> str:
        """A new folder for files of the table `name`."""
        self._steps += 1
        if name in self._scratch:
            return f"drafts/{self._version}/{name}-{self._steps}"
        return f"tables/{name}/{self._version}-{self._steps}"

    def _written(self, table: Table, query: Any) -> tuple[DataFile, ...]:
        """New files with the rows of `query`, in the columns and types of `table`."""
        given = {column.name for column in query.subquery().c}
        columns = [
            f"CAST({f'`{name}`' if name in given else 'NULL'} AS {kind}) AS `{name}`"
            for name, kind in self._columns(table.name).items()
        ]

        def rows(cluster: Cluster) -> Any:
            frame = self._rows(cluster, query).selectExpr(*columns)
            return frame if table.name in self._scratch else _laid_out(frame, table.name)

        return self._write(self._new_step(table.name), rows)


def _at_work(
    schema: pa.Schema,
    work: Callable[[pa.RecordBatch], pa.Table],
    paths: Iterator[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    """What `work` makes of the pieces in the files `paths`. Runs on the machines of the cluster."""
    for batch in paths:
        for path in batch.column(0).to_pylist():
            with pa.ipc.open_file(path) as file:
                for number in range(file.num_record_batches):
                    made = work(file.get_batch(number))
                    yield from _in_schema(schema, made).combine_chunks().to_batches()


def _in_schema(schema: pa.Schema, rows: pa.Table) -> pa.Table:
    """`rows` with the columns of `schema`, matched by name; absent ones become NULL."""
    columns = [
        rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _laid_out(frame: Any, name: str) -> Any:
    """In files of a sensible size, each with the rows of few years where the table has many."""
    near = _NEAR.get(name)
    if near is None:
        return frame.hint("rebalance")
    together = frame.selectExpr("*", f"year(`{near}`) AS `near`").hint("rebalance", "near")
    return together.drop("near").sortWithinPartitions(near)


def _rows_of(files: Sequence[DataFile]) -> int:
    return sum(file.rows for file in files)
