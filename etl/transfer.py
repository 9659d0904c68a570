"""A store copied to another, on any engine: records, ledger and archive, all of it or nothing.

Every table is read in the order of its key and written; then it is read again from the target, and
count and checksum must be the source's. The checksum is the SHA-256 of the rows as CSV, in that
order: it does not depend on the engine.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, Boolean, Date, Double, Integer, String, Table, func, select

from adoption.command import CommandError
from adoption.store import EMPTY_VERSION, Reader, Store, Writer
from adoption.store.csvtext import csv_text
from adoption.store.schema import calendar, metadata
from etl import ledger
from etl.archive import (
    archive_folder,
    archived_entries,
    keep_archived,
    keep_ledger,
    unsettled_entries,
)
from etl.intake import Progress

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
class Transferred:
    """`version` is the source's; `files` and `bytes` are those of the archive."""

    version: str
    tables: list[Part]
    files: int
    bytes: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def transfer(
    source: Store, target: Store, *, progress: Progress = lambda doing, share: None
) -> Transferred:
    """Copy all that `source` has now to `target`, which must be empty.

    Raises CommandError when there is nothing to copy, when the target holds something, and when
    the copy is not equal; UnreadableFile when the archive lacks a file or has a damaged one;
    StoreError, StoreBusyError. Whatever is raised, the target is as it was.
    """
    here, there = _archive_of(source), _archive_of(target)
    version = source.version
    if version == EMPTY_VERSION:
        raise CommandError(
            f"{source.url}：資料庫是空的，沒有資料可複製",
            f"{source.url}: the store is empty, there is nothing to copy",
        )
    _refuse_if_filled(target, there)
    with source.at(version) as reader, target.writing() as writer:
        _refuse_if_filled(target, there)  # nobody else may have filled it meanwhile
        parts = _copy_tables(reader, writer, progress)
        entries = ledger.united(archived_entries(here), ledger.entries(reader))
        files = {(file["archived"] or file["sha256"]): file for e in entries for file in e.files}
        sizes = [keep_archived(writer, here, there, file) for file in files.values()]
        progress("publish", 0.95)
        keep_ledger(writer, there, entries)
    progress("publish", 1.0)
    return Transferred(version, parts, len(sizes), sum(sizes))


def _archive_of(store: Store) -> Path:
    folder = archive_folder(store)
    if folder is None:
        raise CommandError(
            f"{store.url}：網址沒有寫明封存資料夾；請加上 ?folder=資料夾",
            f"{store.url}: the URL does not say where the archive is; add ?folder=FOLDER",
        )
    return folder


def _refuse_if_filled(target: Store, archive: Path) -> None:
    if target.version != EMPTY_VERSION or unsettled_entries(archive):
        raise CommandError(
            f"{target.url}：目的地已有資料或封存檔；請改用空的資料庫和空的資料夾",
            f"{target.url}: it holds records or an archive already; give an empty database and an "
            "empty folder",
        )


def _copy_tables(reader: Reader, writer: Writer, progress: Progress) -> list[Part]:
    """Copied, read again, compared."""
    tables = metadata.sorted_tables
    every, done = 2 * max(1, sum(_count(reader, table) for table in tables)), 0

    def step(doing: str, batch: pa.RecordBatch) -> None:
        nonlocal done
        done += batch.num_rows
        progress(doing, 0.9 * done / every)

    def take(table: Table, batch: pa.RecordBatch) -> None:
        if table is not calendar:  # every store has that one
            writer.append(table, batch)
        step("copy", batch)

    parts = [part_of(reader, table, partial(take, table)) for table in tables]
    for table, part in zip(tables, parts, strict=True):
        if part_of(writer, table, partial(step, "compare")) != part:
            raise CommandError(
                f"{table.name}：複製後與來源不同，沒有發布；請再執行一次並回報",
                f"{table.name}: the copy is not what the source has, nothing was published; "
                "run it again and report it",
            )
    return parts


def part_of(
    reader: Reader, table: Table, see: Callable[[pa.RecordBatch], None] = lambda batch: None
) -> Part:
    """How much of the table there is, and its checksum; `see` is given all of it on the way."""
    rows, digest = 0, hashlib.sha256()
    for batch in _rows(reader, table):
        see(batch)
        digest.update(csv_text(batch))
        rows += batch.num_rows
    return Part(table.name, rows, digest.hexdigest())


def _count(reader: Reader, table: Table) -> int:
    return int(reader.frame(select(func.count().label("n")).select_from(table))["n"].iloc[0])


def _rows(reader: Reader, table: Table) -> Iterator[pa.Table]:
    """In the order of the key, with the types of the schema, whatever the engine's own."""
    kinds = pa.schema([(column.name, _ARROW[type(column.type)]) for column in table.c])
    query = select(*table.c).order_by(*table.primary_key.columns)
    for batch in reader.batches(query, _BATCH):
        yield pa.Table.from_batches([batch]).cast(kinds)
