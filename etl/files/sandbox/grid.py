"""A sheet put together cell by cell, by those formats that have no library of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.files.sandbox.refused import CELLS, COLUMNS, DAMAGED, Refused
from etl.files.sandbox.sheets import Cells, Facts, Merge, Sheets

MOST_ROWS = 1 << 20
_MOST_COLUMNS = 1_000


@dataclass
class Grid:
    """Rows as they come; `covered` are the cells that merged ones above reach over."""

    name: str
    rows: list[Cells] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)
    is_hidden: bool = False
    _covered: dict[int, int] = field(default_factory=dict)  # column -> the last row

    def start_row(self, number: int | None = None) -> int:
        """Begin the next row, or the one of that number below all others; its number."""
        wanted = len(self.rows) + 1 if number is None else number
        if wanted <= len(self.rows):
            raise Refused(DAMAGED)
        if wanted > MOST_ROWS:
            raise Refused(CELLS)
        while len(self.rows) < wanted:
            self.rows.append([])
        return wanted

    def put(self, text: str | None, down: int = 1, right: int = 1, at: int | None = None) -> int:
        """The next cell of the row, or the one at that place behind all others, so many rows and
        columns large."""
        row, number = self.rows[-1], len(self.rows)
        place = len(row) if at is None else at
        if place < len(row):
            raise Refused(DAMAGED)
        while at is None and self._covered.get(place, 0) >= number:
            place += 1
        right, down = max(1, right), max(1, min(down, MOST_ROWS))
        if place + right > _MOST_COLUMNS:
            raise Refused(COLUMNS)
        row += [None] * (place + right - len(row))
        row[place] = text
        if down > 1 or right > 1:
            self.facts.merges.append(Merge(number, place, number + down - 1, place + right - 1))
            for column in range(place, place + right):
                self._covered[column] = number + down - 1
        return place


class Grids(Sheets):
    """A file that was taken apart as a whole."""

    def __init__(self, request: Mapping[str, Any], grids: list[Grid]) -> None:
        super().__init__(request)
        self._grids = grids
        for grid in grids:
            for row in grid.rows:
                while row and not row[-1]:
                    row.pop()
            while grid.rows and not grid.rows[-1]:
                grid.rows.pop()

    def visible(self) -> list[tuple[int, str]]:
        return [(at, grid.name) for at, grid in enumerate(self._grids) if not grid.is_hidden]

    def size(self, place: int) -> tuple[int, int]:
        rows = self._grids[place].rows
        return len(rows), max(map(len, rows), default=0)

    def all_rows(self, place: int) -> Iterator[Cells]:
        _, width = self.size(place)
        for row in self._grids[place].rows:
            yield row + [None] * (width - len(row))

    def facts(self, place: int) -> Facts:
        return self._grids[place].facts
