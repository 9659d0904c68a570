"""In which encoding a text is, tried in a fixed order, and any of them as UTF-8.

BOM, then strict UTF-8, then cp950 (Big5 as Windows writes it), then big5hkscs, which knows names
that cp950 lacks. Nothing is guessed from frequencies: what none of them can decode to the last byte
is refused with its place.
"""

import codecs
from collections.abc import Callable, Iterator

from etl.files.sampling import Sample
from etl.mapping.headers import UnreadableFile

# So much of the beginning is kept, to see what kind of text it is.
START_BYTES = 4_096
Chunks = Callable[[], Iterator[bytes]]

_BOM = codecs.BOM_UTF8
# So many bytes of good multi-byte UTF-8 do not come about by chance in Big5: a file that has them
# and then fails is damaged UTF-8, and must not be read as Big5, which would give wrong names.
_UTF8_FOR_SURE = 12


class Utf8Scan:
    """Whether bytes that are fed in pieces are UTF-8, and where not; and what else they hold."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._multi_byte = 0
        self._last: bytes = b""
        self.size = 0
        self.failed_at: int | None = None
        self.encoding = "utf-8"
        self.start = b""
        self.has_at = False
        self.has_inner_bom = False
        self.sample = Sample()

    def feed(self, chunk: bytes) -> None:
        self.sample.feed(chunk)
        if self.size == 0:
            self.encoding = _by_bom(chunk) or "utf-8"
        if self.size < START_BYTES:
            self.start += chunk[: START_BYTES - self.size]
        is_ascii = chunk.isascii()
        # The first byte of a BOM and of ＠: to find one byte takes no time, to find three does.
        may_have = not is_ascii and b"\xef" in chunk
        self.has_at = self.has_at or b"@" in chunk or (may_have and "＠".encode() in chunk)
        if self.encoding != "utf-16" and self.failed_at is None:
            self._decode(chunk, is_ascii)
            self._look_for_bom(chunk, may_have)
        self.size += len(chunk)

    def _decode(self, chunk: bytes, is_ascii: bool) -> None:
        waiting = len(self._decoder.getstate()[0])
        if is_ascii and not waiting:
            return
        try:
            self._decoder.decode(chunk)
            self._multi_byte = _UTF8_FOR_SURE  # a whole chunk of it
        except UnicodeDecodeError as error:
            self.failed_at = self.size - waiting + error.start
            self._multi_byte += _count_multi_byte(chunk[: max(0, error.start - waiting)])

    def _look_for_bom(self, chunk: bytes, may_have: bool) -> None:
        start = 3 if self.size == 0 else 0
        is_inside = may_have and chunk.find(_BOM, start) >= 0
        self.has_inner_bom = self.has_inner_bom or is_inside or _BOM in self._last + chunk[:2]
        self._last = (self._last + chunk)[-2:] if len(chunk) < 2 else chunk[-2:]

    def finish(self) -> None:
        waiting = len(self._decoder.getstate()[0])
        if waiting and self.failed_at is None:
            self.failed_at = self.size - waiting

    @property
    def is_surely_utf8(self) -> bool:
        return self._multi_byte >= _UTF8_FOR_SURE or self.encoding == "utf-8-sig"


def _count_multi_byte(good: bytes) -> int:
    return len(good) - len(good.decode("ascii", "ignore"))


def _by_bom(start: bytes) -> str | None:
    if start.startswith(_BOM):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def encoding_of(name: str, scan: Utf8Scan, chunks: Chunks, stated: str | None = None) -> str:
    """The first encoding of the order in which all of the text is good; `stated` tries that only.

    A BOM wins over what is stated. Raises UnreadableFile with the byte at which it fails.
    """
    if scan.encoding == "utf-16":
        failed = failed_at("utf-16", chunks())
        if failed is not None:
            raise _undecodable(name, failed, "UTF-16")
        return "utf-16"
    tries = [stated] if stated and scan.encoding == "utf-8" else ["utf-8", "cp950", "big5hkscs"]
    furthest = 0
    for encoding in tries:
        if encoding == "utf-8":
            failed = scan.failed_at
            if failed is None:
                return scan.encoding
            if scan.is_surely_utf8:
                raise _undecodable(name, failed, "UTF-8")
        else:
            failed = failed_at(encoding, chunks())
            if failed is None:
                return encoding
        furthest = max(furthest, failed)
    if stated and tries == [stated]:
        raise UnreadableFile(
            f"{name}：第 {furthest:,} 個位元組（從 0 起算）不是設定檔所說的 {stated}；請更正設定檔",
            f"{name}: byte {furthest:,} (from 0) is not the {stated} that the profile states; "
            "correct the profile",
        )
    called = {"utf-8": "UTF-8", "cp950": "Big5", "big5hkscs": "Big5"}
    tried = dict.fromkeys(called.get(encoding, encoding) for encoding in tries)
    raise _undecodable(name, furthest, "/".join(tried))


def decoded_start(encoding: str, start: bytes) -> str:
    return codecs.getincrementaldecoder(encoding)("ignore").decode(start)


def failed_at(encoding: str, chunks: Iterator[bytes]) -> int | None:
    """Where the text stops being in `encoding`; None when all of it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size = 0
    for chunk in chunks:
        waiting = _waiting(decoder)
        try:
            decoder.decode(chunk)
        except UnicodeError as error:
            return max(0, size - waiting + getattr(error, "start", 0))
        size += len(chunk)
    try:
        waiting = _waiting(decoder)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return size - waiting
    return None


def _waiting(decoder: codecs.IncrementalDecoder) -> int:
    state = decoder.getstate()
    return len(state[0]) if isinstance(state, tuple) else 0


def as_utf8(name: str, encoding: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text in UTF-8 without any BOM, at its start or inside.

    Decoding has been tried before: raises UnreadableFile when the file has changed since.
    """
    decoder = codecs.getincrementaldecoder("utf-8" if encoding == "utf-8-sig" else encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).replace("\ufeff", "").encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).replace("\ufeff", "").encode("utf-8", "replace")
    except UnicodeError as error:
        raise UnreadableFile(
            f"{name}：載入時檔案被改動，沒有載入；請再執行一次",
            f"{name}: the file changed while it was loaded, nothing was kept; run it again",
        ) from error


def _undecodable(name: str, offset: int, tried: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：第 {offset:,} 個位元組（從 0 起算）不是 {tried}；請另存為 UTF-8 的 CSV",
        f"{name}: byte {offset:,} (from 0) is not {tried}; save the file as CSV in UTF-8",
    )
