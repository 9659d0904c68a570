"""The store: records in a DuckLake, every version of them.

Parquet files that are never changed, and a catalog in SQL (catalog.py) that says which of them make
up each version. DuckDB reads and writes it, whatever holds the catalog.

    catalog.sqlite        the catalog, where it is not in PostgreSQL; catalog.crc its checksum
    records/LAKE/main/..  the data files
    archive/              source files and the log of publications (written by loading)
    jobs/                 loads asked for on the 資料 page (adoption/jobs)
    scratch-…/            what a load keeps on disk until it ends: rows that wait, what it spills
    LOCK                  held by the one writer
"""

import json
import logging
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from adoption.store import engine
from adoption.store.address import Address
from adoption.store.catalog import Catalog, DatabaseCatalog, Seen, catalog_of
from adoption.store.changes import Change, changes_between, counts_between
from adoption.store.compute import Compute, SnapshotFiles
from adoption.store.datafiles import NewFiles, SoundFiles
from adoption.store.engine import Connection, quoted
from adoption.store.errors import DamagedError, StoreError, VersionError, told
from adoption.store.reader import LakeReader, Query, Reader
from adoption.store.schema import FEEDS, TABLES
from adoption.store.upkeep import Maintained, compact, maintain, mark_commit, remove_merged, upkeep
from adoption.store.versions import (
    EMPTY_VERSION,
    LAYOUT,
    Publication,
    Version,
    name_of,
    snapshot_of,
    stored,
    version_of,
)
from adoption.store.writer import Writer

# A load of any size stays within this; what does not fit spills to disk beside the store.
WRITER_MEMORY = "600MB"
# So many versions stay attached although nobody reads them now.
_AT_REST = 4
# So many connections of a version wait for its next readers.
_MOST_IDLE = 8
_SECONDS_TO_FIND_OUT = 30.0
_SECONDS_OF_SCRATCH = 86_400.0
_log = logging.getLogger(__name__)


@dataclass
class _Attached:
    """A version that this process can read, under a name in its DuckDB."""

    version: str
    name: str
    attachment: str
    newest: int  # the lake's last snapshot when it was attached
    files: list[tuple[str, int]]
    readers: int = 0
    idle: list[Connection] = field(default_factory=list)  # in a transaction that has read it


@dataclass
class _Instance:
    """The DuckDB of this process for one store; what was asked for last is last in `attached`."""

    connection: Connection
    attached: list[_Attached]
    count: int = 0


class Store:
    """One writer at a time, any number of readers, who never wait.

    Every answer comes from one version as a whole. Answers that belong together are asked of one
    reader, `at` the version that they are then kept under: a load that is published meanwhile does
    not mix with them.
    """

    def __init__(
        self, where: Address, catalog: Catalog | None = None, compute: Compute | None = None
    ) -> None:
        """Nothing is made or connected to before it is needed. `catalog`: one in which a lake is
        being built, beside the one that readers see. `compute`: answers in place of DuckDB."""
        self._address = where
        self._compute = compute
        self._catalog = catalog or catalog_of(where)
        self._is_being_built = catalog is not None
        self._opening = threading.RLock()
        self._instance: _Instance | None = None
        self._sound = SoundFiles()

    @property
    def url(self) -> str:
        """Opens it again, but for a password, which is never in it: see `open_store`."""
        return self._address.url

    @property
    def folder(self) -> Path | None:
        """Where files beside the records are: archive/ and jobs/. None: the URL names no such."""
        return self._address.folder

    @property
    def place(self) -> str:
        """What messages call it."""
        return self._address.place

    # Versions ---------------------------------------------------------------------------------

    @property
    def version(self) -> str:
        """Names what a reader sees now; changes with every publication. The cache key.

        Raises StoreError when the store cannot be read, or has another layout than this program.
        """
        seen = self._seen()
        if seen is None or seen.version is None:
            return EMPTY_VERSION
        return name_of(seen.version, seen.lake)

    def _seen(self) -> Seen | None:
        """The lake as it is now; None: nothing was ever written.

        Raises DamagedError where the catalog knows of no publication and the archive does: nobody
        may take the store for a new one.
        """
        seen = self._catalog.seen()
        if self._is_being_built:
            return seen
        if seen is None and isinstance(self._catalog, DatabaseCatalog):
            raise _no_tables(self.place)
        if (seen is None or seen.version is None) and self.folder is not None:
            with told(self.place):
                if (self.folder / "archive" / "ledger.jsonl").exists():
                    raise _lost(self._catalog.place)
        return seen

    def versions(self) -> Sequence[Version]:
        """Every version that is kept, the newest first."""
        seen = self._seen()
        if seen is None:
            return []
        return [version_of(seen.lake, *each) for each in self._catalog.publications()]

    def known_on(self, day: date) -> str:
        """The version as known on `day`: that of the last publication received by then."""
        known = [v.name for v in self.versions() if v.publication.received <= day]
        return known[0] if known else EMPTY_VERSION

    def changes(self, before: str, after: str) -> Iterator[Change]:
        """What came, went and changed from one version to the other, feed by feed.

        Raises VersionError for a version that is not kept.
        """
        with self._comparing(before, after) as (connection, first, last):
            yield from changes_between(connection, first, last)

    def change_counts(self, before: str, after: str) -> dict[str, dict[str, int]]:
        """Feed -> how many rows came, changed and went."""
        with self._comparing(before, after) as (connection, first, last):
            return counts_between(connection, first, last)

    @contextmanager
    def _comparing(self, before: str, after: str) -> Iterator[tuple[Connection, int, int]]:
        """A connection that sees the lake as it is now, and the snapshots of both versions."""
        newest = self.version
        with self._lake_at(newest) as reader, told(self.place):
            first, last = self._snapshot(before), self._snapshot(after)
            self._check_files(snapshot_of(newest)[1], min(first, last), max(first, last))
            yield reader.connection, first, last

    # Reading ----------------------------------------------------------------------------------

    def frame(self, query: Query) -> pd.DataFrame:
        with self.at(self.version) as reader:
            return reader.frame(query)

    def batches(self, query: Query, rows: int = 100_000) -> Iterator[pa.RecordBatch]:
        with self.at(self.version) as reader:
            yield from reader.batches(query, rows)

    @contextmanager
    def at(self, version: str) -> Iterator[Reader]:
        """A reader of any version that is kept, whatever is published meanwhile.

        Raises VersionError for one that is not kept, StoreError when the store cannot be read.
        """
        with self._lake_at(version) as lake:
            if self._compute is None or version == EMPTY_VERSION:
                yield lake
            else:
                yield self._compute.reader(lake, partial(self._files, version))

    @contextmanager
    def _lake_at(self, version: str) -> Iterator[LakeReader]:
        held: list[tuple[_Attached, Connection]] = []

        def connect() -> Connection:
            held.append(self._connect(version, anew=bool(held)))
            return held[-1][1]

        is_sound = False
        try:
            yield LakeReader(connect(), self.place, connect)
            is_sound = True
        finally:
            for attached, connection in held:
                self._release(attached, connection, keep=is_sound and len(held) == 1)

    def _connect(self, version: str, *, anew: bool) -> tuple[_Attached, Connection]:
        with told(self.place), self._opening:
            instance = self._instance = self._instance or self._started()
            attached = self._attached(instance, version, anew=anew)
            attached.readers += 1
            if attached.idle:
                return attached, attached.idle.pop()
            # Of its own for each reader: one shared by threads fails under load.
            connection = instance.connection.cursor()
            try:
                engine.look_at(connection, attached.name)
                connection.execute("BEGIN")
            except duckdb.Error as error:
                attached.readers -= 1
                if isinstance(error, duckdb.FatalException):  # this DuckDB answers nothing any more
                    self._instance = None
                raise
            return attached, connection

    def _started(self) -> _Instance:
        connection = engine.connect(self._address)
        connection.execute("ATTACH ':memory:' AS nothing; USE nothing")
        _create_tables(connection)
        return _Instance(connection, [_Attached(EMPTY_VERSION, "nothing", "", 0, [])])

    def _attached(self, instance: _Instance, version: str, *, anew: bool) -> _Attached:
        newest = 0 if version == EMPTY_VERSION else self._newest(version)
        for found in reversed(instance.attached):
            if found.version == version and found.newest == newest and not anew:
                self._sound.check(found.files, self._catalog.extras)
                instance.attached.remove(found)
                break
        else:
            if version == EMPTY_VERSION:
                return next(each for each in instance.attached if not each.attachment)
            try:
                found = self._attach(instance, version, newest)
            except DamagedError:
                if self._newest(version) == newest:
                    raise
                # Compaction has put its rows into other files meanwhile.
                found = self._attach(instance, version, self._newest(version))
        instance.attached.append(found)
        self._detach_unused(instance)
        return found

    def _newest(self, version: str) -> int:
        """The lake's last snapshot. Raises VersionError where `version` is of another lake."""
        seen = self._catalog.seen()
        if seen is None or snapshot_of(version)[1] != seen.lake:
            raise _no_version(self.place, version)
        return seen.newest

    def _snapshot(self, version: str) -> int:
        """The snapshot to read for `version`; 0 before everything."""
        if version == EMPTY_VERSION:
            return 0
        found = self._catalog.last_of(snapshot_of(version)[0])
        if found is None:
            raise _no_version(self.place, version)
        return found

    def _files(self, version: str) -> SnapshotFiles:
        snapshot = self._snapshot(version)
        data = Path(self._address.data, snapshot_of(version)[1], "main").absolute()
        return SnapshotFiles(data.as_posix(), snapshot, self._catalog.files(snapshot, snapshot))

    def _attach(self, instance: _Instance, version: str, newest: int) -> _Attached:
        snapshot = self._snapshot(version)
        self._check_layout()
        lake = snapshot_of(version)[1]
        files = self._check_files(lake, snapshot, snapshot)
        instance.count += 1
        name = f"version_{instance.count}"
        attachment = self._catalog.attachment(writes=False)
        instance.connection.execute(
            f"ATTACH {quoted(attachment)} AS {name} (READ_ONLY, SNAPSHOT_VERSION {snapshot}"
            f"{self._options(lake)})"
        )
        return _Attached(version, name, attachment, newest, files)

    def _check_files(self, lake: str, first: int, last: int) -> list[tuple[str, int]]:
        """The files, and their bytes, that make up snapshots from `first` to `last`.

        Raises DamagedError when one is not what was written.
        """
        self._catalog.check()
        if self._address.is_bucket:
            return []
        files = [
            (f"{self._address.data}/{lake}/main/{file.table}/{file.name}", file.bytes)
            for file in self._catalog.files(first, last)
        ]
        self._sound.check(files, self._catalog.extras)
        return files

    def _options(self, lake: str) -> str:
        """Of ATTACH. Where data is, the URL says: the folder may have moved since it was made."""
        data = quoted(f"{self._address.data}/{lake}/")
        return f", DATA_PATH {data}, OVERRIDE_DATA_PATH true{self._catalog.options}"

    def _detach_unused(self, instance: _Instance) -> None:
        unused = [each for each in instance.attached[:-1] if not each.readers and each.attachment]
        for attached in unused[: max(0, len(instance.attached) - _AT_REST)]:
            instance.attached.remove(attached)
            _close_idle(attached)
            with suppress(duckdb.Error):
                instance.connection.execute(f"DETACH {attached.name}")
            self._catalog.release(attached.attachment)

    def _release(self, attached: _Attached, connection: Connection, *, keep: bool) -> None:
        """With `keep` for the next reader of the version: what the transaction has read of the
        catalog need not be read again. In a server it would hold a transaction open."""
        with self._opening:
            attached.readers -= 1
            is_attached = self._instance is not None and attached in self._instance.attached
            is_kept = keep and is_attached and len(attached.idle) < _MOST_IDLE
            if is_kept and not isinstance(self._catalog, DatabaseCatalog):
                attached.idle.append(connection)
            else:
                engine.close(connection)

    def close(self) -> None:
        """Let go of connections and files."""
        with self._opening:
            if self._instance is not None:
                for attached in self._instance.attached:
                    _close_idle(attached)
                engine.close(self._instance.connection)
                for attached in self._instance.attached:
                    self._catalog.release(attached.attachment)
                self._instance = None
            self._catalog.close()

    # Writing ----------------------------------------------------------------------------------

    @contextmanager
    def writing(self, *, trial: bool = False) -> Iterator[Writer]:
        """The one writer: publishes when the block ends, leaves no trace when it raises.

        A `trial` publishes nothing, and so waits for nobody and makes nobody wait.

        Raises StoreBusyError at once when another load is writing, and StoreError when the store
        cannot be written to, before or while it is.
        """
        if self.folder is None:
            raise StoreError(
                f"{self.place}: the URL does not say where source files are archived; add "
                "&folder=FOLDER, one that all who load can reach",
                f"{self.place}：網址沒有寫明原始檔封存在哪裡；請加上 &folder=資料夾，"
                "且所有載入的電腦都要連得到",
            )
        with self._alone(trial=trial), self._writer(trial=trial) as writer:
            yield writer

    def _alone(self, *, trial: bool) -> Any:
        return nullcontext() if trial or self._is_being_built else self._catalog.locked()

    @contextmanager
    def _writer(self, *, trial: bool) -> Iterator[Writer]:
        assert self.folder is not None
        with told(self.place), self._scratch_folder() as scratch:
            seen, catalog = self._seen(), self._catalog
            self._check_layout()
            if seen is not None:  # what is read now, or put together, is written anew
                self._check_files(seen.lake, seen.newest, seen.newest)
            connection = engine.connect(
                self._address,
                memory_limit=WRITER_MEMORY,
                temp_directory=str(scratch),
                preserve_insertion_order="false",  # rows are written by several threads
            )
            try:
                lake, attachment = self._attach_for_writing(connection, seen, scratch, trial=trial)
                connection.execute("BEGIN")
                if not (seen and catalog.has_tables()):
                    _create_tables(connection)
                new = NewFiles(self._data(lake))
                number = 1 + max((version.number for version in self.versions()), default=0)
                newest = seen.newest if seen else 0

                def check(snapshot: int) -> None:
                    self._check_files(lake, snapshot, newest)

                writer = Writer(
                    connection, self.place, newest, number, check, scratch, self._compute
                )
                try:
                    yield writer
                    if not trial:
                        self._commit(writer, new)
                except _UnsettledError:
                    raise
                except BaseException:
                    with suppress(duckdb.Error):
                        connection.execute("ROLLBACK")
                    writer.end(published=False)
                    raise
                if trial:
                    connection.execute("ROLLBACK")
                writer.end(published=not trial)
                if not trial:
                    self._compact(connection, lake)
            finally:
                engine.close(connection)
                if trial:
                    self._catalog.release(attachment)

    def _data(self, lake: str) -> Path | None:
        """The folder of the lake's data; None in a bucket."""
        return None if self._address.is_bucket else Path(self._address.data) / lake

    def _commit(self, writer: Writer, new: NewFiles) -> None:
        last = next(iter(self.versions()), None)
        publication = writer.publication or Publication()
        if last is not None:
            received = max(publication.received, last.publication.received)
            publication = replace(publication, received=received)
        rows = dict(last.rows) if last is not None else {}
        counts = " UNION ALL ".join(
            f"SELECT '{feed}', count(*) FROM {feed}"
            for feed in FEEDS
            if feed in writer.written or feed not in rows
        )
        if counts:
            rows.update(writer.connection.execute(counts).fetchall())
        carried = mark_commit(
            writer.connection,
            publication.kind,
            publication.by,
            {**stored(publication, writer.number, rows), "files": new.kept_safe()},
        )
        try:
            writer.connection.execute("COMMIT")
        except duckdb.Error:
            if not self._was_published(carried):
                raise

    def _was_published(self, carried: str) -> bool:
        """Whether a commit that failed is there all the same: its answer may have been lost."""
        until = time.monotonic() + _SECONDS_TO_FIND_OUT
        while True:
            try:
                return json.loads(carried) in self._catalog.extras()
            except StoreError as error:
                if time.monotonic() > until:
                    raise _UnsettledError(
                        f"{self.place}: the connection was lost while the load was published; "
                        "look at python -m etl loads whether it is there, when the database "
                        "answers again",
                        f"{self.place}：正要發布時連線中斷，不確定是否已經發布；"
                        "等資料庫恢復後，請用 python -m etl loads 查看這次載入在不在",
                    ) from error
                time.sleep(0.5)

    def _compact(self, connection: Connection, lake: str) -> None:
        """What was published stays so, whatever becomes of this: the next load tries again."""
        try:
            with upkeep(connection, self._data(lake)):
                is_new = compact(connection, self._catalog)
            if is_new:
                remove_merged(connection)
        except (OSError, duckdb.Error, StoreError) as error:
            _log.warning("not compacted: %s", error)

    def _attach_for_writing(
        self, connection: Connection, seen: Seen | None, scratch: Path, *, trial: bool
    ) -> tuple[str, str]:
        lake = seen.lake if seen else secrets.token_hex(3)
        attachment = self._catalog.attachment(writes=True)
        options = self._options(lake)
        if trial and seen is None:
            place = scratch.as_posix()
            attachment, options = (
                f"ducklake:sqlite:{place}/trial.sqlite",
                f", DATA_PATH {quoted(f'{place}/')}",
            )
        elif trial:
            attachment = self._catalog.attachment(writes=False)
        connection.execute(
            f"ATTACH {quoted(attachment)} AS lake (DATA_INLINING_ROW_LIMIT 0{options})"
        )
        engine.look_at(connection, "lake")
        return lake, attachment

    @contextmanager
    def _scratch_folder(self) -> Iterator[Path]:
        """Beside the store: where there is room for the store there is room for its work."""
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob("scratch-*"):  # by one that was killed
            if time.time() - left.stat().st_mtime > _SECONDS_OF_SCRATCH:
                shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.folder))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _check_layout(self) -> None:
        found = self._layout()
        if found not in (None, LAYOUT):
            raise _other_layout(self.place, str(found))

    def _layout(self) -> str | None:
        """That of the lake's tables; None where there are none."""
        extras = self._catalog.extras()
        return str(extras[-1]["layout"]) if extras else None

    def upgrade(self) -> tuple[str | None, str]:
        """Make the tables in an empty place.

        Returns the layouts of the lake that was there (None: none) and of this program. A lake of
        an older layout is left as it is: `etl upgrade` makes it again from the archive. Raises as
        `writing`.
        """
        found = self._layout()
        if found is not None:
            if found > LAYOUT:
                raise _other_layout(self.place, found)
            return found, LAYOUT
        with self._alone(trial=False), told(self.place), self._scratch_folder() as scratch:
            if isinstance(self._catalog, DatabaseCatalog):
                self._catalog.check_server()
            connection = engine.connect(self._address)
            try:
                seen = self._catalog.seen()
                lake, _ = self._attach_for_writing(connection, seen, scratch, trial=False)
                if not self._catalog.has_tables():
                    with upkeep(connection, self._data(lake)):
                        _create_tables(connection)
            finally:
                engine.close(connection)
        return None, LAYOUT

    @contextmanager
    def rebuilding(self) -> Iterator["Store"]:
        """A store without records, which takes this one's place when the block ends well.

        Until then readers see this one, damaged as it may be. Raises as `writing`.
        """
        with self._catalog.locked():
            beside = Store(self._address, self._catalog.beside(), self._compute)
            try:
                yield beside
                made = beside._catalog.seen()
                beside.close()
                self._catalog.replace_by(beside._catalog)
            except BaseException:
                with suppress(StoreError):
                    made = beside._catalog.seen()
                    beside.close()
                    self._forget(made)
                raise
            if made is not None:
                self._forget_others(made)

    def _forget(self, seen: Seen | None) -> None:
        if seen is not None and (data := self._data(seen.lake)) is not None:
            shutil.rmtree(data, ignore_errors=True)

    def _forget_others(self, seen: Seen) -> None:
        """Remove the data of lakes that are no more; in a bucket it stays."""
        if (data := self._data(seen.lake)) is not None:
            for old in data.parent.glob("*"):
                if old != data:
                    shutil.rmtree(old, ignore_errors=True)

    def maintain(self, keep_days: int | None = None) -> Maintained:
        """Compact, remove files that no version needs and, with `keep_days`, versions that are
        older; the newest stays. Raises as `writing`."""
        with self._catalog.locked(), told(self.place), self._scratch_folder() as scratch:
            seen = self._seen()
            if seen is None or not self._catalog.has_tables():
                return Maintained(0, 0, 0)
            self._check_files(seen.lake, seen.newest, seen.newest)
            self._forget_others(seen)
            connection = engine.connect(self._address, memory_limit=WRITER_MEMORY)
            try:
                lake, _ = self._attach_for_writing(connection, seen, scratch, trial=False)
                return maintain(connection, self._catalog, self._data(lake), keep_days)
            finally:
                engine.close(connection)


class _UnsettledError(StoreError):
    """Nobody can say whether a load was published."""


def _create_tables(connection: Connection) -> None:
    for table in TABLES:
        engine.create(connection, table)


def _close_idle(attached: _Attached) -> None:
    while attached.idle:
        engine.close(attached.idle.pop())


def _no_version(place: str, version: str) -> VersionError:
    return VersionError(
        f"{place}: there is no version {version}, or it has expired; python -m etl versions lists "
        "them",
        f"{place}：沒有版本 {version}，或已過保存期限；python -m etl versions 會列出所有版本",
    )


def _lost(place: str) -> DamagedError:
    return DamagedError(
        f"{place}: the catalog is missing or empty, but the archive has loads; run python -m etl "
        "rebuild, which makes the store again from the archived files",
        f"{place}：目錄遺失或是空的，但封存資料夾裡有載入紀錄；請執行 python -m etl rebuild，"
        "以封存的原始檔重建",
    )


def _no_tables(place: str) -> StoreError:
    return StoreError(
        f"{place}: the database has no tables of this program yet; its owner makes them with "
        "python -m etl upgrade, see docs/operations-shared.md",
        f"{place}：資料庫裡還沒有本程式的資料表；請擁有者執行 python -m etl upgrade 建立，"
        "見 docs/operations-shared.md",
    )


def _other_layout(place: str, found: str) -> StoreError:
    if found < LAYOUT:
        return StoreError(
            f"{place}: the store has an older layout ({found}, here {LAYOUT}); run python -m etl "
            "upgrade, which loses nothing",
            f"{place}：資料庫是舊版的結構（{found}，本程式是 {LAYOUT}）；"
            "請執行 python -m etl upgrade 升級，資料不會遺失",
        )
    return StoreError(
        f"{place}: the store was made by a newer version of this program (layout {found}, here "
        f"{LAYOUT}); install that version",
        f"{place}：資料庫是較新版程式建立的（結構 {found}，本程式是 {LAYOUT}）；請更新程式再使用",
    )
