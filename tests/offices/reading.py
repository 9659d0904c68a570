"""A file read and checked as a load does, without a store; and compared with what is true.

The parsers of spreadsheets run in this process: starting one for each file takes most of the time.
"""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from etl.commit.file_counts import Tally
from etl.commit.pieces import checked_pieces
from etl.files import limits
from etl.files.parser_failures import why
from etl.files.sandbox.__main__ import answer
from etl.files.sandbox.refused import DAMAGED, Refused
from etl.files.spreadsheet import HEAD_ROWS
from etl.mapping.feeds import Feed
from etl.mapping.feeds.references import REFERENCES
from etl.mapping.headers import UnreadableFile
from etl.mapping.suggestions import described
from etl.validation.validate import Memory
from tests.offices.habits import Row, Table
from tests.offices.truth import DEFAULTS, TODAY, Record, Value
from tests.offices.writing import as_text


@contextmanager
def here(name: str, kind: str, file: IO[bytes], request: dict[str, Any]) -> Iterator[Any]:
    """As spreadsheet._child, without the child."""
    room = {"columns": limits.COLUMNS, "cells": limits.SPREADSHEET_CELLS, "head_rows": HEAD_ROWS}
    out = io.BytesIO()
    file.seek(0)
    try:
        answer(json.loads(json.dumps({"kind": kind, **room, **request})), file, out)
    except Refused as refused:
        raise why(name, kind, refused.code, False) from None
    except ValueError:
        raise why(name, kind, DAMAGED, False) from None
    out.seek(0)
    yield out, nullcontext()


class _NoMachines:
    has_workers = False


@dataclass
class Read:
    """What became of a file: rows by their number, or why it was refused."""

    refusal: str = ""
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    rejected: dict[int, str] = field(default_factory=dict)  # with their text
    skipped: set[int] = field(default_factory=set)
    told: dict[str, str | None] = field(default_factory=dict)  # headers -> column


def read(path: Path, feed: Feed) -> Read:
    try:
        return _read(path, feed)
    except UnreadableFile as refused:
        return Read(str(refused))


def _read(path: Path, feed: Feed) -> Read:
    source = described(path, feed)
    tally, memory, found = Tally(source, feed), Memory(), Read(told=source.columns)
    pieces = checked_pieces(
        _NoMachines(),  # type: ignore[arg-type]
        *(source, feed, TODAY, memory, lambda _: None, tally.counts, lambda _: {}),
    )
    for place, piece in enumerate(pieces):
        tally.keep(piece.checked.kept)
        found.kept |= {row["row_number"]: row for row in piece.checked.kept.to_pylist()}
        rejects = tally.misfits(place, piece.malformed, piece.skipped)
        rejects += tally.refuse(place, piece.checked.rejected)
        found.rejected |= {reject.row_number: str(reject.text) for reject in rejects}
    result = tally.result()
    assert result.adds_up
    found.skipped = {int(row["row"]) for row in result.skipped_rows}
    return found


@dataclass
class Outcome:
    """Of one file. `wrong`: values kept that are not true, without a flag; `lost`: records that
    are neither kept nor rejected, nor told to be none."""

    records: int
    refusal: str = ""
    right: int = 0
    flagged: int = 0
    rejected: int = 0
    told: int = 0  # to be no record, so damaged is it
    wrong: list[str] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def outcome(path: Path, table: Table, is_json: bool = False) -> Outcome:
    grid = [table.header, *table.rows] if is_json else table.grid
    rows = {n: row for n, row in enumerate(grid, 1) if row.record is not None}
    true = {number: row.record or {} for number, row in rows.items()}
    found, result = read(path, table.feed), Outcome(len(true))
    if found.refusal:
        return Outcome(len(true), found.refusal)
    if table.stray_quotes:  # what stands within quotes is no row, so that the numbers are others
        numbers = {_name(table.feed, record): number for number, record in true.items()}
        found.kept = {numbers.get(_name(table.feed, r), -n): r for n, r in found.kept.items()}
        rows = {number: rows[number] for number in numbers.values()}  # of repeated ones the last
    known = {form(str(name), record.get(name)) for record in true.values() for name in _NAMED}
    for number, row in found.kept.items():
        if wrong := _wrong(table.feed, row, true.get(number), found.told, known):
            result.wrong.append(f"row {number}: {wrong}")
        result.flagged += number in true and bool(row["flags"])
        result.right += number in true and not row["flags"]
    texts = "".join([*found.rejected.values(), *map(str, found.kept.values())])
    for number, row in rows.items():
        if number in found.kept:
            continue
        result.rejected += number in found.rejected
        result.told += number in found.skipped
        if not {number} & (found.rejected.keys() | found.skipped) and not _is_in(texts, table, row):
            result.lost.append(number)
    return result


def _is_in(texts: str, table: Table, row: Row) -> bool:
    """Whether this row was rejected, or kept, with others that a quote took together."""
    return as_text(row.cells[table.columns.index(table.feed.key[0])]) in texts


def _name(feed: Feed, record: Record) -> tuple[Value, ...]:
    """What tells a record of a file from the others, days apart."""
    names = [name for name in feed.key if feed.column(name).days is None]
    return tuple(form(name, record.get(name, DEFAULTS.get(name))) for name in names)


def _wrong(
    feed: Feed,
    row: Record,
    record: Record | None,
    told: dict[str, str | None],
    known: set[Value],
) -> str:
    """The values that are not true and that nothing marks; of a row that is no record, the key."""
    doubted = _doubted(feed, str(row["flags"] or ""), told)
    # What names a record that is nowhere is told by the load, see test_a_real_load_keeps_the_same.
    doubted |= {
        each.column
        for each in REFERENCES
        if each.feed == feed.name and form(each.column, row[each.column]) not in known
    }
    if record is None or not doubted.isdisjoint(feed.key):
        return "" if doubted & set(feed.key) else f"no record, and kept: {row}"
    names = {name: value for name, value in record.items() if name not in doubted}
    said = [
        f"{name} {row[name]} for {value}"
        for name, value in names.items()
        if form(name, row[name]) != form(name, DEFAULTS.get(name) if value is None else value)
    ]
    return "; ".join(said)


def _doubted(feed: Feed, flags: str, told: dict[str, str | None]) -> set[str]:
    """The columns that a flag is about, and those that the load tells to be left out."""
    doubted = {column.name for column in feed.columns} - set(told.values())
    if "conflicting_rows" in flags:
        doubted |= set(feed.key)
    for rule in feed.rules:
        if rule.flags and rule.code in flags.split(","):
            doubted |= {rule.column}
            if feed.column(rule.column).days:  # that the row has a wrong day is said
                doubted |= {column.name for column in feed.columns if column.days}
    return doubted


_NAMED = ("serial", "unit_code")


def form(name: str, value: Value) -> Value:
    """Hexadecimal serials are one in any case, as folding them knows."""
    is_hex = name in ("serial", "replaces") and re.fullmatch("[0-9A-Fa-f]+", str(value))
    return str(value).upper() if is_hex else value
