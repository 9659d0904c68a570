"""The files of a load, read and checked: good rows go to a table, refused ones to the rejects."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Table, select

from adoption.store import Writer
from etl import ledger, mended
from etl.check import Memory, check
from etl.feeds import Feed
from etl.mended import RejectNumber
from etl.read import SourceFile, batches, without_skipped
from etl.result import FileResult, result_of
from etl.skipped import MOST_TOLD, Skipped

# What is going on (read, keep, publish), and how much of the whole is done, 0 to 1.
Progress = Callable[[str, float], None]
READING_SHARE = 0.6
# Rows are written so many at a time: enough for the store to use more than one core.
ROWS_WRITTEN_AT_ONCE = 500_000


@dataclass(frozen=True)
class Taken:
    """`kept` and `flagged` of the results count the rows that passed, repeated ones included."""

    results: list[FileResult]
    is_rising: bool  # each key is greater than the one before, so that none came twice


def take_in(
    writer: Writer,
    feed: Feed,
    sources: Sequence[SourceFile],
    load_id: int,
    claimed: set[RejectNumber],
    progress: Progress,
    into: Table,
) -> Taken:
    """Fills `into`, the rejects, and `claimed` with the rejects whose mended rows came.

    `into` is the feed's table or has its columns; file_number and position (over all files) are
    filled where it has them.
    """
    known = {
        reference.column: frozenset(writer.frame(select(reference.key)).iloc[:, 0])
        for reference in feed.references
    }
    memory = Memory()
    rising = _Rising(feed)
    position = 0
    bytes_before, bytes_of_all = 0, max(1, sum(source.bytes for source in sources))
    results: list[FileResult] = []
    with _Appending(writer, into) as appending:
        for number, source in enumerate(sources, 1):
            read = rejected = skipped_rows = passed_rows = flagged = 0
            skipped: list[Skipped] = []
            reasons: Counter[str] = Counter()
            for batch in batches(source):
                claimed |= mended.claimed(batch.rows)
                checked = check(
                    feed,
                    list(source.columns.values()),
                    mended.unquoted(batch.rows),
                    known,
                    memory,
                    own_columns=source.own_columns,
                    flagged=source.flags,
                )
                kept = checked.kept
                rising.feed(kept)
                appending.add(_stamped(kept, into, load_id, number, position))
                position += kept.num_rows
                passed_rows += kept.num_rows
                flagged += kept.num_rows - kept["flags"].null_count
                to_mend, passed_over = without_skipped(source, feed, checked.rejected)
                refused = [*to_mend, *batch.malformed]
                skipped_rows += len(batch.skipped) + len(passed_over)
                skipped += [*batch.skipped, *passed_over][: max(0, MOST_TOLD - len(skipped))]
                if refused:
                    appending.wait()
                    ledger.enter_rejects(
                        writer, load_id, number, refused, feed, source.columns, source.sheet
                    )
                for reject in refused:
                    reasons.update({reason.code for reason in reject.reasons})
                rejected += len(refused)
                read += batch.rows.num_rows - len(passed_over) + len(batch.malformed)
                share = (bytes_before + min(batch.position, source.bytes)) / bytes_of_all
                progress("read", READING_SHARE * share)
            bytes_before += source.bytes
            results.append(
                result_of(
                    source,
                    feed,
                    read=read,
                    kept=passed_rows,
                    flagged=flagged,
                    rejected=rejected,
                    reasons=dict(reasons),
                    skipped=skipped_rows,
                    first_skipped=skipped,
                )
            )
    return Taken(results, rising.holds)


class _Appending:
    """Rows on their way into a table, written while the next ones are read and checked; never two
    writings at once."""

    def __init__(self, writer: Writer, into: Table) -> None:
        self._writer = writer
        self._into = into
        self._waiting: list[pa.Table] = []
        self._thread = ThreadPoolExecutor(1)
        self._written: Future[None] = self._thread.submit(lambda: None)

    def __enter__(self) -> "_Appending":
        return self

    def add(self, rows: pa.Table) -> None:
        self._waiting.append(rows)
        if sum(table.num_rows for table in self._waiting) >= ROWS_WRITTEN_AT_ONCE:
            self._write()

    def wait(self) -> None:
        """Until nothing is being written; raises what the writing raised."""
        self._written.result()

    def _write(self) -> None:
        self.wait()
        rows, self._waiting = pa.concat_tables(self._waiting), []
        self._written = self._thread.submit(self._writer.append, self._into, rows)

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None and self._waiting:
                self._write()
            if kind is None:
                self.wait()
        finally:
            self._thread.shutdown()
            pa.default_memory_pool().release_unused()  # the store needs it next


class _Rising:
    """Whether the keys of a feed rise from row to row. Only looked at for a key of one column."""

    def __init__(self, feed: Feed) -> None:
        self._key = feed.key[0]
        self._last: Any = None
        self.holds = len(feed.key) == 1

    def feed(self, rows: pa.Table) -> None:
        if not self.holds or not rows.num_rows:
            return
        keys = rows[self._key].combine_chunks()
        rises = pc.all(pc.greater(keys[1:], keys[:-1])).as_py()  # null: there is only one
        self.holds = rises is not False and (
            self._last is None or pc.greater(keys[0], self._last).as_py()
        )
        self._last = keys[-1]


def _stamped(
    kept: pa.Table, into: Table, load_id: int, file_number: int, position: int
) -> pa.Table:
    count = kept.num_rows
    rows = kept.drop_columns(["row_number"])
    rows = rows.append_column("load_id", pa.array(np.full(count, load_id, np.int32)))
    if "file_number" in into.c:
        rows = rows.append_column("file_number", pa.array(np.full(count, file_number, np.int32)))
    if "position" in into.c:
        positions = np.arange(position, position + count, dtype=np.int64)
        rows = rows.append_column("position", pa.array(positions))
    if "is_renewal" in into.c:  # what a certificate says of itself; etl/link.py finds the rest
        rows = rows.append_column("renewed_on", rows["renewal_applied_on"])
        rows = rows.append_column("is_renewal", pc.is_valid(rows["replaces"]))
    return rows
