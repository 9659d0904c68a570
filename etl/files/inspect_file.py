"""The first reading of a file, byte by byte: its sha256, what it is, its encoding, whether it
holds an @.

Done before any row is read, so that an error in the last byte is known before anything is loaded.
What a file is, its content says and never its name.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from etl.files import limits
from etl.files.compression import (
    CHUNK_BYTES,
    Zip,
    chunks_of,
    damaged,
    encrypted,
    gunzipped,
    kind_of,
)
from etl.files.encoding import Utf8Scan, as_utf8, decoded_start, encoding_of
from etl.files.markup import kind_of_text
from etl.files.sampling import Sample
from etl.files.spreadsheet import look_into
from etl.mapping.headers import UnreadableFile

# An XLSX with a password is wrapped in a file of the kind of XLS, under this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Kinds that are no stream of text: a child process parses them.
TABLES = ("xlsx", "xlsb", "xls", "ods", "parquet", "html", "xml", "json")


@dataclass(frozen=True)
class InspectedFile:
    """What can be said of a file without understanding it."""

    path: Path
    sha256: str
    bytes: int
    packing: str  # gz, zip, or '' for a file as it is
    entry: str  # the name of what is in a zip, to be shown; never a path
    kind: str  # text (CSV), or one of TABLES
    encoding: str
    has_at: bool  # an @, ASCII or full-width: it may hold e-mail addresses
    has_inner_bom: bool
    unread: tuple[str, ...] = ()  # names of other files in a zip
    sample: Sample = field(default_factory=Sample, repr=False, compare=False)  # of a text

    @property
    def name(self) -> str:
        return self.path.name

    def text(self) -> io.BufferedReader:
        """The text in UTF-8, from its start, unpacked on the way; never the whole in memory."""
        if self.is_as_wanted and not self.packing:
            return self.path.open("rb")
        chunks = inner_chunks(self.path, self.packing)
        return io.BufferedReader(
            _Chunks(chunks if self.is_as_wanted else as_utf8(self.name, self.encoding, chunks)),
            CHUNK_BYTES,
        )

    @property
    def bom_bytes(self) -> int:
        """Of `text()`: those before its first sign."""
        return 3 if self.encoding == "utf-8-sig" and not self.has_inner_bom else 0

    @property
    def is_as_wanted(self) -> bool:
        return self.encoding.startswith("utf-8") and not self.has_inner_bom

    def seekable(self) -> BinaryIO:
        """One of TABLES, unpacked and in UTF-8; in a file without a name where need be."""
        if self.encoding:  # a page, XML or JSON
            chunks = as_utf8(self.name, self.encoding, inner_chunks(self.path, self.packing))
            return _spooled(_up_to(self.name, chunks, limits.MARKUP_BYTES))
        if not self.packing:
            return self.path.open("rb")
        most = None if self.kind == "parquet" else limits.SPREADSHEET_BYTES
        return _spooled(inner_chunks(self.path, self.packing, most))


def head_of(content: InspectedFile) -> bytes:
    """The beginning of its text, as it was kept at the first reading."""
    if content.is_as_wanted:
        return bytes(content.sample.head)
    return next(content.sample.texts(content.encoding)).replace("\ufeff", "").encode()


class _Chunks(io.RawIOBase):
    """A stream over pieces of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        close = getattr(self._chunks, "close", None)
        if close and not self.closed:
            close()
        super().close()


def inner_chunks(path: Path, packing: str, most: int | None = None) -> Iterator[bytes]:
    """The bytes of a file, or of the one file that is packed in it."""
    with path.open("rb") as file:
        size = path.stat().st_size
        if packing == "gz":
            yield from gunzipped(path.name, file, size)
        elif packing == "zip":
            with closing(Zip(path.name, file, size)) as archive:
                yield from archive.unpacked(archive.data_entry(), most)
        else:
            yield from chunks_of(file)


def inspect_file(path: Path, stated_encoding: str | None = None) -> InspectedFile:
    """Raises UnreadableFile for a file that cannot be opened, or read as a table to its end."""
    try:
        return _inspect(path, stated_encoding)
    except OSError as error:
        raise UnreadableFile(
            f"{path}：無法讀取（{error.strerror}）；請確認檔名與權限",
            f"{path}: cannot be read ({error.strerror}); check the name and the permissions",
        ) from error


def _inspect(path: Path, stated_encoding: str | None) -> InspectedFile:
    name = path.name
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UnreadableFile(
            f"{name}：不是一般的檔案；請給檔案",
            f"{name}: not an ordinary file; give a file",
        )
    scan = Utf8Scan(stated_encoding)
    packing, entry, unread = "", "", tuple[str, ...]()
    with path.open("rb") as file, _Digested(file) as digested:
        kind = kind_of(name, file.peek(16))
        if kind == "text":
            for chunk in chunks_of(digested):
                scan.feed(chunk)
        elif kind == "gz":
            packing = "gz"
            kind = _inner_kind(path, packing, gunzipped(name, digested, path.stat().st_size), scan)
        sha256, size = digested.sha256_of_all(), digested.size
    if kind == "zip":
        with path.open("rb") as file, closing(Zip(name, file, size)) as archive:
            kind = archive.kind
            if kind == "zip":
                packing, entry = "zip", archive.shown(archive.data_entry())
                unread = archive.unread()
        if packing:
            kind = _inner_kind(path, packing, inner_chunks(path, packing), scan)
    if kind in TABLES:
        has_at = kind in ("xls", "parquet", "xlsb")
        if kind != "parquet":
            # Before anything of it is unpacked into a file of its own.
            has_at = _look_into_spreadsheet(path, packing, kind) or has_at
        return InspectedFile(path, sha256, size, packing, entry, kind, "", has_at, False, unread)
    scan.finish()
    encoding, signs = encoding_of(name, scan, lambda: inner_chunks(path, packing), stated_encoding)
    if stated_encoding is None:  # who states one knows that it is a CSV
        kind = kind_of_text(name, decoded_start(encoding, scan.start))
    has_at = signs.has_at or (kind != "text" and signs.has_escape)
    return InspectedFile(
        path,
        sha256,
        size,
        packing,
        entry,
        kind,
        encoding,
        has_at,
        scan.has_inner_bom,
        unread,
        scan.sample,
    )


class _Digested:
    """A file whose sha256 is worked out beside its reading: that lets go of Python's lock."""

    def __init__(self, file: IO[bytes]) -> None:
        self.size = 0
        self._file = file
        self._digest = hashlib.sha256()
        self._thread = ThreadPoolExecutor(1)
        self._digesting = self._thread.submit(lambda: None)

    def __enter__(self) -> "_Digested":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def read(self, size: int) -> bytes:
        chunk = self._file.read(size)
        self._digesting.result()  # never more than one chunk waits in memory
        self._digesting = self._thread.submit(self._digest.update, chunk)
        self.size += len(chunk)
        return chunk

    def sha256_of_all(self) -> str:
        """Of what was read and of what is left."""
        while self.read(CHUNK_BYTES):
            pass
        self._digesting.result()
        return self._digest.hexdigest()


def _inner_kind(path: Path, packing: str, chunks: Iterator[bytes], scan: Utf8Scan) -> str:
    """What is packed in `path`; feeds a text to `scan`. Raises UnreadableFile when nested."""
    kind = "text"
    is_first = True
    for chunk in chunks:
        if is_first:
            is_first = False
            kind = kind_of(path.name, chunk)
            if kind == "zip":
                kind = _inner_zip_kind(path, packing)
            if kind in ("zip", "gz"):
                raise UnreadableFile(
                    f"{path.name}：壓縮檔裡還有壓縮檔；請解開後再載入",
                    f"{path.name}: a packed file within a packed file; unpack it and load that",
                )
            if kind != "text":
                break
        scan.feed(chunk)
    return kind


def _inner_zip_kind(path: Path, packing: str) -> str:
    most = limits.SPREADSHEET_BYTES
    with _spooled(_up_to(path.name, inner_chunks(path, packing), most)) as file:
        size = file.seek(0, io.SEEK_END)
        with closing(Zip(path.name, file, size)) as archive:
            return archive.kind


def _look_into_spreadsheet(path: Path, packing: str, kind: str) -> bool:
    chunks = _up_to(path.name, inner_chunks(path, packing), limits.SPREADSHEET_BYTES)
    if not packing and path.stat().st_size > limits.SPREADSHEET_BYTES:
        raise _too_large(path.name, limits.SPREADSHEET_BYTES)
    with _spooled(chunks) if packing else path.open("rb") as file:
        if kind == "xls":
            if _ENCRYPTED in file.read():
                raise encrypted(path.name)
            return True
        size = file.seek(0, io.SEEK_END)
        with closing(Zip(path.name, file, size)) as archive:
            if archive.kind != kind:
                raise damaged(path.name, kind.upper())
            return look_into(archive)


def _up_to(name: str, chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise _too_large(name, most)
        yield chunk


def _too_large(name: str, most: int) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：試算表、網頁或 JSON 超過 {most >> 20} MB；請分成幾個檔案，或另存為 CSV",
        f"{name}: a spreadsheet, page or JSON of more than {most >> 20} MB; split it, or save it "
        "as CSV",
    )


def _spooled(chunks: Iterator[bytes]) -> BinaryIO:
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 (the caller closes it)
    try:
        for chunk in chunks:
            file.write(chunk)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file
