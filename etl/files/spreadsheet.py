"""Spreadsheets, Parquet files, web pages and JSON, parsed in a child process with a limit on memory
and time.

The child is the room sandbox/; this side looks into the zip first, asks, listens, and says why
nothing came.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from etl.files import limits
from etl.files.compression import Zip, damaged, too_much, unpacked_limit
from etl.files.parser_failures import why
from etl.mapping.headers import UnreadableFile

_ROOT = Path(__file__).resolve().parents[2]
_WITH_TEXT = re.compile(r"^(xl/(sharedStrings|worksheets/)|content\.xml)", re.IGNORECASE)
HEAD_ROWS = 40


@dataclass(frozen=True)
class Head:
    """A visible sheet and its first rows with text, numbered from 1 at the top of the sheet."""

    sheet: int
    name: str
    rows: list[tuple[int, list[str]]]
    height: int  # rows down to the last with anything in it


def look_into(archive: Zip) -> bool:
    """Measure what a spreadsheet unpacks to. Whether it may hold an @ in a cell.

    Raises UnreadableFile for too much, for damage, and for a document type definition: no office
    program writes one, and it can make a small file grow without end.
    """
    size, most, has_at = 0, limits.SPREADSHEET_UNPACKED_BYTES, False
    for place, entry in enumerate(archive.entries):
        seam = b""
        for chunk in archive.unpacked(place, most, size):
            size += len(chunk)
            searched = seam + chunk
            if b"<!DOCTYPE" in searched or b"<!ENTITY" in searched or _UTF16_DTD in searched:
                raise UnreadableFile(
                    f"{archive.name}：檔案內含 DTD 定義，正常的試算表不會有，不予讀取；請重新匯出",
                    f"{archive.name}: it holds a DTD, which no spreadsheet needs; export it again",
                )
            seam = searched[-32:]
            if not has_at and _WITH_TEXT.match(entry.filename):
                has_at = any(sign in searched for sign in _AT)
    return has_at


# An @, and how XML and Excel may write it otherwise.
_AT = (b"@", b"&#", b"_x0040_", b"_xFF20_", b"_xff20_", "＠".encode())
_UTF16_DTD = "<!DOCTYPE".encode("utf-16-le")


def heads(name: str, kind: str, file: IO[bytes]) -> list[Head]:
    """The first rows of each visible sheet. Raises UnreadableFile."""
    with _child(name, kind, file, {"task": "heads"}) as (output, patience), patience:
        answer = output.read()
    try:
        found = json.loads(answer)
        return [
            Head(
                head["sheet"],
                head["name"],
                [(number, [cell or "" for cell in cells]) for number, cells in head["rows"]],
                head["height"],
            )
            for head in found
        ]
    except ValueError:
        raise damaged(name, kind.upper()) from None


@dataclass(frozen=True)
class Wanted:
    """Which rows of which sheet: those below row `after`. Columns are places from 0.

    Text of merged cells also stands in the rows below in the columns `fill_down`, and in those to
    the right in `fill_right`. In the columns `used` every formula needs a stored result.
    """

    sheet: int
    after: int
    fill_down: tuple[int, ...] = ()
    fill_right: tuple[int, ...] = ()
    used: tuple[int, ...] = ()


@dataclass(frozen=True)
class SheetBatch:
    """`rows`: `row_number`, then text columns 0, 1, 2 ...

    `blank`: how many blank rows were passed since the last batch; `hidden`: how many of its rows a
    person does not see.
    """

    rows: pa.RecordBatch
    blank: int
    hidden: int


def rows(name: str, kind: str, file: IO[bytes], wanted: Wanted) -> Iterator[SheetBatch]:
    """Raises UnreadableFile, also for a formula without a stored result, and for more text than
    may come out of so small a file: one text may stand in millions of cells."""
    most = unpacked_limit(os.fstat(file.fileno()).st_size)
    try:
        yield from _rows(name, kind, file, wanted, most)
    except _TooMuch:
        raise too_much(name, most) from None


class _TooMuch(Exception):  # noqa: N818 (it says what was seen)
    """Ends the child in the middle of its work."""


def _rows(name: str, kind: str, file: IO[bytes], wanted: Wanted, left: int) -> Iterator[SheetBatch]:
    with _child(name, kind, file, {"task": "rows", **asdict(wanted)}) as (output, patience):
        try:
            with patience:
                stream = pa.ipc.open_stream(output)
            while True:
                with patience:
                    batch, metadata = stream.read_next_batch_with_custom_metadata()
                said = json.loads(metadata[b"said"])
                left -= batch.nbytes
                if left < 0:
                    raise _TooMuch
                if "unresolved" in said:
                    break
                yield SheetBatch(batch, said["blank"], said.get("hidden", 0))
        except StopIteration:
            return
        except (pa.ArrowException, OSError, EOFError):
            # The child stopped in the middle: its exit code says why, and raises there.
            raise damaged(name, kind.upper()) from None
    raise _unresolved(name, *said["unresolved"])


def _unresolved(name: str, row: int, column: int, count: int) -> UnreadableFile:
    cell = f"{column_letters(column)}{row}"
    return UnreadableFile(
        f"{name}：{cell} 等 {count:,} 格是沒有存下結果的公式；請用 Excel 開啟、存檔，再載入",
        f"{name}: {count:,} formulas without a stored result, the first in {cell}: open it in "
        "Excel, save it, and load it again",
    )


def column_letters(place: int) -> str:
    """A, B ... Z, AA ... as a spreadsheet names the column at `place` from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _most_cells(size: int) -> int:
    """Of a file of so many bytes: not one cell in a real one takes less than a byte."""
    return min(limits.SPREADSHEET_CELLS, max(limits.SPREADSHEET_FREE_CELLS, size))


class _Patience:
    """Kills the child when an answer takes too long; not while its rows are being worked on."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._timer: threading.Timer | None = None
        self.has_ended = False

    def _end(self) -> None:
        self.has_ended = True
        self._process.kill()

    def __enter__(self) -> None:
        self._timer = threading.Timer(limits.WAITING_SECONDS, self._end)
        self._timer.daemon = True
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()


@contextmanager
def _child(
    name: str, kind: str, file: IO[bytes], request: dict[str, Any]
) -> Iterator[tuple[IO[bytes], _Patience]]:
    request = {
        "kind": kind,
        "head_rows": HEAD_ROWS,
        "columns": limits.COLUMNS,
        "cells": _most_cells(os.fstat(file.fileno()).st_size),
        "memory_bytes": limits.MEMORY_BYTES,
        "cpu_seconds": limits.CPU_SECONDS,
        **request,
    }
    file.seek(0)
    process = subprocess.Popen(
        # -P: what lies in the current folder is none of its modules.
        [sys.executable, "-P", "-m", "etl.files.sandbox", json.dumps(request)],
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    patience = _Patience(process)
    try:
        with process:
            assert process.stdout is not None
            try:
                yield process.stdout, patience
            except UnreadableFile:
                _wait(process)
                raise why(name, kind, process.returncode, patience.has_ended) from None
            except BaseException:  # nobody wants the rest
                process.kill()
                raise
            _wait(process)
    finally:
        process.kill()
    if process.returncode:
        raise why(name, kind, process.returncode, patience.has_ended)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    """It has nothing more to say; one that stays all the same is ended."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
