"""Source files, kept by their sha256 so that the store can be made again from them alone.

A file with personal data in it is not kept as it is, but written again without it, row for row,
still under the sha256 of the original.
"""

import csv
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from adoption.store import Store
from adoption.store.duckdb import DuckDBStore
from etl.check import REDACTED
from etl.headers import UnreadableFile
from etl.read import SourceFile, batches
from etl.values import EMAIL

_CHUNK_BYTES = 4 << 20


def archive_folder(store: Store) -> Path | None:
    """None for a store without a folder of its own."""
    return store.folder / "archive" if isinstance(store, DuckDBStore) else None


def archive(source: SourceFile, folder: Path) -> Path | None:
    """Keep a copy of `source` in `folder`; its path, or None when it is there already.

    Raises UnreadableFile when the file has changed since it was read.
    """
    kept = folder / source.sha256
    if kept.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{source.sha256}.{os.getpid()}.new"
    try:
        if source.is_personal:
            # With a BOM, which wins over the encoding that a profile may state.
            with draft.open("w", encoding="utf-8-sig", newline="") as text:
                csv.writer(
                    text,
                    delimiter=source.layout.delimiter,
                    quoting=source.layout.quoting,
                    quotechar='"' if source.layout.quotes else None,
                    lineterminator="\n",
                ).writerows(_without_personal(source))
        else:
            with source.path.open("rb") as original, draft.open("wb") as copy:
                _copy(source, original, copy)
        draft.replace(kept)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _copy(source: SourceFile, original: IO[bytes], copy: IO[bytes]) -> None:
    digest = hashlib.sha256()
    while chunk := original.read(_CHUNK_BYTES):
        digest.update(chunk)
        copy.write(chunk)
    if digest.hexdigest() != source.sha256:
        raise UnreadableFile(
            f"{source.name}：載入時檔案被改動，沒有載入；請再執行一次",
            f"{source.name}: the file changed while it was loaded, nothing was kept; run it again",
        )


def _without_personal(source: SourceFile) -> Iterator[Iterable[str]]:
    """The rows of the file under their old numbers, without the dropped columns.

    What was malformed stays so: a row of one cell too many, without its text.
    """
    headers = list(source.columns)[: source.own_columns]
    number = 1
    for row_number, cells in _numbered(source, headers):
        while number < row_number:
            yield []
            number += 1
        yield cells
        number += 1


def _numbered(source: SourceFile, headers: list[str]) -> Iterator[tuple[int, list[str]]]:
    if source.header.row_number:
        yield source.header.row_number, headers
    for batch in batches(source):
        rows = [(reject.row_number, ["?"] * (len(headers) + 1)) for reject in batch.malformed]
        own = batch.rows.columns[: source.own_columns + 1]
        columns = [column.to_pylist() for column in own]
        for row_number, *cells in zip(*columns, strict=True):
            rows.append((row_number, [EMAIL.sub(REDACTED, cell or "") for cell in cells]))
        yield from sorted(rows)
