"""The store that several machines share: a PostgreSQL database, version 15 or newer.

A load is one transaction. Who reads sees the rows as they were when the question was asked, and
neither waits nor is waited for. Who writes holds an advisory lock of the database, so there is one
writer; the lock goes with the connection, also when a machine stops. The rows that a load changes
or removes are kept for a few publications: an earlier version can be read and gone back to.

    address.py   what the URL says
    failures.py  what went wrong, in words
    rows.py      rows out and in
    versions.py  the current version and the kept ones
    writer.py    the verbs of a load
"""

import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import pandas as pd
import psycopg
import pyarrow as pa
from psycopg import IsolationLevel, errors
from sqlalchemy import NullPool, PoolProxiedConnection, create_engine, event

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
from adoption.store.layout import LAYOUT, check_layout, migrate
from adoption.store.postgresql import versions
from adoption.store.postgresql.address import address
from adoption.store.postgresql.failures import is_lost, no_tables, told
from adoption.store.postgresql.rows import Connection
from adoption.store.postgresql.writer import ConnectionReader, PostgreSQLWriter

# Held by whoever writes: "adopt" in ASCII.
_LOCK = 0x61646F7074
# How long to find out what became of a load whose connection was lost while it was published.
_SECONDS_TO_FIND_OUT = 30.0
_READERS_AT_REST, _READERS_AT_ONCE = 5, 20
_OLDEST_SERVER = 150_000


class PostgreSQLStore:
    """Records in a PostgreSQL database. One writer at a time, any number of readers."""

    def __init__(self, url: str) -> None:
        """`url` as in address.py; nothing is asked of the server before the first question."""
        self._address = address(url)
        self.url = self._address.shown
        self._is_fit = False
        # Each question checks its connection first: one that was lost meanwhile is replaced.
        self._readers = create_engine(
            self._address.url,
            connect_args={"prepare_threshold": None},
            pool_pre_ping=True,
            pool_use_lifo=True,
            pool_size=_READERS_AT_REST,
            max_overflow=_READERS_AT_ONCE - _READERS_AT_REST,
        )
        event.listen(self._readers, "connect", _only_read)
        self._writers = create_engine(
            self._address.url, connect_args={"prepare_threshold": None}, poolclass=NullPool
        )
        # Also when the store is forgotten, or the program ends.
        self._let_go = weakref.finalize(self, self._readers.dispose)

    @property
    def folder(self) -> Path | None:
        return self._address.folder

    @property
    def notice(self) -> Text | None:
        found = None if self.folder is None else notice_of_archive(self.folder)
        return found if found is not None and self.version == EMPTY_VERSION else None

    @property
    def version(self) -> str:
        with self._reading() as connection:
            self._check(connection)
            return versions.current(connection)

    def earlier_versions(self) -> Sequence[str]:
        with self._reading() as connection:
            return list(versions.kept(connection))[1:]

    def frame(self, query: Query) -> pd.DataFrame:
        with self._reading() as connection:
            return ConnectionReader(connection).frame(query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        with self._reading() as connection:
            yield from ConnectionReader(connection).batches(query, rows)

    @contextmanager
    def at(self, version: str) -> Iterator[Reader]:
        with self._reading() as connection:
            self._look_at(connection, version)
        yield _VersionReader(self, version)

    @contextmanager
    def reading_at(self, version: str) -> Iterator[ConnectionReader]:
        """A reader of that version, for one question."""
        with self._reading() as connection:
            self._look_at(connection, version)
            yield ConnectionReader(connection)

    def _look_at(self, connection: Connection, version: str) -> None:
        kept = versions.kept(connection)
        if version != next(iter(kept), EMPTY_VERSION):
            versions.look_at(connection, self._number_of(kept, version))

    def _number_of(self, kept: Mapping[str, int], version: str) -> int:
        if version not in kept:
            raise VersionError(
                f"{self._address.place}: version {version} is not kept any more",
                f"{self._address.place}：版本 {version} 已不再保留",
            )
        return kept[version]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A connection whose transaction sees one state of everything."""
        with told(self._address.place):
            held = self._readers.raw_connection()
            connection = _driver(held)
            try:
                if not self._is_fit:
                    self._check(connection)
                    self._is_fit = True
                yield connection
            except psycopg.Error as error:
                if connection.closed:
                    held.invalidate(error)
                raise
            finally:
                held.close()

    def _check(self, connection: Connection) -> None:
        try:
            found = versions.layout(connection)
        except errors.UndefinedTable as error:
            raise no_tables(self._address.place) from error
        check_layout(found, self._address.place)

    @contextmanager
    def writing(self, start: str | None = None) -> Iterator[Writer]:
        if self._address.folder is None:
            raise StoreError(
                f"{self._address.place}: the URL does not say where source files are archived; "
                "add ?folder=FOLDER, one that all who load can reach",
                f"{self._address.place}：網址沒有寫明原始檔封存在哪裡；"
                "請加上 ?folder=資料夾，且所有載入的電腦都要連得到",
            )
        with told(self._address.place), self._locked() as connection:
            self._check(connection)
            connection.autocommit = False
            writer = PostgreSQLWriter(connection)
            try:
                number = versions.begin(connection, self._number(connection, start))
                yield writer
                writer.renew_statistics()
                name = versions.publish(connection, number)
            except BaseException as error:
                with suppress(psycopg.Error):
                    connection.rollback()
                writer.end(published=False)
                if isinstance(error, OSError):  # of the archive's
                    raise as_store_error(error, self._address.folder) from error
                raise
            self._commit(connection, writer, name)

    def _number(self, connection: Connection, start: str | None) -> int:
        kept = versions.kept(connection)
        if start is None:
            return max(kept.values(), default=0)
        if start == EMPTY_VERSION:
            return 0
        return self._number_of(kept, start)

    def _commit(self, connection: Connection, writer: PostgreSQLWriter, name: str) -> None:
        try:
            connection.commit()
        except psycopg.Error as error:
            if not is_lost(error):
                writer.end(published=False)
                raise
            # The server may have published it and only the answer was lost.
            if not self._find_out(writer, name):
                raise
        else:
            writer.end(published=True)

    def _find_out(self, writer: PostgreSQLWriter, name: str) -> bool:
        """Whether version `name` was published after all. Raises StoreError when nobody can say."""
        until = time.monotonic() + _SECONDS_TO_FIND_OUT
        while True:
            try:
                # Once the lock is free, the session that was lost has come to its end.
                with told(self._address.place), self._locked() as connection:
                    published = name in versions.kept(connection)
                    writer.end(published=published)
                    return published
            except StoreError as error:
                if time.monotonic() > until:
                    raise StoreError(
                        f"{self._address.place}: the connection was lost while the load was "
                        "published; look at python -m etl loads whether it is there, when the "
                        "database answers again",
                        f"{self._address.place}：正要發布時連線中斷，不確定是否已經發布；"
                        "等資料庫恢復後，請用 python -m etl loads 查看這次載入在不在",
                    ) from error
                time.sleep(0.5)

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        """A connection of its own, while which no other writes; each statement by itself."""
        held = self._writers.raw_connection()
        connection = _driver(held)
        try:
            connection.autocommit = True
            ((is_free,),) = connection.execute(f"SELECT pg_try_advisory_lock({_LOCK})")
            if not is_free:
                raise StoreBusyError(
                    f"{self._address.place}: another load is writing; try again when it has "
                    "finished",
                    f"{self._address.place}：另一個載入作業正在寫入，請等它完成再試",
                )
            with suppress(psycopg.Error):  # not every system of a server can tell
                # Have the server notice within a statement that this process is gone.
                connection.execute("SET client_connection_check_interval = '2s'")
            yield connection
        finally:
            held.invalidate()  # closes it, whatever state it is in, and with it goes the lock

    def upgrade(self) -> tuple[str | None, str]:
        place = self._address.place
        with told(place), self._locked() as connection:
            try:
                found = versions.layout(connection)
            except errors.UndefinedTable:
                found = None
                _check_server(connection, place)
            if found is None or found < LAYOUT:
                with self._writers.begin() as migrating:
                    migrating.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {versions.NOW}")
                    migrate(migrating, found, schema=versions.NOW)
            else:
                check_layout(found, place)
            return found, LAYOUT

    def close(self) -> None:
        self._let_go()


class _VersionReader:
    def __init__(self, store: PostgreSQLStore, version: str) -> None:
        self._store = store
        self._version = version

    def frame(self, query: Query) -> pd.DataFrame:
        with self._store.reading_at(self._version) as reader:
            return reader.frame(query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        with self._store.reading_at(self._version) as reader:
            yield from reader.batches(query, rows)


def _driver(held: PoolProxiedConnection) -> Connection:
    return cast(Connection, held.driver_connection)


def _only_read(connection: Connection, _: object) -> None:
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _check_server(connection: Connection, place: str) -> None:
    if connection.info.server_version < _OLDEST_SERVER:
        raise StoreError(
            f"{place}: the server is older than PostgreSQL 15; upgrade it first",
            f"{place}：伺服器版本低於 PostgreSQL 15；請先升級伺服器",
        )
    ((encoding,),) = connection.execute("SHOW server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"{place}: the database is encoded as {encoding}; make one with ENCODING 'UTF8'",
            f"{place}：資料庫的編碼是 {encoding}；請改建編碼為 UTF8 的資料庫",
        )
