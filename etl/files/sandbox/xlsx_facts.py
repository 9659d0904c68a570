"""What calamine leaves out of an XLSX: hidden rows, and formulas without a stored result."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree import ElementTree

from etl.files.sandbox.sheets import Facts

_COLUMN = re.compile(r"[A-Z]+")


def facts(file: BinaryIO, place: int) -> Facts:
    """Of the sheet at that place of the workbook's list."""
    with zipfile.ZipFile(file) as archive:
        part = _part_of(archive, place)
        content = archive.read(part)
        if b"<f" not in content and b":f" not in content and b"hidden=" not in content:
            return Facts()
        # Set by programs that write formulas and cannot work them out: their zeros are no results.
        is_uncalculated = b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")
        with archive.open(part) as sheet:
            return _facts(_rows(sheet), is_uncalculated)


def _part_of(archive: zipfile.ZipFile, place: int) -> str:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = [sheet for sheet in book.iter() if sheet.tag.rpartition("}")[2] == "sheet"]
    wanted = next(v for k, v in sheets[place].attrib.items() if k.rpartition("}")[2] == "id")
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(r.attrib["Target"] for r in relations if r.attrib["Id"] == wanted)
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/")


def _rows(sheet: Any) -> Iterator[Any]:
    from lxml import etree

    for _, row in etree.iterparse(
        sheet, tag="{*}row", resolve_entities=False, no_network=True, load_dtd=False
    ):
        yield row
        row.clear()
        while row.getprevious() is not None:
            del row.getparent()[0]


def _facts(rows: Iterator[Any], is_uncalculated: bool) -> Facts:
    found = Facts()
    number = 0
    for row in rows:
        number = int(row.get("r") or number + 1)
        if row.get("hidden") in ("1", "true"):
            found.hidden.add(number)
        place = -1
        for cell in row:
            place = _place(cell.get("r"), place + 1)
            if _is_unresolved(cell, is_uncalculated):
                found.unresolved.append((number, place))
    return found


def _place(reference: str | None, following: int) -> int:
    """The column from 0 of a cell named such as E12; the next one where it has no name."""
    letters = _COLUMN.match(reference or "")
    if letters is None:
        return following
    place = 0
    for letter in letters[0][:4]:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _is_unresolved(cell: Any, is_uncalculated: bool) -> bool:
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    if "f" not in parts or cell.get("t") == "str":  # text, or none, is a result
        return False
    value = (parts.get("v") or "").strip()
    return not value or (is_uncalculated and value == "0")
