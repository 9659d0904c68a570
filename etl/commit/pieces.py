"""The rows of a file, read and checked piece by piece: here, or by the machines of a cluster.

A large file is read here all the same, as rows are numbered from its beginning and quotes may span
lines; each piece of it is then checked by whichever machine is free, with the same function, and
comes back in its turn. So what is made of the pieces does not hang on who checked them.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa

from adoption.store import Writer
from etl.history import corrections
from etl.history.corrections import RejectNumber
from etl.history.originals import LookUp, Restored, asked, compared
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.non_record_rows import Skipped
from etl.mapping.source_file import SourceFile, batches, made_again
from etl.validation.reasons import from_stored
from etl.validation.validate import Checked, Memory, Reject, validate

# Smaller files are checked sooner than machines could be asked.
LEAST_BYTES_TO_SPREAD = 64 << 20
_REJECTED = b"rejected"


@dataclass(frozen=True)
class Piece:
    """`malformed` rows do not fit the header; `claimed`: the rejects whose mended rows are in it;
    `done`: about how many bytes of the file are."""

    checked: Checked
    malformed: list[Reject]
    skipped: list[Skipped]
    claimed: set[RejectNumber]
    done: int
    restored: list[Restored] = field(default_factory=list)


@dataclass(frozen=True)
class _Work:
    """How the rows of a file are to be checked; goes to the machines that do it."""

    feed: str
    columns: tuple[str | None, ...]
    known: Mapping[str, frozenset[str]]
    own_columns: int | None
    flagged: tuple[str, ...]

    def check(self, rows: pa.RecordBatch, memory: Memory | None = None) -> Checked:
        return validate(
            FEEDS[self.feed],
            self.columns,
            rows,
            self.known,
            memory,
            own_columns=self.own_columns,
            flagged=self.flagged,
        )


def checked_pieces(
    writer: Writer,
    source: SourceFile,
    feed: Feed,
    known: Mapping[str, frozenset[str]],
    memory: Memory,
    tell: Callable[[int], None],
    look_up: LookUp,
) -> Generator[Piece]:
    """Those of `source`, in the file's order. `tell` hears of bytes before the first comes,
    `look_up` is asked for the rejects of which it holds the mended rows."""
    work = _Work(
        feed.name, tuple(source.columns.values()), known, source.own_columns, tuple(source.flags)
    )
    if corrections.NUMBER in source.columns:
        yield from _mended(source, feed, work, look_up)
        return
    if writer.has_workers and source.bytes >= LEAST_BYTES_TO_SPREAD:
        yield from _spread(writer, source, work, tell)
        return
    for batch in batches(source):
        checked = work.check(batch.rows, memory)
        done = min(batch.position, source.bytes)
        yield Piece(checked, batch.malformed, batch.skipped, set(), done)


def _mended(source: SourceFile, feed: Feed, work: _Work, look_up: LookUp) -> Iterator[Piece]:
    """A file of rejects, its rows compared with what they were."""
    for batch in batches(source):
        rows = corrections.unquoted(batch.rows)
        found = compared(feed, source.columns, source.own_columns, rows, look_up)
        checked = work.check(made_again(source, found.rows))
        yield Piece(
            asked(checked, found, source.own_columns),
            batch.malformed,
            batch.skipped,
            corrections.claimed(rows),
            min(batch.position, source.bytes),
            found.restored,
        )


def _spread(
    writer: Writer, source: SourceFile, work: _Work, tell: Callable[[int], None]
) -> Iterator[Piece]:
    read: list[Piece] = []

    def pieces() -> Iterator[pa.RecordBatch]:
        for batch in batches(source):
            done = min(batch.position, source.bytes)
            read.append(Piece(_NOTHING, batch.malformed, batch.skipped, set(), done))
            tell(done // 2)
            yield batch.rows

    for place, rows in enumerate(writer.spread(partial(_checked, work), pieces())):
        piece = read[place]
        done = (source.bytes + piece.done) // 2
        yield Piece(_received(rows), piece.malformed, piece.skipped, set(), done)


_NOTHING = Checked(pa.table({}), [])


def _checked(work: _Work, rows: pa.RecordBatch) -> pa.Table:
    """The rows to keep, and those refused in their metadata. Runs on the cluster's machines."""
    found = work.check(rows)
    rejected = [
        [reject.row_number, [reason.stored() for reason in reject.reasons], reject.text]
        for reject in found.rejected
    ]
    return found.kept.replace_schema_metadata({_REJECTED: json.dumps(rejected)})


def _received(rows: pa.Table) -> Checked:
    rejected = [
        Reject(number, tuple(from_stored(reason) for reason in reasons), text)
        for number, reasons, text in json.loads(rows.schema.metadata[_REJECTED])
    ]
    return Checked(rows.replace_schema_metadata(), rejected)
