"""A store copied to another place: the archive, and from it every publication with its own day.

What was copied is compared before anybody sees it: each table is read from both in the order of its
key and written as CSV, and the checksums must be equal.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, Boolean, Date, Double, Integer, String, Table, select

from adoption.command import CommandError
from adoption.store import EMPTY_VERSION, Reader, Store
from adoption.store.csvtext import csv_text
from adoption.store.schema import TABLES
from etl.commit.ingest import Progress
from etl.history import log
from etl.history.archive import archive_folder, copy_archived
from etl.history.replay import rebuild
from etl.mapping.holder_key import copy_secret

_BATCH = 100_000
_ARROW = {
    String: pa.string(),
    Date: pa.date32(),
    Boolean: pa.bool_(),
    Integer: pa.int32(),
    BigInteger: pa.int64(),
    Double: pa.float64(),
}


@dataclass(frozen=True)
class Part:
    """A table, how many rows it has, and their checksum."""

    table: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Copied:
    """`version` is the source's; `files` and `bytes` are those of the archive."""

    version: str
    tables: list[Part]
    files: int
    bytes: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def copy(source: Store, target: Store, *, progress: Progress = lambda doing, share: None) -> Copied:
    """Copy all that `source` has now, its history included, to `target`, which must be empty.

    Raises CommandError when there is nothing to copy, when the target holds something, and when
    the copy is not equal; UnreadableFile when the archive lacks a file or has a damaged one;
    StoreError, StoreBusyError. Whatever is raised, the target shows no records.
    """
    here, there = archive_folder(source), archive_folder(target)
    last = next(iter(source.versions()), None)
    if last is None:
        raise CommandError(
            f"{source.url}：資料庫是空的，沒有資料可複製",
            f"{source.url}: the store is empty, there is nothing to copy",
        )
    if log.log_of(there) or target.version != EMPTY_VERSION:
        raise CommandError(
            f"{target.url}：目的地已有資料或封存檔；請改用空的資料庫和空的資料夾",
            f"{target.url}: it holds records or an archive already; give an empty database and an "
            "empty folder",
        )
    # What is published from now on is not half in the copy.
    recorded = [each for each in log.history(source, here) if each.number <= last.number]
    parts: list[Part] = []

    def compare(built: Store) -> None:
        with source.at(last.name) as reader:
            for table in TABLES:
                parts.append(part_of(reader, table))
                if part_of(built, table) != parts[-1]:
                    raise CommandError(
                        f"{table.name}：複製後與來源不同，沒有發布；請先在來源執行 "
                        "python -m etl rebuild，再複製一次",
                        f"{table.name}: the copy is not what the source has, nothing was "
                        "published; run python -m etl rebuild on the source, then copy again",
                    )

    files = [file for each in recorded for entry in each.entries for file in entry.files]
    names = {str(file["archived"] or file["sha256"]): file for file in files}
    try:
        sizes = [copy_archived(here, there, file) for file in names.values()]
        log.write(there, recorded)
        copy_secret(source.folder, target.folder)
        rebuild(target, progress=progress, compare=compare)
    except BaseException:
        log.remove(there)
        for name in names:
            (there / name).unlink(missing_ok=True)
        raise
    return Copied(last.name, parts, len(sizes), sum(sizes))


def part_of(reader: Reader, table: Table) -> Part:
    """How much of the table there is, and its checksum."""
    rows, digest = 0, hashlib.sha256()
    for batch in _rows(reader, table):
        digest.update(csv_text(batch))
        rows += batch.num_rows
    return Part(table.name, rows, digest.hexdigest())


def _rows(reader: Reader, table: Table) -> Iterator[pa.Table]:
    """In the order of the key, with the types of the schema."""
    kinds = pa.schema([(column.name, _ARROW[type(column.type)]) for column in table.c])
    query = select(*table.c).order_by(*table.primary_key.columns)
    for batch in reader.batches(query, _BATCH):
        yield pa.Table.from_batches([batch]).cast(kinds)
