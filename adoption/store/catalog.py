"""The lake's catalog: the SQL tables that say which files make up each snapshot.

DuckLake makes and fills them. Here are the few things that DuckDB is not asked for: which snapshots
there are (at every click, in under a millisecond), the lock of the one writer, and putting a lake
that was rebuilt in the place of the old one.

In SQLite, readers attach a private copy: it takes a millisecond, and then no reader ever waits for
a writer or makes one wait. A commit that a killed process left half-written is undone by SQLite
when somebody who may write opens the file.
"""

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
import weakref
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from adoption.store.address import Address
from adoption.store.engine import quoted
from adoption.store.errors import StoreBusyError, StoreError, as_store_error, damaged, told
from adoption.store.versions import KINDS

SCHEMA = "adoption"
_SECONDS_TO_WAIT = 10.0
_OLDEST_SERVER = 150_000
_IS_PUBLICATION = f"commit_message IN ({', '.join(map(quoted, KINDS))})"


@dataclass(frozen=True)
class Seen:
    """The lake at one moment. `newest` is its last snapshot, `version` that of the last
    publication, None before the first."""

    lake: str
    newest: int
    version: int | None


@dataclass(frozen=True)
class LakeFile:
    """A file of a snapshot. It holds rows of `table` or, if it `has_deletes`, which of the rows in
    its other files are gone."""

    table: str
    name: str
    bytes: int
    has_deletes: bool


class Catalog(ABC):
    """One of a file or of a database."""

    def __init__(self, place: str) -> None:
        self.place = place

    @abstractmethod
    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the catalog's own tables; none where there is no lake yet."""

    @abstractmethod
    def attachment(self, *, writes: bool) -> str:
        """What ATTACH names. For a reader, what it needs is made; see `release`."""

    def release(self, attachment: str) -> None:  # noqa: B027 (a server has nothing to release)
        """A reader needs it no more."""

    @property
    def options(self) -> str:
        """Further options of ATTACH."""
        return ""

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """For the one writer. Raises StoreBusyError at once while there is another."""

    @abstractmethod
    def beside(self) -> "Catalog":
        """Another one, empty, in which a lake can be built. Only while locked."""

    @abstractmethod
    def replace_by(self, beside: "Catalog") -> None:
        """Have the lake that was built there be this one's, in one step."""

    def check(self) -> None:  # noqa: B027 (a server sees to that itself)
        """Raises DamagedError where it is not what was written."""

    def close(self) -> None:  # noqa: B027 (a file is closed after each question)
        """Let go of connections."""

    def seen(self) -> Seen | None:
        """None where there is no lake yet."""
        rows = self.query(
            "SELECT (SELECT value FROM ducklake_metadata WHERE key = 'data_path'), "
            "(SELECT max(snapshot_id) FROM ducklake_snapshot), "
            f"(SELECT max(snapshot_id) FROM ducklake_snapshot_changes WHERE {_IS_PUBLICATION})"
        )
        if not rows or rows[0][0] is None or rows[0][1] is None:
            return None
        ((data, newest, version),) = rows
        return Seen(str(data).rstrip("/\\").replace("\\", "/").rpartition("/")[2], newest, version)

    def publications(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Snapshot and what its commit carries, the newest first."""
        rows = self.query(
            "SELECT c.snapshot_id, c.commit_extra_info FROM ducklake_snapshot_changes c "
            "JOIN ducklake_snapshot s ON s.snapshot_id = c.snapshot_id "
            f"WHERE {_IS_PUBLICATION} ORDER BY 1 DESC"
        )
        return [(snapshot, self._carried(text)) for snapshot, text in rows]

    def last_of(self, snapshot: int) -> int | None:
        """The last snapshot with the same records: compaction makes new ones after a publication.
        None where `snapshot` is no publication's, or has expired."""
        rows = self.query(
            "SELECT (SELECT min(snapshot_id) FROM ducklake_snapshot_changes WHERE snapshot_id > "
            f"{snapshot} AND {_IS_PUBLICATION}), (SELECT max(snapshot_id) FROM ducklake_snapshot), "
            f"(SELECT count(*) FROM ducklake_snapshot_changes WHERE snapshot_id = {snapshot} AND "
            f"{_IS_PUBLICATION})"
        )
        if not rows or not rows[0][2]:
            return None
        ((following, newest, _),) = rows
        return int(newest if following is None else self._before(following))

    def _before(self, snapshot: int) -> int:
        rows = self.query(
            f"SELECT max(snapshot_id) FROM ducklake_snapshot WHERE snapshot_id < {snapshot}"
        )
        return int(rows[0][0])

    def has_tables(self) -> bool:
        rows = self.query("SELECT count(*) FROM ducklake_table WHERE end_snapshot IS NULL")
        return bool(rows and rows[0][0])

    def files(self, first: int, last: int) -> list[LakeFile]:
        """Those that make up a snapshot from `first` to `last`; merged ones hold later rows too."""
        rows = self.query(
            " UNION ALL ".join(
                f"SELECT t.table_name, f.path, f.file_size_bytes, {has_deletes} FROM {kind} f "
                "JOIN ducklake_table t ON t.table_id = f.table_id AND t.end_snapshot IS NULL "
                f"WHERE f.begin_snapshot <= {last} "
                f"AND (f.end_snapshot IS NULL OR f.end_snapshot > {first})"
                for kind, has_deletes in (("ducklake_data_file", 0), ("ducklake_delete_file", 1))
            )
        )
        return [LakeFile(table, name, size, bool(deletes)) for table, name, size, deletes in rows]

    def small_files(self, most_bytes: int) -> dict[str, int]:
        """Table -> how many data files it has now that are smaller."""
        rows = self.query(
            "SELECT t.table_name, count(*) FROM ducklake_data_file f "
            "JOIN ducklake_table t ON t.table_id = f.table_id AND t.end_snapshot IS NULL "
            f"WHERE f.end_snapshot IS NULL AND f.file_size_bytes < {most_bytes} GROUP BY 1"
        )
        return dict(rows)

    def extras(self) -> list[Mapping[str, Any]]:
        """What each commit carries, those of upkeep included."""
        rows = self.query(
            "SELECT commit_extra_info FROM ducklake_snapshot_changes "
            "WHERE commit_extra_info IS NOT NULL ORDER BY snapshot_id"
        )
        return [self._carried(text) for (text,) in rows]

    def _carried(self, text: str) -> Mapping[str, Any]:
        try:
            found = json.loads(text)
            if not isinstance(found, dict):
                raise ValueError(text[:50])
        except (TypeError, ValueError) as error:
            raise damaged(self.place, str(error)) from error
        return found


class FileCatalog(Catalog):
    """In SQLite, in the store's folder.

    SQLite has no checksums, and takes what is missing at the end for zeros. So whoever wrote leaves
    that of the whole file in catalog.crc, with SQLite's count of changes: after a writer that was
    killed the count is another, and nothing is compared until the next.
    """

    def __init__(self, folder: Path, name: str = "catalog.sqlite") -> None:
        super().__init__(str(folder / name))
        self.folder = folder
        self.path = folder / name
        self._crc = self.path.with_suffix(".crc")
        self._copies: Path | None = None

    def _connect(self) -> sqlite3.Connection:
        # For writing, so that what a killed writer left half-written is undone; where that is not
        # allowed, SQLite opens it for reading only.
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(uri, uri=True, timeout=_SECONDS_TO_WAIT)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with told(self.place):
            if not self.path.exists():
                return []
            with closing(self._connect()) as connection:
                try:
                    return connection.execute(sql).fetchall()
                except sqlite3.OperationalError as error:
                    if "no such table" not in str(error):
                        raise
                    return []  # another process is just making it

    def attachment(self, *, writes: bool) -> str:
        if writes:
            return f"ducklake:sqlite:{self.path.as_posix()}"
        if self._copies is None:
            self._copies = Path(tempfile.mkdtemp(prefix="adoption-"))
            weakref.finalize(self, shutil.rmtree, self._copies, ignore_errors=True)
        copy = self._copies / f"{secrets.token_hex(6)}.sqlite"
        with told(self.place):
            with closing(self._connect()) as whole, closing(sqlite3.connect(copy)) as target:
                whole.backup(target)
                ((state,),) = target.execute("PRAGMA quick_check(1)").fetchall()
            if state != "ok":
                raise sqlite3.DatabaseError(f"malformed: {state}")
        return f"ducklake:sqlite:{copy.as_posix()}"

    def check(self) -> None:
        with told(self.place):
            if self.path.exists():
                (count, crc), (stated_count, stated) = self._count_and_crc(), self._stated()
                if stated_count == count and stated != crc:
                    raise damaged(self.place, "checksum")

    def _seal(self) -> None:
        count, crc = self._count_and_crc()
        if self._stated()[0] != count:  # else nothing was written
            self._crc.write_text(f"{count} {crc}\n", "ascii")

    def _stated(self) -> tuple[str, str]:
        """Count and checksum that the last writer left; empty where there are none, or half of
        them."""
        with suppress(FileNotFoundError):
            count, _, crc = self._crc.read_text("ascii", "replace").partition(" ")
            if crc.endswith("\n"):
                return count, crc.strip()
        return "", ""

    def _count_and_crc(self) -> tuple[str, str]:
        with closing(self._connect()) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master")  # nobody writes from here on
            content = self.path.read_bytes()
        return content[24:28].hex(), f"{zlib.crc32(content):08x}"

    def release(self, attachment: str) -> None:
        with suppress(OSError):  # Windows: still open; it goes with the folder
            Path(attachment.removeprefix("ducklake:sqlite:")).unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / "LOCK", timeout=0)
            lock.acquire()
        except filelock.Timeout as error:
            raise busy(str(self.folder)) from error
        except OSError as error:
            raise as_store_error(error, str(self.folder)) from error
        try:
            yield
        finally:
            with suppress(OSError, sqlite3.Error):
                self._seal()
            lock.release()

    def beside(self) -> "FileCatalog":
        found = FileCatalog(self.folder, "rebuilt.sqlite")
        with told(self.place):
            for left in self.folder.glob(f"{found.path.name}*"):  # by one that was killed
                left.unlink()
        return found

    def replace_by(self, beside: Catalog) -> None:
        assert isinstance(beside, FileCatalog)
        with told(self.place):
            flush(beside.path)
            # What a killed writer left of the old one would be undone in the new one.
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            self._crc.unlink(missing_ok=True)
            _replace(beside.path, self.path)
            flush_folder(self.folder)


class DatabaseCatalog(Catalog):
    """In PostgreSQL, in a schema of its own."""

    def __init__(self, address: Address, schema: str = SCHEMA) -> None:
        super().__init__(address.place)
        assert address.database is not None
        import psycopg.conninfo  # who has no such database does not wait for its driver

        self._address = address
        with told(address.place):
            self._conninfo = psycopg.conninfo.make_conninfo(**dict(address.database))
        self.schema = schema
        self._resting: list[Any] = []
        weakref.finalize(self, _close, self._resting)  # also when the store is forgotten

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """A connection that was used before, where it still works."""
        import psycopg

        with told(self.place):
            connection = None
            with suppress(IndexError):  # asked of the list once: another thread may take the last
                connection = self._resting.pop()
            if connection is not None:
                try:
                    connection.execute("SELECT 1")
                except psycopg.Error:
                    connection.close()
                    connection = None
            connection = connection or psycopg.connect(self._conninfo, autocommit=True)
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._resting.append(connection)

    def close(self) -> None:
        _close(self._resting)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        from psycopg import errors

        with self._connected() as connection:
            try:
                connection.execute(f"SET search_path = {self.schema}")
                rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
                return rows
            except errors.UndefinedTable:
                return []

    def attachment(self, *, writes: bool) -> str:
        return f"ducklake:postgres:{self._conninfo}"

    @property
    def options(self) -> str:
        return f", METADATA_SCHEMA {quoted(self.schema)}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        # The lock goes with its connection, also when a machine stops.
        import psycopg

        key = int.from_bytes(hashlib.sha256(SCHEMA.encode()).digest()[:7])
        with told(self.place):
            connection = psycopg.connect(self._conninfo, autocommit=True)
        try:
            with told(self.place):
                row = connection.execute(f"SELECT pg_try_advisory_lock({key})").fetchone()
            if row != (True,):
                raise busy(self.place)
            yield
        finally:
            # The server lets go of a lock some time after its connection is closed: not so here.
            with suppress(psycopg.Error):
                connection.execute(f"SELECT pg_advisory_unlock({key})")
            connection.close()

    def check_server(self) -> None:
        """Raises StoreError for a database that is too old or encoded otherwise."""
        with self._connected() as connection:
            if connection.info.server_version < _OLDEST_SERVER:
                raise StoreError(
                    f"{self.place}: the server is older than PostgreSQL 15; upgrade it first",
                    f"{self.place}：伺服器版本低於 PostgreSQL 15；請先升級伺服器",
                )
            ((encoding,),) = connection.execute("SHOW server_encoding").fetchall()
            if encoding != "UTF8":
                raise StoreError(
                    f"{self.place}: the database is encoded as {encoding}; make one with "
                    "ENCODING 'UTF8'",
                    f"{self.place}：資料庫的編碼是 {encoding}；請改建編碼為 UTF8 的資料庫",
                )

    def beside(self) -> "DatabaseCatalog":
        found = DatabaseCatalog(self._address, f"{self.schema}_rebuilt")
        with self._connected() as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {found.schema} CASCADE")
        return found

    def replace_by(self, beside: Catalog) -> None:
        assert isinstance(beside, DatabaseCatalog)
        with self._connected() as connection, connection.transaction():
            self._grant_as_before(connection, beside.schema)
            connection.execute(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")
            connection.execute(f"ALTER SCHEMA {beside.schema} RENAME TO {self.schema}")

    def _grant_as_before(self, connection: Any, schema: str) -> None:
        """Roles may do in `schema` what they may do in the one that it takes the place of."""
        granted = connection.execute(
            "SELECT grantee, string_agg(DISTINCT privilege_type, ', ') "
            "FROM information_schema.role_table_grants WHERE table_schema = %s "
            "AND grantee <> current_user GROUP BY grantee",
            (self.schema,),
        ).fetchall()
        for role, rights in granted:
            name = "PUBLIC" if role == "PUBLIC" else f'"{role}"'
            connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
            connection.execute(f"GRANT {rights} ON ALL TABLES IN SCHEMA {schema} TO {name}")


def catalog_of(address: Address) -> Catalog:
    if address.database is not None:
        return DatabaseCatalog(address)
    assert address.folder is not None
    return FileCatalog(address.folder)


def _close(connections: list[Any]) -> None:
    while connections:
        connections.pop().close()


def busy(place: str) -> StoreBusyError:
    return StoreBusyError(
        f"{place}: another load is writing; try again when it has finished",
        f"{place}：另一個載入作業正在寫入，請等它完成再試",
    )


def _replace(new: Path, path: Path) -> None:
    """Windows refuses while a reader has the old file open, which takes milliseconds."""
    until = time.monotonic() + _SECONDS_TO_WAIT
    while True:
        try:
            new.replace(path)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.05)


def flush(path: Path) -> None:
    """Have what was written to the file on the disk before going on."""
    # For writing: Windows flushes no handle that can only read.
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_folder(path: Path) -> None:
    """Make what was created or renamed in it durable; Windows needs no such thing."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
