"""The embedded store: a folder of DuckDB files, one a version, and a pointer to the current one.

    CURRENT             the name of the version that readers see
    versions/NAME.duckdb
    archive/            source files by their sha256 (written by loading)
    LOCK                held by the one writer
    jobs/               loads asked for on the 資料 page (adoption/loading)

DuckDB lets no other process read a file while one writes it. So a load works on a copy under a
draft's name, and when all is well gives it the name of a version and moves CURRENT to it: readers
see the old state or the new, never half a load, and a crash leaves the old one. Readers open
read-only and follow the pointer.

A version's name is NUMBER-TOKEN-BYTES: how long the file must be stands in it, so that one that was
cut short is known without reading it. Where CURRENT names none that can be opened, readers take the
newest that can, and `notice` says so.
"""

import re
import secrets
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import duckdb
import filelock
import pandas as pd
import pyarrow as pa
from duckdb_sqlalchemy import ConnectionWrapper, Dialect
from sqlalchemy import Executable, Table, create_engine
from sqlalchemy.pool import StaticPool

from adoption.language import Text
from adoption.store.base import (
    EMPTY_VERSION,
    Query,
    Reader,
    StoreBusyError,
    StoreError,
    VersionError,
    Writer,
)
from adoption.store.failures import as_store_error, notice_of_archive
from adoption.store.layout import LAYOUT, check_layout, layout_of_columns, migrate
from adoption.store.pointer import (
    flush,
    move_pointer,
    named_version,
    notice_of_fallback,
)
from adoption.store.schema import calendar, metadata
from adoption.store.verbs import Verbs

KEPT_VERSIONS = 5
# A load of any size stays within this; what does not fit spills to disk beside the store.
WRITER_MEMORY = "600MB"

_VERSION = re.compile(r"[0-9]{6,}-[0-9a-z]+(?:-(?P<bytes>[0-9a-f]+))?")
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
    connection.execute("CREATE TABLE alembic_version (version_num VARCHAR NOT NULL)")
    connection.execute("INSERT INTO alembic_version VALUES (?)", [LAYOUT])


def _layout(connection: duckdb.DuckDBPyConnection) -> str:
    try:
        ((layout,),) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        return str(layout)
    except duckdb.CatalogException:  # made before layouts were recorded
        columns = "SELECT table_name, column_name FROM information_schema.columns"
        return layout_of_columns(connection.execute(columns).fetchall())


class DuckDBStore:
    """Records in a folder of this machine. One writer at a time, any number of readers."""

    def __init__(self, url: str) -> None:
        """`url` is duckdb:///FOLDER; nothing is made before the first load."""
        self.url = url
        self.folder = Path(url.removeprefix("duckdb:///"))
        self._opened: tuple[str, duckdb.DuckDBPyConnection] | None = None
        self._opening = threading.Lock()
        # Versions that could not be opened, with the size and time of the file that could not.
        self._bad: dict[str, tuple[int, int]] = {}

    @property
    def version(self) -> str:
        return self._found()[0]

    @property
    def notice(self) -> Text | None:
        return self._found()[1]

    def _path(self, version: str) -> Path:
        return self.folder / "versions" / f"{version}.duckdb"

    def _found(self) -> tuple[str, Text | None]:
        """The version to read, and what is wrong where it is not the one that CURRENT names."""
        try:
            named = named_version(self.folder)
        except OSError as error:
            raise as_store_error(error, self.folder) from error
        if _VERSION.fullmatch(named) and self._is_whole(named):
            return named, None
        versions = [path.stem for path in reversed(self._versions())]
        if not named and not versions:
            return EMPTY_VERSION, notice_of_archive(self.folder)
        for version in versions:
            if self._opens(version):
                return version, notice_of_fallback(self.folder, named, version)
        raise StoreError(
            f"{self.folder}: no version of the store can be opened; "
            "run python -m etl rebuild, which makes it again from the archived files",
            f"{self.folder}：資料庫的每個版本都打不開；"
            "請執行 python -m etl rebuild，以封存的原始檔重建",
        )

    def _is_whole(self, version: str) -> bool:
        """Whether the file of `version` is there, as long as its name says, and not known bad."""
        try:
            found = self._path(version).stat()
        except OSError:
            return False
        if self._bad.get(version) == (found.st_size, found.st_mtime_ns):
            return False
        match = _VERSION.fullmatch(version)
        stated = match["bytes"] if match else None
        return stated is None or int(stated, 16) == found.st_size

    def _opens(self, version: str) -> bool:
        if not self._is_whole(version):
            return False
        if self._opened is not None and self._opened[0] == version:
            return True
        try:
            self._open(version).close()
        except StoreError:
            return False
        return True

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for the calling thread (one shared by threads fails under load)."""
        with self._opening:
            return self._current()[1].cursor()

    def _current(self) -> tuple[str, duckdb.DuckDBPyConnection]:
        version = self.version
        if self._opened is None or self._opened[0] != version:
            # The old connection is only forgotten: a thread may still be reading from it.
            try:
                self._opened = (version, self._open(version))
            except StoreError:
                version = self.version  # without the one that has just turned out bad
                self._opened = (version, self._open(version))
        return self._opened

    def _open(self, version: str) -> duckdb.DuckDBPyConnection:
        if version == EMPTY_VERSION:
            connection = duckdb.connect()
            _create_schema(connection)
            return connection
        path = self._path(version)
        try:
            connection = duckdb.connect(str(path), read_only=True)
            connection.execute("SELECT count(*) FROM loads").fetchall()
        except duckdb.Error as error:
            with suppress(OSError):
                found = path.stat()
                self._bad[version] = (found.st_size, found.st_mtime_ns)
            raise StoreError(
                f"{path}: this version of the store cannot be opened ({_first_line(error)})",
                f"{path}：資料庫的這個版本打不開（{_first_line(error)}）",
            ) from error
        try:
            check_layout(_layout(connection), str(self.folder))
        except StoreError:
            connection.close()
            raise
        return connection

    def frame(self, query: Query) -> pd.DataFrame:
        return _frame(self._cursor(), query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        return _batches(self._cursor(), query, rows)

    def earlier_versions(self) -> Sequence[str]:
        current = self.version
        return [path.stem for path in reversed(self._versions()) if path.stem < current]

    @contextmanager
    def at(self, version: str) -> Iterator[Reader]:
        with self._opening:
            now, opened = self._current()
            cursor = opened.cursor() if version == now else None
        if cursor is not None:
            yield _DuckDBReader(cursor)
            return
        if not (_VERSION.fullmatch(version) and self._is_whole(version)):
            raise VersionError(
                f"{self.folder}: there is no whole version {version}",
                f"{self.folder}：沒有完整的版本 {version}",
            )
        try:
            connection = self._open(version)
        except StoreError as error:
            raise VersionError(str(error), error.zh) from error
        try:
            yield _DuckDBReader(connection)
        finally:
            connection.close()

    @contextmanager
    def writing(self, start: str | None = None) -> Iterator[Writer]:
        with self._draft(start) as writer:
            check_layout(_layout(writer.connection), str(self.folder))
            yield writer

    def upgrade(self) -> tuple[str | None, str]:
        if self.version == EMPTY_VERSION:  # its tables come with the first load
            return None, LAYOUT
        with closing(duckdb.connect(str(self._path(self.version)), read_only=True)) as connection:
            found = _layout(connection)
        if found < LAYOUT:
            with self._draft(None) as writer:
                opened = ConnectionWrapper(writer.connection)
                engine = create_engine("duckdb://", creator=lambda: opened, poolclass=StaticPool)
                with engine.begin() as migrating:
                    migrate(migrating, found)
        else:
            check_layout(found, str(self.folder))
        return found, LAYOUT

    @contextmanager
    def _draft(self, start: str | None) -> Iterator["_DuckDBWriter"]:
        """The one writer; what it writes is published when the block ends well."""
        try:
            (self.folder / "versions").mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / "LOCK", timeout=0)
            lock.acquire()
        except filelock.Timeout as error:
            raise StoreBusyError(
                f"{self.folder}: another load is writing; try again when it has finished",
                f"{self.folder}：另一個載入作業正在寫入，請等它完成再試",
            ) from error
        except OSError as error:
            raise as_store_error(error, self.folder) from error
        try:
            yield from self._write_version(start)
        except (OSError, duckdb.Error) as error:
            raise as_store_error(error, self.folder) from error
        finally:
            lock.release()

    def _write_version(self, start: str | None) -> Iterator["_DuckDBWriter"]:
        if start is None:
            start = self.version
            self._remove_unfinished(start)
        last = max([path.stem for path in self._versions()], default="0")
        number = int(last.split("-")[0]) + 1
        token = secrets.token_hex(3)
        draft = self.folder / "versions" / f"{number:06d}-{token}.duckdb.new"
        version, writer = "", None
        try:
            if start != EMPTY_VERSION:
                shutil.copyfile(self._path(start), draft)
            connection = duckdb.connect(
                str(draft),
                config={"memory_limit": WRITER_MEMORY, "temp_directory": str(draft) + ".tmp"},
            )
            try:
                if start == EMPTY_VERSION:
                    _create_schema(connection)
                writer = _DuckDBWriter(connection)
                yield writer
                connection.execute("CHECKPOINT")
            finally:
                connection.close()
            flush(draft)
            version = f"{number:06d}-{token}-{draft.stat().st_size:x}"
            draft.replace(self._path(version))
            move_pointer(self.folder, version)
        except BaseException:
            self._remove(draft)
            if version:
                self._remove(self._path(version))
            if writer is not None:
                writer.end(published=False)
            raise
        writer.end(published=True)
        self._prune()

    def _versions(self) -> list[Path]:
        return sorted((self.folder / "versions").glob("*.duckdb"))

    def _remove_unfinished(self, current: str) -> None:
        """What a killed load left: drafts, and files newer than the version that readers see."""
        for path in (self.folder / "versions").glob("*.duckdb.new"):
            self._remove(path)
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


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


class _DuckDBReader:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def frame(self, query: Query) -> pd.DataFrame:
        return _frame(self.connection, query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        return _batches(self.connection, query, rows)


class _DuckDBWriter(_DuckDBReader, Verbs):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        _DuckDBReader.__init__(self, connection)
        Verbs.__init__(self)

    def run(self, statement: Executable) -> None:
        _run(self.connection, statement)

    def scratch(self, table: Table) -> None:
        _create(self.connection, table, kind="OR REPLACE TEMP TABLE")

    def append(self, table: Table, rows: pa.Table) -> None:
        # DuckDB finds `rows` by its name in this function. A registered view would keep every batch
        # in memory until the transaction ends.
        self.connection.execute(f'INSERT INTO "{table.name}" BY NAME SELECT * FROM rows')
