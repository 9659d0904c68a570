"""How a CSV is laid out: what tells its cells apart, and where its header stands."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

# The text in UTF-8 from its start, as often as it is asked for.
Open = Callable[[], io.BufferedReader]


@dataclass(frozen=True)
class Layout:
    """How cells are told apart."""

    delimiter: str = ","
    quotes: bool = True

    @property
    def quoting(self) -> Literal[0, 3]:
        """The same, in the words of the csv module."""
        return csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE


@dataclass(frozen=True)
class HeaderRow:
    """The header (its last row, where it has two), and the byte at which the next row begins.

    `row_number` is 0 for a file without one. The rows up to it: `rows` of the header, `title` of
    other text, the rest blank.
    """

    cells: list[str]
    row_number: int
    end: int
    rows: int = 0
    title: int = 0
    in_cells: int = 0  # further lines inside cells, down to its end

    @property
    def blank(self) -> int:
        return self.row_number - self.rows - self.title
