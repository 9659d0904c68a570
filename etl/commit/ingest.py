"""The files of a load, read and checked: good rows go to a table, refused ones to the rejects."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Table

from adoption.store import Writer
from etl.commit.account import orders_told
from etl.commit.appending import Appending
from etl.commit.file_counts import Tally, numbers_of
from etl.commit.lineage import Stamp
from etl.commit.pieces import checked_pieces
from etl.commit.result import FileResult
from etl.history import ledger
from etl.history.corrections import Place, RejectNumber
from etl.history.originals import Original
from etl.mapping.feeds import Feed
from etl.mapping.source_file import SourceFile
from etl.validation.validate import Memory, Reject

# What is going on (read, keep, publish), and how much of the whole is done, 0 to 1.
Progress = Callable[[str, float], None]
READING_SHARE = 0.6


@dataclass(frozen=True)
class Taken:
    """`kept` and `flagged` of the results count the rows that passed, repeated ones included."""

    results: list[FileResult]
    is_rising: bool  # each key is greater than the one before, so that none came twice


@dataclass
class Returned:
    """The earlier rejects whose rows came, and of these the ones that are refused anew."""

    claimed: set[RejectNumber] = field(default_factory=set)
    refused: set[RejectNumber] = field(default_factory=set)

    def add(self, claimed: set[RejectNumber], refused: Sequence[Reject]) -> None:
        again = numbers_of(refused)
        self.refused |= again
        self.claimed |= claimed | again


def take_in(
    writer: Writer,
    feed: Feed,
    sources: Sequence[SourceFile],
    load_id: int,
    returned: Returned,
    progress: Progress,
    today: date,
    into: Table,
) -> Taken:
    """Fills `into`, the rejects, and `returned` with the earlier rejects whose rows came.

    `into` is the feed's table or has its columns; file_number and position (over all files) are
    filled where it has them. `today` is the day of loading.
    """
    columns = frozenset(into.c.keys())
    rising = _Rising(feed)
    position = 0
    bytes_before, bytes_of_all = 0, max(1, sum(source.bytes for source in sources))
    results: list[FileResult] = []

    def tell(bytes_read: int) -> None:
        progress("read", READING_SHARE * (bytes_before + bytes_read) / bytes_of_all)

    with Appending(writer, into) as appending:
        for number, source in enumerate(sources, 1):
            tally, stamp = Tally(source, feed), Stamp(columns, load_id, number)
            _take_in(writer, appending, tally, stamp, today, position, tell, rising, returned)
            position += tally.last_row
            bytes_before += source.bytes
            tell(0)
            results.append(tally.result())
    return Taken(results, rising.holds)


def _take_in(
    writer: Writer,
    appending: "Appending",
    tally: Tally,
    stamp: Stamp,
    today: date,
    position: int,
    tell: Callable[[int], None],
    rising: "_Rising",
    returned: Returned,
) -> None:
    """The rows of one file; `position` is that before its first."""
    source, feed = tally.source, tally.feed

    def look_up(numbers: set[RejectNumber]) -> Mapping[Place, Original]:
        appending.wait()
        return ledger.originals(writer, feed, numbers)

    memory = Memory()
    checked = checked_pieces(writer, source, feed, today, memory, tell, tally.counts, look_up)
    with closing(checked) as pieces:
        for place, piece in enumerate(pieces):
            tally.restore(piece.restored)
            kept = piece.checked.kept
            rising.feed(kept)
            appending.add(stamp.on(kept, position))
            tally.keep(kept)
            refused = [
                *tally.misfits(place, piece.malformed, piece.skipped),
                *tally.refuse(place, piece.checked.rejected),
            ]
            returned.add(piece.claimed, refused)
            if refused:
                appending.wait()
                ledger.enter_rejects(
                    writer,
                    stamp.load_id,
                    stamp.file_number,
                    refused,
                    feed,
                    source.columns,
                    source.sheet,
                )
            tell(piece.done)
    tally.orders = orders_told(feed, memory, source.columns)
    # Of a row that is refused and not kept, the earlier reject is all that there is.
    returned.claimed -= tally.unsettled - returned.refused


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
