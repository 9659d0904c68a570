"""Source files, each kept as archive/SHA256, named by the sha256 of what is in it.

A file with personal data in it is not kept as it is, but written again as CSV without it, row for
row; `source_files.archived` says under which name.
"""

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from adoption.command import CommandError
from adoption.store import Store, Writer
from adoption.store.catalog import flush
from etl.files.compression import chunks_of
from etl.mapping.feeds import Feed
from etl.mapping.headers import UnreadableFile
from etl.mapping.profile import stored_profile
from etl.mapping.source_file import SourceFile, batches, describe
from etl.validation.values import EMAIL

# Stands for an e-mail address in an archived file: still one, so that the row fares as it did.
_REDACTED = "removed@e-mail.invalid"
# Stands for a note in an archived file: it is skipped again.
_A_NOTE = "※"
# Stands in a dropped column for text without which its row would be blank.
_DROPPED = "?"


def archive_folder(store: Store) -> Path:
    """Raises CommandError for a store whose URL names no folder."""
    if store.folder is None:
        raise CommandError(
            f"{store.url}：網址沒有寫明封存資料夾；請加上 &folder=資料夾",
            f"{store.url}: the URL does not say where the archive is; add &folder=FOLDER",
        )
    return store.folder / "archive"


def archive(writer: Writer, source: SourceFile, folder: Path) -> str:
    """Keep a copy of `source` in `folder`, unless `writer` publishes nothing: its name there.

    Raises UnreadableFile when the file has changed since it was read.
    """
    for left in folder.glob("[0-9a-f]*.new"):  # by a load that was killed: no other is at work
        left.unlink(missing_ok=True)
    name, is_new = _kept(source, folder)

    def undo(published: bool) -> None:
        if is_new and not published:
            (folder / name).unlink(missing_ok=True)

    writer.at_end(undo)
    return name


def _kept(source: SourceFile, folder: Path) -> tuple[str, bool]:
    """The name of the copy, and whether it was not there before."""
    if not source.is_personal and (folder / source.sha256).exists():
        return source.sha256, False
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
            name = _sha256(draft)
        else:
            name = source.sha256
            if _copied(source.path, draft) != name:
                raise UnreadableFile(
                    f"{source.name}：載入時檔案被改動，沒有載入；請再執行一次",
                    f"{source.name}: the file changed while it was loaded, nothing was kept; "
                    "run it again",
                )
        if (folder / name).exists():
            return name, False
        flush(draft)
        draft.replace(folder / name)
    finally:
        draft.unlink(missing_ok=True)
    return name, True


def archived_source(folder: Path, feed: Feed, file: Mapping[str, Any]) -> SourceFile:
    """The file of a ledger row, read again from the archive under its old name.

    A spreadsheet with personal data is a CSV there; it is described as what it was.

    Raises UnreadableFile when the archive does not hold it, or holds something else.
    """
    path = _archived(folder, file)
    profile = stored_profile(file["profile"], file["name"]) if file["profile"] else None
    if profile and not file["format"].startswith("csv"):  # its copy is written our way
        profile = replace(profile, delimiter=None, quotes=True)
    source = describe(path, feed, profile)
    if source.sha256 != path.name:
        raise _damaged(file["name"], path)
    dropped = set(json.loads(file["dropped"]))
    return replace(
        source,
        name=file["name"],
        sha256=file["sha256"],
        bytes=file["bytes"],
        format=file["format"],
        encoding=file["encoding"],
        sheet=file["sheet"],
        unread_sheets=tuple(json.loads(file["unread_sheets"])),
        headers=tuple(
            replace(h, is_dropped=h.is_dropped or h.text in dropped) for h in source.headers
        ),
        has_email=source.has_email or path.name != file["sha256"],
    )


def _archived(folder: Path, file: Mapping[str, Any]) -> Path:
    path = folder / str(file["archived"] or file["sha256"])
    if not path.exists():
        raise UnreadableFile(
            f"{file['name']}：封存資料夾裡沒有這個檔（{path}）；請從備份放回後再執行一次",
            f"{file['name']}: not in the archive ({path}); put it back from a backup and run again",
        )
    return path


def _damaged(name: str, path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：封存檔 {path} 已損壞；請從備份放回後再執行一次",
        f"{name}: the archived file {path} is damaged; put it back from a backup and run again",
    )


def copy_archived(other: Path, folder: Path, file: Mapping[str, Any]) -> int:
    """Keep the file of a ledger row from `other`, another store's archive, in `folder` as well.

    Returns its bytes. Raises UnreadableFile when that archive lacks it or has a damaged one.
    """
    name = str(file["archived"] or file["sha256"])
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.{os.getpid()}.new"
    try:
        if _copied(_archived(other, file), draft) != name:
            raise _damaged(file["name"], other / name)
        flush(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path.stat().st_size


def _copied(path: Path, draft: Path) -> str:
    """The sha256 of what was copied, in one reading."""
    digest = hashlib.sha256()
    with path.open("rb") as file, draft.open("wb") as copy:
        for chunk in chunks_of(file):
            digest.update(chunk)
            copy.write(chunk)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _without_personal(source: SourceFile) -> Iterator[Iterable[str]]:
    """The rows of the file under their old numbers, with nothing in the dropped columns.

    What was malformed stays so: a row of as many cells, without its text; and so does a note.
    """
    number = 1
    for row_number, cells in _numbered(source):
        while number < row_number:
            yield []
            number += 1
        yield cells
        number += 1


def _numbered(source: SourceFile) -> Iterator[tuple[int, list[str]]]:
    own = [h for h in source.headers if not h.is_derived]
    dropped = [place for place, h in enumerate(own) if h.is_dropped]
    if source.header.row_number:
        yield source.header.row_number, [h.text for h in own]
    for batch in batches(source):
        rows = [
            (reject.row_number, ["?"] * _cells(reject.reasons[0].hint))
            for reject in batch.malformed
        ]
        rows += [(skipped.row_number, [_A_NOTE]) for skipped in batch.skipped]
        columns = dict(zip(batch.rows.schema.names, batch.rows.columns, strict=True))
        nothing = [None] * batch.rows.num_rows
        texts = [nothing if h.is_dropped else columns[h.text].to_pylist() for h in own]
        for row_number, *cells in zip(columns["row_number"].to_pylist(), *texts, strict=True):
            rows.append((row_number, [EMAIL.sub(_REDACTED, cell or "") for cell in cells]))
            if not any(cells) and dropped:  # its only text: without any it would be no row
                rows[-1][1][dropped[0]] = _DROPPED
        yield from sorted(rows)


def _cells(hint: str) -> int:
    """How many cells a malformed row has, from the words about it."""
    match = re.match(r"\d+", hint)
    return int(match[0]) if match else 0
