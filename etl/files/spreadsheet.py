"""Spreadsheets and Parquet files, parsed in a child process with a limit on memory and time.

The child is sandboxed_parser.py; this side looks into the zip first, asks, listens, and says why
nothing came.
"""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from etl.files import limits, sandboxed_parser
from etl.files.compression import Zip, damaged, encrypted
from etl.mapping.headers import UnreadableFile

_CHILD = Path(__file__).with_name("sandboxed_parser.py")
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
    left = limits.SPREADSHEET_UNPACKED_BYTES
    has_at = False
    for place, entry in enumerate(archive.entries):
        seam = b""
        for chunk in archive.unpacked(place, left):
            left -= len(chunk)
            searched = seam + chunk
            if b"<!DOCTYPE" in searched or b"<!ENTITY" in searched or _UTF16_DTD in searched:
                raise UnreadableFile(
                    f"{archive.name}：檔案內含 DTD 定義，正常的試算表不會有，不予讀取；請重新匯出",
                    f"{archive.name}: it holds a DTD, which no spreadsheet needs; export it again",
                )
            seam = searched[-32:]
            if not has_at and _WITH_TEXT.match(entry.filename):
                has_at = b"@" in searched or b"&#" in searched or "＠".encode() in searched
    return has_at


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


def rows(
    name: str, kind: str, file: IO[bytes], sheet: int, after: int
) -> Iterator[tuple[pa.RecordBatch, int]]:
    """`row_number`, then text columns 0, 1, 2 ...: the rows of `sheet` below row `after`.

    With each batch, how many blank rows were passed since the last.
    """
    request = {"task": "rows", "sheet": sheet, "after": after}
    with _child(name, kind, file, request) as (output, patience):
        try:
            with patience:
                stream = pa.ipc.open_stream(output)
            while True:
                with patience:
                    batch, said = stream.read_next_batch_with_custom_metadata()
                yield batch, int(said[b"blank"])
        except StopIteration:
            return
        except (pa.ArrowException, OSError, EOFError):
            # The child stopped in the middle: its exit code says why, and raises there.
            raise damaged(name, kind.upper()) from None


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
        "cells": limits.SPREADSHEET_CELLS,
        "memory_bytes": limits.MEMORY_BYTES,
        "cpu_seconds": limits.CPU_SECONDS,
        **request,
    }
    file.seek(0)
    process = subprocess.Popen(
        # -P: the modules of this folder are not the child's business.
        [sys.executable, "-P", str(_CHILD), json.dumps(request)],
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
                raise _why(name, kind, process.returncode, patience) from None
            except BaseException:  # nobody wants the rest
                process.kill()
                raise
            _wait(process)
    finally:
        process.kill()
    if process.returncode:
        raise _why(name, kind, process.returncode, patience)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    """It has nothing more to say; one that stays all the same is ended."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _why(name: str, kind: str, code: int, patience: _Patience) -> UnreadableFile:
    match code:
        case sandboxed_parser.PASSWORD:
            return encrypted(name)
        case sandboxed_parser.CELLS:
            return UnreadableFile(
                f"{name}：工作表超過 {limits.SPREADSHEET_CELLS:,} 格；"
                "請刪除空白範圍，或分成幾個檔案",
                f"{name}: a sheet of more than {limits.SPREADSHEET_CELLS:,} cells; delete its "
                "empty parts, or split it",
            )
        case sandboxed_parser.COLUMNS:
            return too_many_columns(name)
        case sandboxed_parser.MEMORY | -6 | -11:  # an allocation that failed aborts the parser
            return UnreadableFile(
                f"{name}：讀取時要用超過 {limits.MEMORY_BYTES >> 20:,} MB 記憶體，或檔案損壞；"
                "請另存為 CSV",
                f"{name}: reading it takes more than {limits.MEMORY_BYTES >> 20:,} MB of memory, "
                "or it is damaged; save it as CSV",
            )
    if patience.has_ended or code in (-24, -9):
        return UnreadableFile(
            f"{name}：讀取超過 {limits.CPU_SECONDS} 秒，已放棄；請另存為 CSV",
            f"{name}: reading it took more than {limits.CPU_SECONDS} s and was given up; save it "
            "as CSV",
        )
    return damaged(name, kind.upper())


def too_many_columns(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：超過 {limits.COLUMNS} 欄；請確認匯出的範圍和分隔符號",
        f"{name}: more than {limits.COLUMNS} columns; check what was exported, and the separator",
    )
