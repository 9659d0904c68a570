"""What calamine leaves out of an ODS: merged cells, hidden rows, formulas without a result."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from etl.files.sandbox.sheets import Facts, Merge

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SIGNS = (b"-spanned", b"table:visibility", b"table:formula")


def facts(file: BinaryIO, place: int) -> Facts:
    """Of the sheet at that place of the document."""
    with zipfile.ZipFile(file) as archive:
        content = archive.read("content.xml")
        if not any(sign in content for sign in _SIGNS):
            return Facts()
        with archive.open("content.xml") as document:
            return _facts(_rows(document, place))


def _rows(document: Any, wanted: int) -> Iterator[Any]:
    from lxml import etree

    sheet = -1
    for event, element in etree.iterparse(
        document,
        events=("start", "end"),
        tag=(f"{_TABLE}table", f"{_TABLE}table-row"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    ):
        is_sheet = element.tag == f"{_TABLE}table"
        if event == "start":
            sheet += is_sheet
        elif is_sheet and sheet == wanted:
            return
        elif not is_sheet:
            if sheet == wanted:
                yield element
            element.clear()


def _facts(rows: Iterator[Any]) -> Facts:
    found = Facts()
    number = 1
    for row in rows:
        repeated = _count(row, "number-rows-repeated")
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            # Far more than a sheet has: what is repeated to its end is empty.
            found.hidden.update(range(number, number + min(repeated, 100_000)))
        place = 0
        for cell in row:
            _look_at(cell, number, place, found)
            place += _count(cell, "number-columns-repeated")
        number += repeated
    return found


def _look_at(cell: Any, number: int, place: int, found: Facts) -> None:
    down, right = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
    if down > 1 or right > 1:
        found.merges.append(Merge(number, place, number + down - 1, place + right - 1))
    if cell.get(f"{_TABLE}formula") and not cell.get(f"{_OFFICE}value-type"):
        found.unresolved.append((number, place))


def _count(element: Any, name: str) -> int:
    return max(1, int(element.get(_TABLE + name) or 1))
