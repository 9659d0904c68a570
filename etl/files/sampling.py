"""Parts of a file from its beginning to its end, kept while it is read for another reason.

So that what a column holds is not judged by its first rows alone, and no file is read once more.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

HEAD_BYTES = 1 << 20
PIECE_BYTES = 64 << 10
# So many pieces after the head, evenly over the file whatever its length.
MOST_PIECES = 64

T = TypeVar("T")


@dataclass
class Thinned(Generic[T]):
    """At most `most` of the things that are added, evenly over all of them."""

    most: int
    stride: int = 1
    kept: dict[int, T] = field(default_factory=dict)

    def wants(self, number: int) -> bool:
        return number % self.stride == 0

    def add(self, number: int, thing: T) -> None:
        if not self.wants(number):
            return
        self.kept[number] = thing
        while len(self.kept) > self.most:
            self.stride *= 2
            self.kept = {n: thing for n, thing in self.kept.items() if self.wants(n)}


@dataclass
class Sample:
    """The beginning of a text in bytes, and pieces of the rest."""

    head: bytearray = field(default_factory=bytearray)
    pieces: Thinned[bytes] = field(default_factory=lambda: Thinned(MOST_PIECES))
    _size: int = 0

    def feed(self, chunk: bytes) -> None:
        start, self._size = self._size, self._size + len(chunk)
        if start < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - start]
        for number in range(-(-start // PIECE_BYTES), -(-self._size // PIECE_BYTES)):
            place = number * PIECE_BYTES
            if place >= HEAD_BYTES and self.pieces.wants(number):
                self.pieces.add(number, chunk[place - start : place - start + PIECE_BYTES])

    def texts(self, encoding: str) -> Iterator[str]:
        """The head, then the pieces, each from its first whole line to its last."""
        if encoding == "utf-16":  # the pieces have no BOM
            encoding = f"utf-16-{'be' if self.head.startswith(codecs.BOM_UTF16_BE) else 'le'}"
        yield bytes(self.head).decode(encoding, "ignore").lstrip("\ufeff")
        for piece in self.pieces.kept.values():
            _, _, lines = piece.decode(encoding, "ignore").partition("\n")
            yield lines[: lines.rfind("\n") + 1]

    def rows(self, encoding: str, delimiter: str, quotes: bool) -> Iterator[list[str]]:
        """Every row in it, also those of another width, titles and the header among them."""
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
        for text in self.texts(encoding):
            try:
                yield from csv.reader(
                    io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting
                )
            except csv.Error:  # a piece that begins within quotes
                continue
