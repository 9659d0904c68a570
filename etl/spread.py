"""A large file, checked by the machines of a cluster.

It is read here, batch after batch; each batch is then checked as it would be here, by whichever
machine is free, and the same comes of it: rows that passed go to the table, refused ones to the
rejects, and the counts are the same.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import pyarrow as pa
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, func, select

from adoption.store import SpreadingWriter
from etl import ledger, mended
from etl.check import Reject, check
from etl.feeds import FEEDS
from etl.mended import RejectNumber
from etl.read import batches
from etl.reasons import from_stored
from etl.stamp import Stamp
from etl.tally import Tally

# Smaller files are checked sooner than machines could be asked.
LEAST_BYTES = 64 << 20


@dataclass(frozen=True)
class _Work:
    """How a batch of the file is to be checked; goes to the machines that do it."""

    feed: str
    columns: tuple[str | None, ...]
    known: Mapping[str, frozenset[str]]
    own_columns: int | None
    flagged: tuple[str, ...]
    stamp: Stamp


def take_in(
    writer: SpreadingWriter,
    into: Table,
    tally: Tally,
    stamp: Stamp,
    known: Mapping[str, frozenset[str]],
    position: int,
    tell: Callable[[int], None],
) -> set[RejectNumber]:
    """Fills `into`, the rejects and the tally; `position` is that of the first row of the file.

    Returns the rejects whose mended rows came.
    """
    source, feed = tally.source, tally.feed
    claimed: set[RejectNumber] = set()

    def enter(refused: list[Reject]) -> None:
        ledger.enter_rejects(
            writer, stamp.load_id, stamp.file_number, refused, feed, source.columns, source.sheet
        )

    def pieces() -> Iterator[pa.RecordBatch]:
        first = position
        for place, batch in enumerate(batches(source)):
            claimed.update(mended.claimed(batch.rows))
            enter(tally.misfits(place, batch.malformed, batch.skipped))
            whence = {"place": str(place), "first": str(first)}
            yield mended.unquoted(batch.rows).replace_schema_metadata(whence)
            first += batch.rows.num_rows
            tell(min(batch.position, source.bytes) // 2)

    work = _Work(
        feed.name,
        tuple(source.columns.values()),
        known,
        source.own_columns,
        tuple(source.flags),
        Stamp(stamp.columns | {"position"}, stamp.load_id, stamp.file_number),
    )
    checked = _checked_table(into)
    writer.scratch(checked)
    writer.spread(checked, pieces(), partial(_checked, work))
    has_passed = checked.c.refused.is_(None)
    writer.insert(into, select(*[checked.c[column.name] for column in into.c]).where(has_passed))
    counts = writer.frame(
        select(func.count().label("passed"), func.count(checked.c.flags).label("flagged"))
        .select_from(checked)
        .where(has_passed)
    ).iloc[0]
    tally.keep(int(counts["passed"]), int(counts["flagged"]))
    for place, rejects in _refused(writer, checked):
        enter(tally.refuse(place, rejects))
    return claimed


def _checked_table(into: Table) -> Table:
    """The rows of `into` that passed; and refused ones, with `refused` (JSON) in place of them."""
    columns = {column.name: Column(column.name, column.type) for column in into.c}
    columns["position"] = Column("position", BigInteger)
    of_batch = (Column("place", Integer), Column("refused", String))
    return Table("checked", MetaData(), *columns.values(), *of_batch)


def _checked(work: _Work, batch: pa.RecordBatch) -> pa.Table:
    """What came of a batch, in columns of `_checked_table`. Runs on the machines of the cluster."""
    place, first = (int(batch.schema.metadata[name]) for name in (b"place", b"first"))
    found = check(
        FEEDS[work.feed],
        work.columns,
        batch,
        work.known,
        own_columns=work.own_columns,
        flagged=work.flagged,
    )
    kept = work.stamp.on(found.kept, first)
    refused = [
        json.dumps(
            [reject.row_number, [reason.stored() for reason in reject.reasons], reject.text],
            ensure_ascii=False,
        )
        for reject in found.rejected
    ]
    rejects = pa.table(
        {
            "place": pa.array([place] * len(refused), pa.int32()),
            "position": pa.array(range(first, first + len(refused)), pa.int64()),
            "refused": pa.array(refused, pa.string()),
        }
    )
    return pa.concat_tables([kept, rejects], promote_options="default")


def _refused(writer: SpreadingWriter, checked: Table) -> Iterator[tuple[int, list[Reject]]]:
    """The refused rows in the file's order: the place of a batch, and those in it."""
    query = (
        select(checked.c.place, checked.c.refused)
        .where(checked.c.refused.is_not(None))
        .order_by(checked.c.place, checked.c.position)
    )
    rows = (
        row
        for batch in writer.batches(query)
        for row in zip(*[column.to_pylist() for column in batch.columns], strict=True)
    )
    for place, group in groupby(rows, key=lambda row: row[0]):
        stored = [json.loads(text) for _, text in group]
        yield (
            place,
            [
                Reject(number, tuple(from_stored(reason) for reason in reasons), text)
                for number, reasons, text in stored
            ],
        )
