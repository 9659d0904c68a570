"""JSON: an array of objects, or objects one after the other, such as one a line. A key is a column.

The header counts as row 1, each object as one more. Numbers keep the digits that they are written
with.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from etl.files.sandbox.grid import MOST_ROWS, Grid
from etl.files.sandbox.refused import CELLS, COLUMNS, NO_RECORDS, Refused

_SPACE = re.compile(r"[ \t\r\n]*")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a key that comes twice: one of its values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(pairs[0][0])
    return found


_DECODER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once
)


def records(file: BinaryIO, most_columns: int) -> list[Grid]:
    grid = Grid("")
    grid.start_row()
    places: dict[str, int] = {}
    for record in _objects(file.read().decode("utf-8")):
        row: list[str | None] = [None] * len(places)
        for key, value in record.items():
            place = places.setdefault(key, len(places))
            if place == len(row):
                row.append(None)
            row[place] = (value or None) if value.__class__ is str else _text(value)
        if len(places) > most_columns:
            raise Refused(COLUMNS)
        grid.rows.append(row)
        if len(grid.rows) > MOST_ROWS:
            raise Refused(CELLS)
    if not places:
        raise Refused(NO_RECORDS)
    grid.rows[0] = list(places)
    return [grid]


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Each is parsed by itself: the whole of them is never in memory."""
    first = at = _after_space(text, 0)
    is_array = text[at : at + 1] == "["
    at += is_array
    while (at := _after_space(text, at)) < len(text) and text[at] != "]":
        begin = at
        value, at = _DECODER.raw_decode(text, begin)
        is_alone = begin == first and _after_space(text, at) == len(text)
        inner = _only_list(value) if is_alone else None
        if inner is not None:
            yield from inner
        elif isinstance(value, dict):
            yield value
        else:
            raise Refused(NO_RECORDS)
        at = _after_space(text, at)
        if is_array:
            if text[at : at + 1] not in (",", "]"):
                raise ValueError(at)
            at += text[at] == ","
    if _after_space(text, at + is_array) < len(text) or (is_array and at >= len(text)):
        raise ValueError(at)


def _only_list(value: Any) -> list[dict[str, Any]] | None:
    """The records that an answer of a web service wraps, such as {"result": [...]}; an object
    among others is a record itself, whatever lists it holds."""
    if not isinstance(value, dict):
        return None
    lists = [v for v in value.values() if isinstance(v, list) and v]
    if len(lists) != 1 or not all(isinstance(record, dict) for record in lists[0]):
        return None
    return list(lists[0])


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None  # nothing is space enough
    return found.end()


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value or None
