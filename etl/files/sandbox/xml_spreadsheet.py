"""XML Spreadsheet 2003, which Excel and many systems write under the name .xls."""

from typing import Any, BinaryIO

from etl.files.sandbox.cell_text import text
from etl.files.sandbox.grid import Grid
from etl.files.sandbox.refused import DAMAGED, Refused

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"


def sheets(file: BinaryIO) -> list[Grid]:
    from lxml import etree

    found: list[Grid] = []
    for event, element in etree.iterparse(
        file,
        events=("start", "end"),
        tag=(f"{_SS}Worksheet", f"{_SS}Row", f"{_EXCEL}Visible"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    ):
        match event, element.tag.rpartition("}")[2]:
            case "start", "Worksheet":
                found.append(Grid(element.get(f"{_SS}Name") or ""))
            case "end", "Visible":
                found[-1].is_hidden = True
            case "end", "Row":
                if not found:
                    raise Refused(DAMAGED)
                _read_row(found[-1], element)
                element.clear()
    return found


def _read_row(sheet: Grid, row: Any) -> None:
    index = row.get(f"{_SS}Index")
    number = sheet.start_row(int(index) if index else None)
    if row.get(f"{_SS}Hidden") == "1":
        sheet.facts.hidden.add(number)
    for cell in row.iterchildren(f"{_SS}Cell"):
        index = cell.get(f"{_SS}Index")
        data = cell.find(f"{_SS}Data")
        place = sheet.put(
            _text(data),
            1 + int(cell.get(f"{_SS}MergeDown") or 0),
            1 + int(cell.get(f"{_SS}MergeAcross") or 0),
            int(index) - 1 if index else None,
        )
        if cell.get(f"{_SS}Formula") and (data is None or not (data.text or "").strip()):
            sheet.facts.unresolved.append((number, place))


def _text(data: Any) -> str | None:
    if data is None:
        return None
    written = "".join(data.itertext())
    match data.get(f"{_SS}Type"):
        case "Number":
            return text(float(written))
        case "DateTime":
            day, _, time = written.partition("T")
            return day if not time.strip("0:.") else f"{day} {time[:8]}"
        case "Boolean":
            return text(written == "1")
    return written or None
