"""What was loaded, from which files, and what was refused: written with a load, read afterwards."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Select, Table, and_, exists, func, select

from adoption.store import Reader, Writer
from adoption.store.schema import loads, rejects, source_files
from etl.check import Reject
from etl.feeds import FEEDS
from etl.reasons import from_stored, sentence


def next_load_id(reader: Reader) -> int:
    last = reader.frame(select(func.max(loads.c.load_id).label("last")))["last"].iloc[0]
    return 1 if pd.isna(last) else int(last) + 1


def _table(table: Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
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
    cut_off: date | None,
    seconds: float,
    files: Sequence[dict[str, Any]],
) -> None:
    """One row for the load, one for each of its files (the columns of source_files)."""
    load = {
        "load_id": load_id,
        "feed": feed,
        "loaded_at": now.isoformat(timespec="seconds"),
        "loaded_by": by,
        "cut_off": cut_off,
        "seconds": seconds,
    }
    writer.append(loads, _table(loads, [load]))
    numbered = [
        {**file, "load_id": load_id, "file_number": number} for number, file in enumerate(files, 1)
    ]
    writer.append(source_files, _table(source_files, numbered))


def enter_rejects(
    writer: Writer, load_id: int, file_number: int, rejected: Sequence[Reject], sheet: str = ""
) -> None:
    rows = [
        {
            "load_id": load_id,
            "file_number": file_number,
            "sheet": sheet,
            "row_number": reject.row_number,
            "reasons": json.dumps([r.stored() for r in reject.reasons], ensure_ascii=False),
            "text": json.dumps(reject.text, ensure_ascii=False),
        }
        for reject in rejected
    ]
    if rows:
        writer.append(rejects, _table(rejects, rows))


def forget_rejects(writer: Writer, load_id: int, feed: str, sha256s: Sequence[str]) -> None:
    """Of the same files in earlier loads: this load refuses them again, or no longer."""
    earlier = (
        select(source_files.c.load_id)
        .join(loads, loads.c.load_id == source_files.c.load_id)
        .where(
            source_files.c.load_id == rejects.c.load_id,
            source_files.c.file_number == rejects.c.file_number,
            source_files.c.sha256.in_(sha256s),
            loads.c.feed == feed,
        )
    )
    writer.delete(rejects, and_(rejects.c.load_id < load_id, exists(earlier)))


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
            cut_off = row.pop("cut_off")
            yield {
                "load": row.pop("load_id"),
                "file": row.pop("name"),
                **row,
                "cut_off": cut_off and cut_off.isoformat(),
                "columns": json.loads(row["columns"]),
            }


def list_rejects(reader: Reader, load_id: int | None = None) -> Iterator[dict[str, Any]]:
    """Refused rows in the order of loads, files and rows; every reason in both languages."""
    query = (
        select(rejects, loads.c.feed, source_files.c.name)
        .join(loads, loads.c.load_id == rejects.c.load_id)
        .join(
            source_files,
            and_(
                source_files.c.load_id == rejects.c.load_id,
                source_files.c.file_number == rejects.c.file_number,
            ),
        )
        .order_by(*rejects.primary_key.columns)
    )
    if load_id is not None:
        query = query.where(rejects.c.load_id == load_id)
    for batch in reader.batches(query):
        for row in batch.to_pylist():
            feed = FEEDS[row["feed"]]
            yield {
                "load": row["load_id"],
                "feed": row["feed"],
                "file": row["name"],
                "sheet": row["sheet"],
                "row": row["row_number"],
                "reasons": [sentence(from_stored(r), feed) for r in json.loads(row["reasons"])],
                "text": json.loads(row["text"]),
            }
