"""XLSX, XLSB, XLS and ODS, by calamine; what it leaves out is looked up in the file itself."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from etl.files.sandbox import ods_facts, xlsx_facts
from etl.files.sandbox.cell_text import text
from etl.files.sandbox.refused import PASSWORD, Refused
from etl.files.sandbox.sheets import Cells, Facts, Merge, Sheets

_FACTS = {"xlsx": xlsx_facts.facts, "ods": ods_facts.facts}


class Workbook(Sheets):
    def __init__(self, file: BinaryIO, request: Mapping[str, Any]) -> None:
        import python_calamine as calamine

        super().__init__(request)
        self._file = file
        self._parsed: tuple[int, Any] | None = None
        self._facts: tuple[int, Facts] | None = None
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(file)
        except calamine.PasswordError:
            raise Refused(PASSWORD) from None
        self._visible = [
            (place, sheet.name)
            for place, sheet in enumerate(self._book.sheets_metadata)
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]

    def visible(self) -> list[tuple[int, str]]:
        return self._visible

    def size(self, place: int) -> tuple[int, int]:
        sheet = self._sheet(place)
        return sheet.height, sheet.width

    def all_rows(self, place: int) -> Iterator[Cells]:
        for row in self._sheet(place).iter_rows():
            # Nearly all cells are text: the way of most of the time is the short one.
            yield [(v or None) if v.__class__ is str else text(v) for v in row]

    def facts(self, place: int) -> Facts:
        if self._facts is None or self._facts[0] != place:
            look = _FACTS.get(self.request["kind"], _nothing)
            self._file.seek(0)
            found = look(self._file, place)
            for (top, left), (bottom, right) in self._sheet(place).merged_cell_ranges or ():
                found.merges.append(Merge(top + 1, left, bottom + 1, right))
            self._facts = place, found
        return self._facts[1]

    def _sheet(self, place: int) -> Any:
        """Parsed anew by each call of the library: the last one is kept."""
        if self._parsed is None or self._parsed[0] != place:
            self._parsed = None
            self._parsed = place, self._book.get_sheet_by_index(place)
        return self._parsed[1]


def _nothing(file: BinaryIO, place: int) -> Facts:
    """XLS and XLSB store a result with each formula; which of their rows are hidden is not read."""
    return Facts()
