"""The embedded store: a folder of DuckDB files, one a version, and a pointer to the current one.

    CURRENT             the name of the version that readers see
    versions/NAME.duckdb
    archive/            source files by their sha256 (written by loading)
    LOCK                held by the one writer
    jobs/               loads asked for on the 資料 page (adoption/loading)

DuckDB lets no other process read a file while one writes it. So a load works on a copy, and moves
CURRENT to the copy in one step when all is well: readers see the old state or the new, never half a
load, and a crash leaves the old one. Readers open read-only and follow the pointer.
"""

import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import duckdb
import filelock
import pandas as pd
import pyarrow as pa
from duckdb_sqlalchemy import Dialect
from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    MetaData,
    Table,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
)

from adoption.store.base import Query, StoreBusyError, StoreError, Writer
from adoption.store.schema import calendar, metadata

KEPT_VERSIONS = 5
EMPTY_VERSION = "empty"
# A load of any size stays within this; what does not fit spills to disk beside the store.
WRITER_MEMORY = "1GB"

_dialect = Dialect(paramstyle="numeric_dollar")


def _run(connection: duckdb.DuckDBPyConnection, statement: Executable) -> None:
    compiled = statement.compile(  # type: ignore[attr-defined]
        dialect=_dialect, compile_kwargs={"render_postcompile": True}
    )
    parameters = [compiled.params[name] for name in compiled.positiontup or ()]
    connection.execute(str(compiled), parameters)


def _frame(connection: duckdb.DuckDBPyConnection, query: Query) -> pd.DataFrame:
    _run(connection, query)
    frame: pd.DataFrame = connection.to_arrow_table().to_pandas(date_as_object=False)
    return frame


def _batches(
    connection: duckdb.DuckDBPyConnection, query: Query, rows: int
) -> Iterator[pa.RecordBatch]:
    _run(connection, query)
    yield from connection.to_arrow_reader(rows)


def _create(connection: duckdb.DuckDBPyConnection, table: Table, kind: str = "TABLE") -> None:
    """CREATE TABLE without the primary key: DuckDB's key index costs memory and time at ten
    million rows, and `merge` keeps keys unique without it."""
    columns = ", ".join(
        f'"{column.name}" {column.type.compile(dialect=_dialect)}'
        + ("" if column.nullable else " NOT NULL")
        for column in table.columns
    )
    connection.execute(f'CREATE {kind} "{table.name}" ({columns})')


def _create_schema(connection: duckdb.DuckDBPyConnection) -> None:
    for table in metadata.sorted_tables:
        _create(connection, table)
    starts = [date(year, month, 1) for year in range(1912, 2112) for month in range(1, 13)]
    ends = [start - timedelta(days=1) for start in [*starts[1:], date(2112, 1, 1)]]
    _DuckDBWriter(connection).append(
        calendar, pa.table({"month": pa.array(starts), "month_end": pa.array(ends)})
    )


class DuckDBStore:
    """Records in a folder of this machine. One writer at a time, any number of readers."""

    def __init__(self, url: str) -> None:
        """`url` is duckdb:///FOLDER; nothing is made before the first load."""
        self.url = url
        self.folder = Path(url.removeprefix("duckdb:///"))
        self._opened: tuple[str, duckdb.DuckDBPyConnection] | None = None
        self._opening = threading.Lock()

    @property
    def version(self) -> str:
        try:
            return (self.folder / "CURRENT").read_text("ascii").strip()
        except FileNotFoundError:
            return EMPTY_VERSION

    def _path(self, version: str) -> Path:
        return self.folder / "versions" / f"{version}.duckdb"

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for the calling thread (one shared by threads fails under load)."""
        with self._opening:
            version = self.version
            if self._opened is None or self._opened[0] != version:
                # The old connection is only forgotten: a thread may still be reading from it.
                self._opened = (version, self._open(version))
            return self._opened[1].cursor()

    def _open(self, version: str) -> duckdb.DuckDBPyConnection:
        if version == EMPTY_VERSION:
            connection = duckdb.connect()
            _create_schema(connection)
            return connection
        path = self._path(version)
        try:
            return duckdb.connect(str(path), read_only=True)
        except duckdb.Error as error:
            raise StoreError(
                f"{path}: this version of the store cannot be opened ({error}); "
                f"write the name of an older file in {path.parent} into {self.folder / 'CURRENT'}"
            ) from error

    def frame(self, query: Query) -> pd.DataFrame:
        return _frame(self._cursor(), query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        return _batches(self._cursor(), query, rows)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        try:
            (self.folder / "versions").mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / "LOCK", timeout=0)
            lock.acquire()
        except filelock.Timeout as error:
            raise StoreBusyError(
                f"{self.folder}: another load is writing; try again when it has finished"
            ) from error
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written to ({error.strerror})") from error
        try:
            yield from self._write_version()
        finally:
            lock.release()

    def _write_version(self) -> Iterator[Writer]:
        current = self.version
        self._remove_unfinished(current)
        number = 0 if current == EMPTY_VERSION else int(current.split("-")[0])
        new = f"{number + 1:06d}-{secrets.token_hex(3)}"
        path = self._path(new)
        try:
            if current != EMPTY_VERSION:
                shutil.copyfile(self._path(current), path)
            connection = duckdb.connect(
                str(path),
                config={"memory_limit": WRITER_MEMORY, "temp_directory": str(path) + ".tmp"},
            )
            try:
                connection.execute("BEGIN")
                if current == EMPTY_VERSION:
                    _create_schema(connection)
                yield _DuckDBWriter(connection)
                connection.execute("COMMIT")
                connection.execute("CHECKPOINT")
            finally:
                connection.close()
            self._publish(new)
        except BaseException:
            self._remove(path)
            raise
        self._prune()

    def _publish(self, version: str) -> None:
        _flush(self._path(version))
        draft = self.folder / "CURRENT.new"
        draft.write_text(version + "\n", "ascii")
        _flush(draft)
        draft.replace(self.folder / "CURRENT")
        if os.name == "posix":  # make the rename itself durable
            _flush(self.folder)

    def _versions(self) -> list[Path]:
        return sorted((self.folder / "versions").glob("*.duckdb"))

    def _remove_unfinished(self, current: str) -> None:
        """What a killed load left: files newer than the version that CURRENT names."""
        for path in self._versions():
            if current == EMPTY_VERSION or path.stem > current:
                self._remove(path)

    def _prune(self) -> None:
        for path in self._versions()[:-KEPT_VERSIONS]:
            self._remove(path)

    @staticmethod
    def _remove(path: Path) -> None:
        shutil.rmtree(f"{path}.tmp", ignore_errors=True)
        for doomed in (Path(f"{path}.wal"), path):
            try:
                doomed.unlink(missing_ok=True)
            except PermissionError:
                return  # Windows: still open in a reader; the next load tries again

    def close(self) -> None:
        with self._opening:
            if self._opened is not None:
                self._opened[1].close()
                self._opened = None


def _flush(path: Path) -> None:
    """Have what was written to `path` (a file or a folder) on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _DuckDBWriter:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def frame(self, query: Query) -> pd.DataFrame:
        return _frame(self._connection, query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        return _batches(self._connection, query, rows)

    def scratch(self, table: Table) -> None:
        _create(self._connection, table, kind="OR REPLACE TEMP TABLE")

    def append(self, table: Table, rows: pa.Table) -> None:
        # DuckDB finds `rows` by its name in this function. A registered view would keep every batch
        # in memory until the transaction ends.
        self._connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM rows')

    def insert(self, table: Table, query: Query) -> None:
        names = [column.name for column in query.selected_columns]
        _run(self._connection, insert(table).from_select(names, query))

    def merge(self, table: Table, query: Query) -> None:
        if self.frame(select(func.count()).select_from(table)).iat[0, 0] == 0:
            self.insert(table, query)
            return
        # The query may read the very table that it changes, so its answer is kept first.
        new = Table("rows_to_merge", MetaData(), *[Column(c.name, c.type) for c in table.columns])
        self.scratch(new)
        self.insert(new, query)
        same_key = [new.c[column.name] == column for column in table.primary_key.columns]
        self.delete(table, exists(select(literal_column("1")).select_from(new).where(*same_key)))
        self.insert(table, select(*new.columns))
        self._connection.execute("DROP TABLE rows_to_merge")

    def delete(self, table: Table, where: ColumnElement[bool]) -> None:
        _run(self._connection, delete(table).where(where))
