"""What was loaded, from which files, and what was refused: written with a load, read afterwards."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
)

from adoption.store import Reader, Writer
from adoption.store.schema import (
    certificates,
    loads,
    recorded_serial,
    rejects,
    source_files,
    unknown_references,
)
from etl.history.corrections import (
    KEY_SEPARATOR,
    NUMBER,
    Place,
    RejectNumber,
    key_of,
    parsed_number,
)
from etl.history.originals import Original, original_of
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.feeds.references import REFERENCES, Reference
from etl.mapping.headers import headers_of
from etl.validation.days import day_of_loading
from etl.validation.reasons import Reason, from_stored, sentence
from etl.validation.validate import Reject

_OF_FILE = and_(
    source_files.c.load_id == rejects.c.load_id,
    source_files.c.file_number == rejects.c.file_number,
)


@dataclass(frozen=True)
class Entry:
    """One load in the ledger: the columns of `loads`, and of `source_files` for each file."""

    load: Mapping[str, Any]
    files: Sequence[Mapping[str, Any]]

    @property
    def load_id(self) -> int:
        return int(self.load["load_id"])

    @property
    def day_of_loading(self) -> date:
        return day_of_loading(datetime.fromisoformat(self.load["loaded_at"]))

    @property
    def is_reverted(self) -> bool:
        return self.load["reverted_at"] is not None

    def reverted(self, by: str, now: datetime) -> "Entry":
        at = now.isoformat(timespec="seconds")
        return replace(self, load={**self.load, "reverted_at": at, "reverted_by": by})

    def as_new(self) -> "Entry":
        """As it was before it was reverted."""
        return replace(self, load={**self.load, "reverted_at": None, "reverted_by": None})


def entries(reader: Reader, load_ids: Sequence[int] | None = None) -> list[Entry]:
    """The ledger, oldest load first; `load_ids`: only of these."""
    files = select(source_files).order_by(*source_files.primary_key.columns)
    rows = select(loads).order_by(loads.c.load_id)
    if load_ids is not None:
        files = files.where(source_files.c.load_id.in_(load_ids))
        rows = rows.where(loads.c.load_id.in_(load_ids))
    of_load: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(reader, files):
        of_load.setdefault(row["load_id"], []).append(row)
    return [Entry(row, of_load.get(row["load_id"], [])) for row in _rows(reader, rows)]


def _rows(reader: Reader, query: Select[Any]) -> list[dict[str, Any]]:
    return [row for batch in reader.batches(query) for row in batch.to_pylist()]


def enter(writer: Writer, entry: Entry) -> None:
    writer.append(loads, _table(loads, [entry.load]))
    writer.append(source_files, _table(source_files, entry.files))


def forget(writer: Writer, load_ids: Iterable[int]) -> None:
    """Remove loads from the ledger; their rejects stay."""
    gone = sorted(load_ids)
    writer.delete(loads, loads.c.load_id.in_(gone))
    writer.delete(source_files, source_files.c.load_id.in_(gone))


def next_load_id(reader: Reader, archived: Iterable[int] = ()) -> int:
    """One more than any load of the store or of the archive ever had."""
    last = reader.frame(select(func.max(loads.c.load_id).label("last")))["last"].iloc[0]
    return max([0 if pd.isna(last) else int(last), *archived]) + 1


def _table(table: Table, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """`rows` as columns of `table`; a column that is empty throughout is left out."""
    columns = {c.name: [row.get(c.name) for row in rows] for c in table.c}
    return pa.table({n: v for n, v in columns.items() if any(x is not None for x in v)})


def enter_load(
    writer: Writer,
    load_id: int,
    feed: str,
    *,
    by: str,
    now: datetime,
    received: date,
    cut_off: date | None,
    whole: bool,
    seconds: float,
    cleared: int,
    taken_back: int,
    files: Sequence[dict[str, Any]],
) -> None:
    """One row for the load, one for each of its files (the columns of source_files)."""
    load = {
        "load_id": load_id,
        "feed": feed,
        "loaded_at": now.isoformat(timespec="seconds"),
        "loaded_by": by,
        "received": received,
        "cut_off": cut_off,
        "whole": whole,
        "seconds": seconds,
        "cleared": cleared,
        "taken_back": taken_back,
    }
    numbered = [
        {**file, "load_id": load_id, "file_number": number} for number, file in enumerate(files, 1)
    ]
    enter(writer, Entry(load, numbered))


def enter_rejects(
    writer: Writer,
    load_id: int,
    file_number: int,
    rejected: Sequence[Reject],
    feed: Feed,
    columns: Mapping[str, str | None],
    sheet: str = "",
) -> None:
    """`columns` is header -> column of the feed, as the file has them."""
    rows = [
        {
            "load_id": load_id,
            "file_number": file_number,
            "sheet": sheet,
            "row_number": reject.row_number,
            "reasons": json.dumps([r.stored() for r in reject.reasons], ensure_ascii=False),
            "text": json.dumps(reject.text, ensure_ascii=False),
            # In a row with a cell too many, what stands in the key's place may be another cell.
            "key": None if _is_malformed(reject) else key_of(feed, columns, reject.text),
        }
        for reject in rejected
    ]
    if rows:
        writer.append(rejects, _table(rejects, rows))


def _is_malformed(reject: Reject) -> bool:
    return any(reason.code == "malformed_row" for reason in reject.reasons)


def replace_rejects(
    writer: Writer, load_id: int, feed: str, files: Sequence[tuple[str, str]]
) -> None:
    """Remove those of the same `files` (sha256 and sheet) in earlier loads: this load refuses them
    again, or no longer. What a load had mended of them stays mended."""
    same = [
        and_(source_files.c.sha256 == sha256, source_files.c.sheet == sheet)
        for sha256, sheet in files
    ]
    earlier = and_(rejects.c.load_id < load_id, or_(false(), *same), loads.c.feed == feed)
    with_files = rejects.join(source_files, _OF_FILE).join(
        loads, loads.c.load_id == rejects.c.load_id
    )
    mended = (
        select(*rejects.c, source_files.c.sha256)
        .select_from(with_files)
        .where(earlier, rejects.c.cleared_by < load_id)
    )
    found = [
        {**row, "load_id": load_id, "file_number": number}
        for row in _rows(writer, mended)
        for number, file in enumerate(files, 1)
        if file == (row["sha256"], row["sheet"])
    ]
    is_earlier = exists(
        select(literal(1))
        .select_from(source_files.join(loads, loads.c.load_id == source_files.c.load_id))
        .where(_OF_FILE, earlier)
    )
    writer.delete(rejects, is_earlier)
    if found:
        columns = [*rejects.primary_key.columns, rejects.c.cleared_by]
        new = Table("mended_rejects", MetaData(), *[Column(c.name, c.type) for c in columns])
        writer.scratch(new)
        writer.append(new, _table(new, found))
        writer.update(rejects, select(*new.c))


def clear_rejects(
    writer: Writer,
    load_id: int,
    feed: Feed,
    accepted: Table,
    claimed: Collection[RejectNumber],
    refused_again: Collection[RejectNumber],
) -> tuple[int, int]:
    """How many rejects of earlier loads this load clears, and how many of those that came back it
    refuses anew under numbers of its own; the rules: corrections.py.

    `accepted` holds every row that passed the check, `claimed` the rejects whose rows came.
    """
    of_feed = exists().where(loads.c.load_id == rejects.c.load_id, loads.c.feed == feed.name)
    earlier = and_(rejects.c.cleared_by.is_(None), rejects.c.load_id < load_id, of_feed)
    came = _came_back(writer, earlier, {number.place for number in claimed}) if claimed else {}
    refused = {number.place for number in refused_again}
    again = sum(place in refused for place in came.values())
    cleared = _settle_returned(writer, load_id, list(came)) - again
    with_key = select(func.count().label("n")).where(rejects.c.key.is_not(None), earlier)
    if int(writer.frame(with_key)["n"].iloc[0]):
        key = key_text(feed, accepted)
        cleared += _settle(writer, load_id, and_(earlier, exists().where(key == rejects.c.key)))
    return cleared, again


def originals(writer: Writer, feed: Feed, claimed: set[RejectNumber]) -> dict[Place, Original]:
    """What the rejects were, those that are cleared by now included; the newest of several."""
    if not claimed:
        return {}
    of_feed = and_(loads.c.load_id == rejects.c.load_id, loads.c.feed == feed.name)
    query = (
        _with_places(writer, {number.place for number in claimed})
        .add_columns(rejects.c.text, rejects.c.reasons, source_files.c.columns)
        .join(loads, of_feed)
        .order_by(rejects.c.load_id)
    )
    return {
        _place(row): original_of(
            feed,
            json.loads(row["columns"]),
            json.loads(row["text"]),
            [from_stored(reason) for reason in json.loads(row["reasons"])],
        )
        for row in _rows(writer, query)
    }


def _with_places(writer: Writer, places: Collection[Place]) -> Select[Any]:
    """The rejects at these places: their keys, and the sha256 of their files."""
    wanted = Table(
        "wanted_rejects",
        MetaData(),
        Column("sha256", String),
        Column("row_number", BigInteger),
        Column("sheet", String),
    )
    writer.scratch(wanted)
    names = [column.name for column in wanted.c]
    rows = [dict(zip(names, place, strict=True)) for place in places]
    writer.append(wanted, _table(wanted, rows))
    same = and_(
        wanted.c.row_number == rejects.c.row_number,
        wanted.c.sheet == rejects.c.sheet,
        wanted.c.sha256 == func.substr(source_files.c.sha256, 1, 8),
    )
    key = rejects.primary_key.columns
    query = select(*key, source_files.c.sha256).select_from(rejects)
    return query.join(source_files, _OF_FILE).join(wanted, same)


_Key = tuple[int, int, str, int]


def _came_back(
    writer: Writer, earlier: ColumnElement[bool], places: set[Place]
) -> dict[_Key, Place]:
    """Those of the `earlier` rejects whose rows came: by their own number, or by one under which
    they came before and were refused anew."""
    found = {
        _key(row): _place(row) for row in _rows(writer, _with_places(writer, places).where(earlier))
    }
    numbered = (
        select(*rejects.primary_key.columns, rejects.c.text, source_files.c.sha256)
        .add_columns(earlier.label("is_open"))
        .join_from(rejects, source_files, _OF_FILE)
        .where(rejects.c.text.contains(f'"{NUMBER}"'))
        .order_by(rejects.c.load_id)
    )
    came_as = {place: place for place in places}
    for row in _rows(writer, numbered):
        number = parsed_number(json.loads(row["text"]).get(NUMBER, ""))
        if number is not None and number.place in came_as:
            came_as[_place(row)] = came_as[number.place]
            if row["is_open"]:
                found.setdefault(_key(row), came_as[number.place])
    return found


def _place(row: Mapping[str, Any]) -> Place:
    return row["sha256"][:8], row["row_number"], row["sheet"]


def _key(row: Mapping[str, Any]) -> _Key:
    return row["load_id"], row["file_number"], row["sheet"], row["row_number"]


def _settle_returned(writer: Writer, load_id: int, keys: Sequence[_Key]) -> int:
    if not keys:
        return 0
    columns = rejects.primary_key.columns
    returned = Table("returned_rejects", MetaData(), *[Column(c.name, c.type) for c in columns])
    writer.scratch(returned)
    names = [column.name for column in columns]
    rows = [dict(zip(names, key, strict=True)) for key in keys]
    writer.append(returned, _table(returned, rows))
    same = exists().where(*[returned.c[c.name] == c for c in columns])
    return _settle(writer, load_id, and_(rejects.c.cleared_by.is_(None), same))


def _settle(writer: Writer, load_id: int, where: ColumnElement[bool]) -> int:
    """Mark those rejects as cleared by the load; how many they are."""
    counted = select(func.count().label("n")).select_from(rejects).where(where)
    count = int(writer.frame(counted)["n"].iloc[0])
    if count:
        kept = [column for column in rejects.c if column.name != "cleared_by"]
        mark = literal(load_id, Integer).label("cleared_by")
        writer.merge(rejects, select(*kept, mark).where(where))
    return count


def key_text(feed: Feed, rows: Table) -> ColumnElement[str]:
    """The key of each of `rows` as `rejects.key` has it."""
    first, *others = [cast(rows.c[name], String) for name in feed.key]
    key: ColumnElement[str] = first
    for part in others:
        key = key + literal(KEY_SEPARATOR) + part
    return key


def _loads(load_id: int | None) -> Select[Any]:
    query = (
        select(*loads.c, *[c for c in source_files.c if c.name != "load_id"])
        .join(source_files, source_files.c.load_id == loads.c.load_id)
        .order_by(loads.c.load_id.desc(), source_files.c.file_number)
    )
    return query if load_id is None else query.where(loads.c.load_id == load_id)


def list_loads(reader: Reader, load_id: int | None = None) -> Iterator[dict[str, Any]]:
    """One object a file, the newest load first."""
    for batch in reader.batches(_loads(load_id)):
        for row in batch.to_pylist():
            cut_off, received = row.pop("cut_off"), row.pop("received")
            yield {
                "load": row.pop("load_id"),
                "file": row.pop("name"),
                **row,
                "received": received.isoformat(),
                "cut_off": cut_off and cut_off.isoformat(),
                "columns": json.loads(row["columns"]),
                "dropped": json.loads(row["dropped"]),
                "unread_sheets": json.loads(row["unread_sheets"]),
            }


def list_rejects(
    reader: Reader, load_id: int | Collection[int] | None = None
) -> Iterator[dict[str, Any]]:
    """Refused rows that are to be mended, in the order of loads, files and rows; every reason in
    both languages, with the file's own headers."""
    query = (
        select(
            *rejects.c,
            loads.c.feed,
            *[source_files.c[name] for name in ("name", "sha256", "columns")],
        )
        .join(loads, loads.c.load_id == rejects.c.load_id)
        .join(
            source_files,
            _OF_FILE,
        )
        .where(rejects.c.cleared_by.is_(None))
        .order_by(*rejects.primary_key.columns)
    )
    if load_id is not None:
        wanted = [load_id] if isinstance(load_id, int) else list(load_id)
        query = query.where(rejects.c.load_id.in_(wanted))
    for batch in reader.batches(query):
        for row in batch.to_pylist():
            feed, headers = FEEDS[row["feed"]], headers_of(json.loads(row["columns"]))
            yield {
                "load": row["load_id"],
                "feed": row["feed"],
                "file": row["name"],
                "file_number": row["file_number"],
                "sheet": row["sheet"],
                "row": row["row_number"],
                "number": str(
                    RejectNumber(
                        row["load_id"],
                        row["file_number"],
                        row["row_number"],
                        row["sha256"],
                        row["sheet"],
                    )
                ),
                "reasons": [
                    sentence(from_stored(r), feed, headers) for r in json.loads(row["reasons"])
                ],
                "text": json.loads(row["text"]),
                "key": row["key"],
            }


def current_records(
    reader: Reader, feed: Feed, load_ids: Collection[int]
) -> dict[str, dict[str, Any]]:
    """Key of a reject of these loads -> the record of the feed with that key, if there is one."""
    key = key_text(feed, feed.table)
    is_rejected = exists().where(
        rejects.c.key == key,
        rejects.c.cleared_by.is_(None),
        rejects.c.load_id.in_(sorted(load_ids)),
    )
    query = select(key.label("key_text"), *recorded_columns(feed)).where(is_rejected)
    return {row.pop("key_text"): row for row in _rows(reader, query)}


def reject_counts(reader: Reader) -> dict[int, int]:
    """Load -> how many of its rejects are not mended yet; loads without any are left out."""
    counts = reader.frame(
        select(rejects.c.load_id, func.count().label("n"))
        .where(rejects.c.cleared_by.is_(None))
        .group_by(rejects.c.load_id)
    )
    return {int(load): int(n) for load, n in zip(counts["load_id"], counts["n"], strict=True)}


def list_flagged(reader: Reader, load_id: int | None = None) -> Iterator[dict[str, Any]]:
    """Rows that were kept in doubt, or name a record that is nowhere: feed, key, why; `load_id`:
    only those that it wrote last."""
    yield from _list_flagged(reader, load_id)
    for reference in REFERENCES:
        yield from _list_unknown(reader, reference, load_id)


def recorded_columns(feed: Feed) -> list[ColumnElement[Any]]:
    """The columns of a feed to be shown: a certificate's serial as its file has it."""
    columns: list[ColumnElement[Any]] = [feed.table.c[column.name] for column in feed.columns]
    if feed.table is certificates:
        columns[0] = recorded_serial()
    return columns


def _list_unknown(
    reader: Reader, reference: Reference, load_id: int | None
) -> Iterator[dict[str, Any]]:
    feed, of = FEEDS[reference.feed], unknown_references.c
    is_unknown = exists().where(
        of.feed == reference.feed, of.column_name == reference.column, of.value == reference.source
    )
    query = (
        select(*recorded_columns(feed), feed.table.c.load_id)
        .where(is_unknown)
        .order_by(*feed.table.primary_key.columns)
    )
    if load_id is not None:
        query = query.where(feed.table.c.load_id == load_id)
    called = _headers_of_loads(reader)
    for batch in reader.batches(query):
        for row in batch.to_pylist():
            load = row.pop("load_id")
            reason = Reason(reference.code, reference.column, row[reference.column])
            yield {
                "load": load,
                "feed": feed.name,
                "key": {name: row[name] for name in feed.key},
                "reasons": [sentence(reason, feed, called.get(load))],
                "row": row,
            }


def _list_flagged(reader: Reader, load_id: int | None) -> Iterator[dict[str, Any]]:
    called = _headers_of_loads(reader)
    for feed in FEEDS.values():
        table = feed.table
        query = (
            select(*recorded_columns(feed), table.c.flags, table.c.load_id)
            .where(table.c.flags.is_not(None))
            .order_by(*table.primary_key.columns)
        )
        if load_id is not None:
            query = query.where(table.c.load_id == load_id)
        for batch in reader.batches(query):
            for row in batch.to_pylist():
                codes, load = row.pop("flags").split(","), row.pop("load_id")
                headers = called.get(load)
                yield {
                    "load": load,
                    "feed": feed.name,
                    "key": {name: row[name] for name in feed.key},
                    "reasons": [sentence(_flag(feed, code, row), feed, headers) for code in codes],
                    "row": row,
                }


def _headers_of_loads(reader: Reader) -> dict[int, dict[str, str]]:
    """What the files of each load call the columns, where they agree: of a row that was kept, only
    the load is known."""
    found: dict[int, list[dict[str, str]]] = {}
    for row in _rows(reader, select(source_files.c.load_id, source_files.c.columns)):
        found.setdefault(row["load_id"], []).append(headers_of(json.loads(row["columns"])))
    return {load: files[0] for load, files in found.items() if all(f == files[0] for f in files)}


def _flag(feed: Feed, code: str, row: Mapping[str, Any]) -> Reason:
    """The reason that a flag stands for, with the value that it doubts."""
    column = next((rule.column for rule in feed.rules if rule.code == code), "")
    value = row.get(column)
    return Reason(code, column, "" if value is None else str(value))
