"""The physical lines of a text, counted while it passes by on its way to the CSV reader."""

import codecs
import io
from typing import IO

import numpy as np

_CR, _LF = 13, 10


class CountedText(io.RawIOBase):
    """Passes `file` on, counting its lines, and puts `last_row` after its end.

    Whether that row arrives as a row of its own tells whether the last quote was closed. `lines` is
    whole when all is read. A line ends in LF, CR LF or CR; an empty end is no line.
    """

    def __init__(self, file: IO[bytes], last_row: bytes) -> None:
        self._file = file
        self._last_row: bytes | None = last_row
        self._last_byte = _LF
        self.lines = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._file.read(size)
        if chunk:
            self._count(chunk)
        elif self._last_row is not None:
            is_open = self._last_byte not in (_LF, _CR)
            self.lines += is_open
            chunk, self._last_row = b"\n" * is_open + self._last_row, None
        return chunk

    def skip(self, size: int) -> None:
        passed = b""
        while size and (passed := self.read(min(size, 1 << 20))):
            size -= len(passed)
        if passed == codecs.BOM_UTF8:  # nothing of the first line
            return
        if self._last_byte not in (_LF, _CR):  # the file ends here, within its line
            self.lines += 1
            self._last_byte = _LF

    def _count(self, chunk: bytes) -> None:
        signs = np.frombuffer(chunk, np.uint8)
        self.lines += int(np.count_nonzero(signs == _LF))
        if b"\r" in chunk:
            is_cr = signs == _CR
            pairs = np.count_nonzero(is_cr[:-1] & (signs[1:] == _LF))
            self.lines += int(np.count_nonzero(is_cr) - pairs)
        if self._last_byte == _CR and chunk[0] == _LF:
            self.lines -= 1
        self._last_byte = chunk[-1]
