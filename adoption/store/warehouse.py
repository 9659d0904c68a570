"""The folder of Parquet files that a Spark cluster reads and writes, its versions and its pointer.

    CURRENT                 the name of the version that readers see
    versions/NAME.json      which files hold each table in that version
    tables/TABLE/STEP/      Parquet files; versions share those of a table that did not change
    drafts/NAME/            what a load needs while it runs
    answers/                long answers on their way to who asked
    archive/, jobs/, LOCK   as in the embedded store, see duckdb.py

The folder lies on storage that the machines of the cluster, the loaders and the dashboards all
mount under the same path. A file is written once and never changed: a version is a list of files,
and publishing one moves CURRENT to its name. Files that no kept version lists are of no use to
anybody, be they old, or left by a load that was killed; the next writer removes them.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock
import pyarrow as pa
import pyarrow.parquet as pq

from adoption.language import Text
from adoption.store.base import EMPTY_VERSION, StoreBusyError, StoreError, VersionError
from adoption.store.failures import as_store_error, notice_of_archive
from adoption.store.layout import LAYOUT, check_layout
from adoption.store.pointer import (
    flush,
    move_pointer,
    named_version,
    notice_of_fallback,
)

KEPT_VERSIONS = 5
_VERSION = re.compile(r"[0-9]{6,}-[0-9a-f]+")


@dataclass(frozen=True)
class DataFile:
    """A Parquet file: its path within the warehouse, and what is in it."""

    path: str
    bytes: int
    rows: int


Tables = Mapping[str, tuple[DataFile, ...]]


class Warehouse:
    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first load."""
        self.folder = folder
        self._known: dict[str, Tables] = {}  # versions of which every file was seen

    def current(self) -> tuple[str, Text | None]:
        """The version to read, and what is wrong where it is not the one that CURRENT names."""
        try:
            named = named_version(self.folder)
        except OSError as error:
            raise as_store_error(error, self.folder) from error
        if _VERSION.fullmatch(named) and self.is_whole(named):
            return named, None
        versions = self.versions()
        if not named and not versions:
            return EMPTY_VERSION, notice_of_archive(self.folder)
        for version in versions:
            if self.is_whole(version):
                return version, notice_of_fallback(self.folder, named, version)
        raise StoreError(
            f"{self.folder}: no version of the store can be opened; "
            "run python -m etl rebuild, which makes it again from the archived files",
            f"{self.folder}：資料庫的每個版本都打不開；"
            "請執行 python -m etl rebuild，以封存的原始檔重建",
        )

    def versions(self) -> list[str]:
        """The newest first."""
        found = (path.stem for path in (self.folder / "versions").glob("*.json"))
        return sorted((name for name in found if _VERSION.fullmatch(name)), reverse=True)

    def is_whole(self, version: str) -> bool:
        """Whether every file that it lists is there and as long as it was."""
        try:
            self.tables(version)
        except VersionError:
            return False
        return True

    def tables(self, version: str) -> Tables:
        """Table -> its files; no table at all in EMPTY_VERSION.

        Raises VersionError when there is no such version or a file of it is missing or cut short.
        """
        if version == EMPTY_VERSION:
            return {}
        if version not in self._known:
            self._known[version] = self._read(version)
        return self._known[version]

    def _read(self, version: str) -> Tables:
        if not _VERSION.fullmatch(version):
            raise self._not_whole(version)
        try:
            text = (self.folder / "versions" / f"{version}.json").read_text("utf-8")
            listed = json.loads(text)
            layout = str(listed["layout"])
            tables = {
                name: tuple(DataFile(**file) for file in files)
                for name, files in listed["tables"].items()
            }
            for files in tables.values():
                for file in files:
                    if (self.folder / file.path).stat().st_size != file.bytes:
                        raise self._not_whole(version)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise self._not_whole(version) from error
        check_layout(layout, str(self.folder))
        return tables

    def doubt(self, version: str) -> None:
        """Look again whether its files are there when it is next asked for."""
        self._known.pop(version, None)

    def _not_whole(self, version: str) -> VersionError:
        return VersionError(
            f"{self.folder}: there is no whole version {version}",
            f"{self.folder}：沒有完整的版本 {version}",
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """For the one writer. Raises StoreBusyError at once while there is another."""
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
            yield
        finally:
            lock.release()

    def new_name(self) -> str:
        """Of a version that is newer than all others. Only while locked."""
        last = max(self.versions(), default="0")
        return f"{int(last.split('-')[0]) + 1:06d}-{secrets.token_hex(3)}"

    def publish(self, version: str, tables: Tables) -> None:
        """Have readers see `version`. Only while locked."""
        for file in {file.path for files in tables.values() for file in files}:
            if Path(file).parent.name.startswith(version):  # new, and written by other processes
                flush(self.folder / file)
        listed = {
            "layout": LAYOUT,
            "tables": {name: [vars(file) for file in files] for name, files in tables.items()},
        }
        path = self.folder / "versions" / f"{version}.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(listed, indent=1), "utf-8")
        flush(draft)
        draft.replace(path)
        move_pointer(self.folder, version)

    def tidy(self, current: str) -> None:
        """Remove what no reader will ask for; only while locked.

        That is drafts, versions newer than `current` (they were never published), all but the last
        KEPT_VERSIONS, and files of tables that none of these lists.
        """
        shutil.rmtree(self.folder / "drafts", ignore_errors=True)
        versions = self.versions()
        kept = [version for version in versions if version <= current][:KEPT_VERSIONS]
        if current == EMPTY_VERSION:
            kept = []
        for version in set(versions) - set(kept):
            (self.folder / "versions" / f"{version}.json").unlink(missing_ok=True)
            self._known.pop(version, None)
        listed: set[Path] = set()
        for version in kept:
            if not self.is_whole(version):
                return  # of one that is damaged, what is left may still be of use
            files = [file for files in self.tables(version).values() for file in files]
            listed |= {(self.folder / file.path).parent for file in files}
        for step in (self.folder / "tables").glob("*/*"):
            if step not in listed:
                shutil.rmtree(step, ignore_errors=True)

    def files_in(self, step: str) -> tuple[DataFile, ...]:
        """What was written to the folder `step`; empty files are left out."""
        found = []
        for path in sorted((self.folder / step).glob("*.parquet")):
            rows = pq.read_metadata(path).num_rows
            if rows:
                file = path.relative_to(self.folder).as_posix()
                found.append(DataFile(file, path.stat().st_size, rows))
        return tuple(found)

    def write(self, step: str, rows: pa.Table) -> tuple[DataFile, ...]:
        """A file of `rows` in the folder `step`, which is made."""
        folder = self.folder / step
        folder.mkdir(parents=True)
        pq.write_table(rows, folder / "part-00000.parquet")
        flush(folder / "part-00000.parquet")
        return self.files_in(step)
