"""What all kinds of sheets have in common: first rows, rows in batches, merged cells filled in."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from etl.files.sandbox.refused import CELLS, COLUMNS, Refused

# As many rows go out together, and about as many signs.
ROWS_AT_ONCE, SIGNS_AT_ONCE = 20_000, 8 << 20
Cells = list[str | None]


class Merge(NamedTuple):
    """Merged cells, the first and the last: rows from 1, columns from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Facts:
    """What a sheet holds beside its cells."""

    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)  # rows that a person does not see
    unresolved: list[tuple[int, int]] = field(default_factory=list)  # formulas without a result


@dataclass
class Batch:
    """Rows by column; `blank` and `hidden` rows since the last batch."""

    numbers: list[int] = field(default_factory=list)
    rows: list[Cells] = field(default_factory=list)
    blank: int = 0
    hidden: int = 0
    signs: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= ROWS_AT_ONCE or self.signs >= SIGNS_AT_ONCE

    def columns(self, width: int) -> list[list[str | None]]:
        return [list(column) for column in zip(*self.rows, strict=True)] or [[]] * width


class Sheets(ABC):
    """A file of sheets; a subclass for each kind."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.request = request

    @abstractmethod
    def visible(self) -> list[tuple[int, str]]:
        """The place and name of each sheet that a person sees."""

    @abstractmethod
    def size(self, place: int) -> tuple[int, int]:
        """Rows down to the last with anything in it, and columns."""

    @abstractmethod
    def all_rows(self, place: int) -> Iterable[Cells]:
        """Every row from the top of the sheet, all as wide as it is."""

    @abstractmethod
    def facts(self, place: int) -> Facts: ...

    def heads(self) -> list[dict[str, Any]]:
        return [self._head(place, name) for place, name in self.visible()]

    def _head(self, place: int, name: str) -> dict[str, Any]:
        rows = []
        for number, cells, _ in self._numbered(place):
            if cells:
                rows.append((number, cells))
            if len(rows) == self.request["head_rows"]:
                break
        return {"sheet": place, "name": name, "rows": rows, "height": self.size(place)[0]}

    def width(self) -> int:
        return self.size(self.request["sheet"])[1]

    def unresolved(self) -> list[tuple[int, int]]:
        """Formulas without a stored result below the header, in columns that are read."""
        used, after = set(self.request["used"]), self.request["after"]
        found = self.facts(self.request["sheet"]).unresolved
        return sorted(cell for cell in found if cell[0] > after and cell[1] in used)

    def batches(self) -> Iterator[Batch]:
        place, after = self.request["sheet"], self.request["after"]
        facts = self.facts(place)
        filled = _Filled(facts.merges, self.request)
        batch = Batch()
        for number, cells, signs in self._numbered(place):
            if number <= after:
                continue
            if not cells:
                batch.blank += 1
                continue
            filled.fill(number, cells)
            batch.numbers.append(number)
            batch.rows.append(cells)
            batch.hidden += number in facts.hidden
            batch.signs += signs
            if batch.is_full:
                yield batch
                batch = Batch()
        yield batch

    def _numbered(self, place: int) -> Iterator[tuple[int, Cells, int]]:
        """All rows from 1, their cells (none in a blank one), how many signs are in them."""
        height, width = self.size(place)
        if width > self.request["columns"]:
            raise Refused(COLUMNS)
        if width * height > self.request["cells"]:
            raise Refused(CELLS)
        if not width:
            return
        for number, cells in enumerate(self.all_rows(place), 1):
            text = "".join(filter(None, cells))
            yield number, cells if text and not text.isspace() else [], len(text)


class _Filled:
    """Merged cells below the header that label rows: their text stands in each of the rows.

    `fill_down` and `fill_right` of the request say in which columns.
    """

    def __init__(self, merges: Iterable[Merge], request: Mapping[str, Any]) -> None:
        self._down = set(request["fill_down"])
        self._right = set(request["fill_right"])
        self._starting: dict[int, list[Merge]] = {}
        for merge in merges:
            if merge.top > request["after"]:
                self._starting.setdefault(merge.top, []).append(merge)
        self._running: dict[int, tuple[int, str]] = {}  # column -> its last row, text

    def fill(self, number: int, cells: Cells) -> None:
        for merge in self._starting.get(number, ()):
            self._start(merge, cells)
        for place, (last, text) in list(self._running.items()):
            if number > last:
                del self._running[place]
            elif not cells[place]:
                cells[place] = text

    def _start(self, merge: Merge, cells: Cells) -> None:
        text = cells[merge.left] if merge.left < len(cells) else None
        if not text:
            return
        for place in range(merge.left, min(merge.right + 1, len(cells))):
            if place != merge.left and place not in self._right:
                continue
            cells[place] = cells[place] or text
            if place in self._down and merge.bottom > merge.top:
                self._running[place] = merge.bottom, text
