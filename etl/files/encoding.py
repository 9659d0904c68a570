"""In which encoding a text is, tried in a fixed order, and any of them as UTF-8.

BOM, then strict UTF-8, then cp950 (Big5 as Windows writes it), then big5hkscs, which knows names
that cp950 lacks. Nothing is guessed from frequencies: what none of them can decode to the last byte
is refused with its place.
"""

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from etl.files.sampling import Sample
from etl.mapping.headers import UnreadableFile

# So much of the beginning is kept, to see what kind of text it is.
START_BYTES = 4_096
Chunks = Callable[[], Iterator[bytes]]

_BOM, _WIDE_AT = codecs.BOM_UTF8, "＠".encode()
# So many bytes of good multi-byte UTF-8 do not come about by chance in Big5: a file that has them
# and then fails is damaged UTF-8, and must not be read as Big5, which would give wrong names.
_UTF8_FOR_SURE = 12


@dataclass
class Signs:
    """Whether a text holds an @, ASCII or full-width; or something that may be read as one."""

    has_at: bool = False
    has_escape: bool = False  # &#64; of pages, \u0040 of JSON

    def see(self, *is_at: bool, is_escaped: bool = False) -> None:
        self.has_at = self.has_at or any(is_at)
        self.has_escape = self.has_escape or is_escaped


class Trial:
    """Whether bytes that are fed in pieces are of an encoding, where not, and what they hold in it.

    `size`: of the ASCII before them.
    """

    def __init__(self, encoding: str, size: int = 0) -> None:
        self.encoding = encoding
        self.signs = Signs()
        self.failed_at: int | None = None
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._size = size

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        if self.failed_at is not None:
            return
        state = self._decoder.getstate()
        waiting = len(state[0]) if isinstance(state, tuple) else 0
        try:
            text = self._decoder.decode(chunk, final=is_last)
        except UnicodeError as error:
            self.failed_at = max(0, self._size - waiting + getattr(error, "start", 0))
            return
        self.signs.see("@" in text, "＠" in text, is_escaped="&" in text or "\\" in text)
        self._size += len(chunk)

    def finish(self) -> None:
        self.feed(b"", is_last=True)


class Utf8Scan:
    """Whether bytes that are fed in pieces are UTF-8, and where not; and what else they hold.

    What is no UTF-8 is tried as `trial` says in the same go, where all before it was ASCII.
    """

    def __init__(self, stated: str | None = None) -> None:
        self._stated = stated
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._multi_byte = 0
        self._last: bytes = b""
        self._was_ascii = True
        self.size = 0
        self.failed_at: int | None = None
        self.encoding = "utf-8"
        self.start = b""
        self.signs = Signs()
        self.has_inner_bom = False
        self.sample = Sample()
        self.trial: Trial | None = None

    def feed(self, chunk: bytes) -> None:
        self.sample.feed(chunk)
        if self.size == 0:
            self.encoding = _by_bom(chunk) or "utf-8"
            other = "utf-16" if self.encoding == "utf-16" else self._stated
            self.trial = Trial(other) if other else None
        if self.size < START_BYTES:
            self.start += chunk[: START_BYTES - self.size]
        is_ascii = chunk.isascii()
        if self.encoding != "utf-16" and self.failed_at is None:
            self._look(chunk, is_ascii)
            if not self._decodes(chunk, is_ascii) and self._was_ascii and not self.trial:
                self.trial = Trial("cp950", self.size)
        if self.trial:
            self.trial.feed(chunk)
        self._was_ascii = self._was_ascii and is_ascii
        self.size += len(chunk)

    def _decodes(self, chunk: bytes, is_ascii: bool) -> bool:
        waiting = len(self._decoder.getstate()[0])
        if is_ascii and not waiting:
            return True
        try:
            self._decoder.decode(chunk)
            self._multi_byte = _UTF8_FOR_SURE  # a whole chunk of it
            return True
        except UnicodeDecodeError as error:
            self.failed_at = self.size - waiting + error.start
            self._multi_byte += _count_multi_byte(chunk[: max(0, error.start - waiting)])
            return False

    def _look(self, chunk: bytes, is_ascii: bool) -> None:
        """For what is told of a text in UTF-8."""
        # The first byte of a BOM and of ＠: to find one byte takes no time, to find three does.
        may_have = not is_ascii and b"\xef" in chunk
        seam = self._last + chunk[:2]
        start = 3 if self.size == 0 else 0
        is_inside = may_have and chunk.find(_BOM, start) >= 0
        self.has_inner_bom = self.has_inner_bom or is_inside or _BOM in seam
        self.signs.see(
            b"@" in chunk,
            may_have and _WIDE_AT in chunk,
            _WIDE_AT in seam,
            is_escaped=b"&" in chunk or b"\\" in chunk,
        )
        self._last = (self._last + chunk)[-2:] if len(chunk) < 2 else chunk[-2:]

    def finish(self) -> None:
        waiting = len(self._decoder.getstate()[0])
        if waiting and self.failed_at is None:
            self.failed_at = self.size - waiting
        if self.trial:
            self.trial.finish()

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


def encoding_of(
    name: str, scan: Utf8Scan, chunks: Chunks, stated: str | None = None
) -> tuple[str, Signs]:
    """The first encoding of the order in which all of the text is good, and what it holds in it;
    `stated` tries that only.

    A BOM wins over what is stated. Raises UnreadableFile with the byte at which it fails.
    """
    tries = ["utf-8", "cp950", "big5hkscs"]
    if scan.encoding == "utf-16" or (stated and scan.encoding == "utf-8"):
        tries = ["utf-16" if scan.encoding == "utf-16" else str(stated)]
    furthest = 0
    for encoding in tries:
        if encoding == "utf-8":
            failed, signs = scan.failed_at, scan.signs
            if failed is None:
                return scan.encoding, signs
            if scan.is_surely_utf8:
                raise _undecodable(name, failed, "UTF-8")
        else:
            trial = _tried(encoding, scan, chunks)
            failed, signs = trial.failed_at, trial.signs
            if failed is None:
                return encoding, signs
        furthest = max(furthest, failed)
    if tries == [stated]:
        raise UnreadableFile(
            f"{name}：第 {furthest:,} 個位元組（從 0 起算）不是設定檔所說的 {stated}；請更正設定檔",
            f"{name}: byte {furthest:,} (from 0) is not the {stated} that the profile states; "
            "correct the profile",
        )
    called = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp950": "Big5", "big5hkscs": "Big5"}
    tried = dict.fromkeys(called.get(encoding, encoding) for encoding in tries)
    raise _undecodable(name, furthest, "/".join(tried))


def decoded_start(encoding: str, start: bytes) -> str:
    return codecs.getincrementaldecoder(encoding)("ignore").decode(start)


def _tried(encoding: str, scan: Utf8Scan, chunks: Chunks) -> Trial:
    """As the scan did it already, or else from the beginning."""
    if scan.trial and scan.trial.encoding == encoding:
        return scan.trial
    trial = Trial(encoding)
    for chunk in chunks():
        trial.feed(chunk)
        if trial.failed_at is not None:
            break
    trial.finish()
    return trial


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
