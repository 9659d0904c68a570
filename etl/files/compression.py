"""What a file is by its first bytes, and the bytes inside a gzip or a zip, counted as they come.

No name from inside an archive is ever used as a path: an entry is opened by its place in the list.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Protocol

from etl.files import limits
from etl.mapping.headers import UnreadableFile

CHUNK_BYTES = 4 << 20
# Of a gzip. Of its members those that are written on purpose hold 64 KB each.
_PACKED_AT_ONCE, _OF_GZIP = 256 << 10, 31
_FREE_MEMBERS, _LEAST_IN_MEMBER = 1_000, 4_096

_KINDS = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",  # one without entries
    b"\x1f\x8b": "gz",
    b"\xd0\xcf\x11\xe0": "xls",
    b"PAR1": "parquet",
}
# To say what they are instead of where the text ends.
_NOT_READ = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
}
_WHAT_IS_READ = "CSV、XLSX、XLS、ODS、Parquet、JSON"
_DATA_ENDINGS = re.compile(
    r"\.(csv|tsv|txt|tab|xlsx|xlsm|xlsb|xls|ods|parquet|html?|xml|jsonl?)$", re.IGNORECASE
)
_LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)")
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def kind_of(name: str, start: bytes) -> str:
    """zip, gz, xls, parquet, or text for all else. Raises UnreadableFile for what is no table."""
    for magic, kind in _KINDS.items():
        if start.startswith(magic):
            return kind
    for magic, called in _NOT_READ.items():
        if start.startswith(magic):
            raise UnreadableFile(
                f"{name}：這是 {called} 檔，讀的是 {_WHAT_IS_READ}；請從原系統匯出其中一種",
                f"{name}: this is {called}; export it as one of {_WHAT_IS_READ}",
            )
    return "text"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def chunks_of(file: Readable) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def gunzipped(name: str, file: Readable, packed_bytes: int) -> Iterator[bytes]:
    """Raises UnreadableFile when it is damaged or grows beyond reason."""
    try:
        yield from _measured(name, _inflated(file), unpacked_limit(packed_bytes))
    except (zlib.error, EOFError) as error:
        raise damaged(name, "GZIP") from error


def _inflated(file: Readable) -> Iterator[bytes]:
    """By zlib itself: Python's gzip reads the name in a header sign by sign, however long it is.

    Raises zlib.error and EOFError, also for more members than any program writes.
    """
    held = bytearray()
    for piece in _pieces(file):
        held += piece
        if len(held) >= CHUNK_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _pieces(file: Readable) -> Iterator[bytes]:
    inflater, members, size, waiting = None, 0, 0, b""
    while waiting or (waiting := file.read(_PACKED_AT_ONCE)):
        if inflater is None:
            waiting = waiting.lstrip(b"\0")  # padding
            if not waiting:
                continue
            members += 1
            if members > _FREE_MEMBERS + size // _LEAST_IN_MEMBER:
                raise EOFError(members)
            inflater = zlib.decompressobj(_OF_GZIP)
        chunk = inflater.decompress(waiting, CHUNK_BYTES)
        size += len(chunk)
        yield chunk
        waiting = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        if inflater.eof:
            inflater = None
    while inflater is not None and not inflater.eof:
        chunk = inflater.decompress(b"", CHUNK_BYTES)
        if not chunk and not inflater.eof:
            raise EOFError(size)
        yield chunk


class Zip:
    """A zip whose list of entries was looked at before it was believed."""

    def __init__(self, name: str, file: IO[bytes], packed_bytes: int) -> None:
        self.name = name
        self.packed_bytes = packed_bytes
        _refuse_long_directory(name, file, packed_bytes)
        try:
            self._zip = zipfile.ZipFile(file)
            self.entries = self._zip.infolist()
        except Exception as error:  # whatever a damaged list makes zipfile raise
            raise damaged(name, "ZIP") from error
        if len(self.entries) > limits.ARCHIVE_ENTRIES:
            raise too_many_entries(name)
        if any(entry.flag_bits & 1 for entry in self.entries):
            raise encrypted(name)

    @property
    def kind(self) -> str:
        """xlsx, xlsb, ods, or zip. Raises UnreadableFile for other documents that are zips."""
        names = {entry.filename.replace("\\", "/").lstrip("/") for entry in self.entries}
        if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
            return "xlsx" if "xl/workbook.xml" in names else "xlsb"
        if "content.xml" in names and "META-INF/manifest.xml" in names:
            return "ods"
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise UnreadableFile(
                f"{self.name}：這是 Word 或 PowerPoint 檔；請把表格另存為 XLSX 或 CSV",
                f"{self.name}: this is a Word or PowerPoint file; save its table as XLSX or CSV",
            )
        return "zip"

    def data_entries(self) -> list[int]:
        """The places of the files of records: those that are named so, else all but litter."""
        candidates = self._files()
        named = [(place, shown) for place, shown in candidates if _DATA_ENDINGS.search(shown)]
        return [place for place, _ in named or candidates]

    def unread(self) -> tuple[str, ...]:
        """The names of the other files in it, but for litter."""
        read = set(self.data_entries())
        return tuple(shown for place, shown in self._files() if place not in read)

    def _files(self) -> list[tuple[int, str]]:
        return [
            (place, _shown(entry))
            for place, entry in enumerate(self.entries)
            if not entry.is_dir() and not _LITTER.search(entry.filename)
        ]

    def data_entry(self) -> int:
        """The place of the one data file. Raises UnreadableFile when there are none or several."""
        places = self.data_entries()
        if len(places) == 1:
            return places[0]
        if not places:
            raise UnreadableFile(
                f"{self.name}：壓縮檔裡沒有檔案；請重新壓縮",
                f"{self.name}: there is no file in this zip; zip it again",
            )
        found = "、".join(self.shown(place) for place in places[:8])
        raise UnreadableFile(
            f"{self.name}：壓縮檔裡有 {len(places)} 個檔案（{found}），"
            "不知道要讀哪一個；請只放一個資料檔",
            f"{self.name}: {len(places)} files in this zip ({found}) and no telling "
            "which is meant; leave one data file in it",
        )

    def shown(self, place: int) -> str:
        return _shown(self.entries[place])

    def unpacked(self, place: int, most: int | None = None, before: int = 0) -> Iterator[bytes]:
        """The bytes of an entry. Raises UnreadableFile when damaged or beyond reason: `most` of all
        entries together, `before` of those before it."""
        limit = unpacked_limit(self.packed_bytes) if most is None else most
        entry = self.entries[place]
        if entry.compress_type not in _PLAIN_METHODS:
            raise UnreadableFile(
                f"{self.name}：壓縮方式不支援；請用一般的 ZIP 重新壓縮",
                f"{self.name}: its way of compressing is not supported; zip it again, plainly",
            )
        try:
            with self._zip.open(entry) as inside:
                yield from _measured(self.name, chunks_of(inside), limit, before)
        except UnreadableFile:
            raise
        except Exception as error:  # zlib, zipfile, struct, end of file: no common ancestor
            raise damaged(self.name, "ZIP") from error

    def close(self) -> None:
        self._zip.close()


def _shown(entry: zipfile.ZipInfo) -> str:
    """The last part of its name, to be read by a person; older zips write Chinese in Big5."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("cp950")
        except UnicodeError:
            name = entry.filename
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign if sign.isprintable() else "?" for sign in last)[:80]


def _measured(name: str, chunks: Iterator[bytes], limit: int, size: int = 0) -> Iterator[bytes]:
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise too_much(name, limit)
        yield chunk


def too_much(name: str, limit: int) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：解壓縮後超過 {limit >> 20:,} MB，不像正常的資料檔；請分成幾個檔案",
        f"{name}: more than {limit >> 20:,} MB when unpacked, which no ordinary file is; "
        "split it into several",
    )


def unpacked_limit(packed_bytes: int) -> int:
    """How many bytes may come out of so many."""
    free = max(limits.UNPACKED_FREE_BYTES, limits.UNPACKED_RATIO * packed_bytes)
    return min(limits.UNPACKED_BYTES, free)


def _refuse_long_directory(name: str, file: IO[bytes], size: int) -> None:
    """zipfile reads the whole list of entries at once: look at its length first."""
    file.seek(max(0, size - 65_557))
    tail = file.read(65_557)
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise damaged(name, "ZIP")
    sizes = [int.from_bytes(tail[at + 12 : at + 16], "little")]
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        # The record of a zip64, where zipfile looks for it; it wins over the other.
        sizes.append(int.from_bytes(tail[at - 36 : at - 28], "little"))
    if max(sizes) > limits.ARCHIVE_DIRECTORY_BYTES:
        raise too_many_entries(name)


def too_many_entries(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：裡面超過 {limits.ARCHIVE_ENTRIES:,} 個檔案；請重新匯出",
        f"{name}: more than {limits.ARCHIVE_ENTRIES:,} entries in it; export it again",
    )


def encrypted(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：檔案有密碼保護，打不開；請移除密碼後再載入",
        f"{name}: it is protected by a password; remove the password and load it again",
    )


def damaged(name: str, kind: str) -> UnreadableFile:
    if kind == "XLS":  # its parser does not tell the two apart
        return UnreadableFile(
            f"{name}：XLS 檔損壞、不完整或有密碼；請移除密碼，或重新匯出",
            f"{name}: this XLS file is damaged, cut off or has a password; remove the password, or "
            "export it again",
        )
    return UnreadableFile(
        f"{name}：{kind} 檔損壞或不完整；請重新匯出或重新下載",
        f"{name}: this {kind} file is damaged or cut off; export or download it again",
    )
