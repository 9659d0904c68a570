"""The first reading of a file, byte by byte: its sha256, its encoding, whether it holds an @.

Done before any row is read, so that an error in the last byte is known before anything is loaded.
"""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from etl.headers import UnreadableFile

# How files begin that are no text: to say what they are instead of where UTF-8 fails.
_OTHER_FORMATS = {
    b"PK\x03\x04": "XLSX/ODS/ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"\x1f\x8b": "GZIP",
    b"PAR1": "Parquet",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_CHUNK_BYTES = 4 << 20


@dataclass(frozen=True)
class Fingerprint:
    """What can be said of a file without understanding it."""

    sha256: str
    bytes: int
    encoding: str
    has_at: bool  # an @, ASCII or full-width: it may hold e-mail addresses


def fingerprint(path: Path) -> Fingerprint:
    """Raises UnreadableFile for a file that cannot be opened or is not UTF-8 to its end."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, has_at, encoding = 0, False, "utf-8"
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                if size == 0:
                    _refuse_other_formats(path, chunk)
                    encoding = "utf-8-sig" if chunk.startswith(codecs.BOM_UTF8) else "utf-8"
                waiting = len(decoder.getstate()[0])
                if waiting or not chunk.isascii():
                    _decode(path, decoder, chunk, size - waiting)
                digest.update(chunk)
                has_at = has_at or b"@" in chunk or "＠".encode() in chunk
                size += len(chunk)
    except OSError as error:
        raise UnreadableFile(
            f"{path}：無法讀取（{error.strerror}）；請確認檔名與權限",
            f"{path}: cannot be read ({error.strerror}); check the name and the permissions",
        ) from error
    waiting = len(decoder.getstate()[0])
    if waiting:
        raise _not_utf8(path, size - waiting)
    return Fingerprint(digest.hexdigest(), size, encoding, has_at)


def _decode(path: Path, decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int) -> None:
    """`offset` is where in the file the decoder's waiting bytes and then `chunk` begin."""
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, offset + error.start) from error


def _not_utf8(path: Path, offset: int) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name}：第 {offset:,} 個位元組（從 0 起算）不是 UTF-8；請另存為 UTF-8 的 CSV",
        f"{path.name}: byte {offset:,} (from 0) is not UTF-8; save the file as CSV in UTF-8",
    )


def _refuse_other_formats(path: Path, start: bytes) -> None:
    for magic, name in _OTHER_FORMATS.items():
        if start.startswith(magic):
            raise UnreadableFile(
                f"{path.name}：這是 {name} 檔，目前只讀 UTF-8 的 CSV；請另存為 CSV UTF-8",
                f"{path.name}: this is {name}, and only CSV in UTF-8 is read; save it as CSV UTF-8",
            )
