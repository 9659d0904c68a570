"""The rows of a file, read and checked piece by piece: here, or by the machines of a cluster.

A large file is read here all the same, as rows are numbered from its beginning and quotes may span
lines; each piece of it is then checked by whichever machine is free, with the same function, and
comes back in its turn. So what is made of the pieces does not hang on who checked them.
"""

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import pyarrow as pa

from adoption.store import Writer
from etl.files.account import LineCounts
from etl.history import corrections
from etl.history.corrections import RejectNumber
from etl.history.originals import Compared, LookUp, Restored, asked, compared
from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.non_record_rows import Skipped
from etl.mapping.source_file import SourceFile, batches, made_again
from etl.mapping.swapped_days import refuse_swapped
from etl.mapping.table_beside import refuse_table_beside
from etl.validation.reasons import from_stored
from etl.validation.short_years import Evidence
from etl.validation.undecided import Undecided, as_bytes, from_bytes
from etl.validation.validate import Checked, Memory, Reading, Reject, validate

# Smaller files are checked sooner than machines could be asked.
LEAST_BYTES_TO_SPREAD = 64 << 20
_REJECTED, _UNDECIDED, _EVIDENCE = b"rejected", b"undecided", b"evidence"


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
    own_columns: int | None
    flagged: tuple[str, ...]
    estimated: tuple[str, ...]
    today: date

    def check(self, rows: pa.RecordBatch, memory: Memory) -> Checked:
        return self._check(rows, Reading(self.today, memory, orders=None))

    def decide(self, rows: pa.RecordBatch, memory: Memory) -> Checked:
        """Those that were undecided, now that all of the file has been seen."""
        return self._check(rows, Reading(self.today, memory, memory.evidence.settled()))

    def _check(self, rows: pa.RecordBatch, reading: Reading) -> Checked:
        return validate(
            FEEDS[self.feed],
            self.columns,
            rows,
            reading,
            own_columns=self.own_columns,
            flagged=self.flagged,
            estimated=self.estimated,
        )


def checked_pieces(
    writer: Writer,
    source: SourceFile,
    feed: Feed,
    today: date,
    memory: Memory,
    tell: Callable[[int], None],
    counts: LineCounts,
    look_up: LookUp,
) -> Generator[Piece]:
    """Those of `source`, in the file's order, then the rows that only the whole of it decides.

    `memory` is of this file alone. `tell` hears of bytes before the first piece comes,
    `counts` is whole when the last has come, `look_up` is asked for the rejects of which the file
    holds the mended rows.
    """
    columns = tuple(source.columns.values())
    work = _Work(
        feed.name, columns, source.own_columns, tuple(source.flags), source.estimated, today
    )
    seen = Compared(pa.RecordBatch.from_pydict({}))
    if corrections.NUMBER in source.columns:
        pieces = _mended(source, feed, work, memory, counts, look_up, seen)
    elif writer.has_workers and source.bytes >= LEAST_BYTES_TO_SPREAD:
        pieces = _spread(writer, source, work, memory, tell, counts)
    else:
        pieces = _here(source, work, memory, counts)
    with Undecided() as undecided:
        for piece in pieces:
            undecided.add(piece.checked.undecided)
            yield piece
        refuse_swapped(source.name, source.columns, memory.evidence)
        for rows in undecided.batches():
            decided = work.decide(rows, memory)
            checked = asked(decided, replace(seen, rows=rows), source.own_columns)
            yield Piece(checked, [], [], set(), source.bytes)


def _here(source: SourceFile, work: _Work, memory: Memory, counts: LineCounts) -> Iterator[Piece]:
    for batch in batches(source, counts):
        refuse_table_beside(source.name, source.columns, batch.rows)
        checked = work.check(batch.rows, memory)
        done = min(batch.position, source.bytes)
        yield Piece(checked, batch.malformed, batch.skipped, set(), done)


def _mended(
    source: SourceFile,
    feed: Feed,
    work: _Work,
    memory: Memory,
    counts: LineCounts,
    look_up: LookUp,
    seen: Compared,
) -> Iterator[Piece]:
    """A file of rejects, its rows compared with what they were; `seen` gathers what was found."""
    for batch in batches(source, counts):
        rows = corrections.unquoted(batch.rows)
        found = compared(feed, source.columns, source.own_columns, rows, look_up)
        seen.gather(found)
        checked = work.check(made_again(source, found.rows), memory)
        yield Piece(
            asked(checked, found, source.own_columns),
            batch.malformed,
            batch.skipped,
            corrections.claimed(rows),
            min(batch.position, source.bytes),
            found.restored,
        )


def _spread(
    writer: Writer,
    source: SourceFile,
    work: _Work,
    memory: Memory,
    tell: Callable[[int], None],
    counts: LineCounts,
) -> Iterator[Piece]:
    read: list[Piece] = []

    def pieces() -> Iterator[pa.RecordBatch]:
        for batch in batches(source, counts):
            done = min(batch.position, source.bytes)
            read.append(Piece(_NOTHING, batch.malformed, batch.skipped, set(), done))
            tell(done // 2)
            yield batch.rows

    for place, rows in enumerate(writer.spread(partial(_checked, work), pieces())):
        piece = read[place]
        done = (source.bytes + piece.done) // 2
        yield Piece(_received(rows, memory), piece.malformed, piece.skipped, set(), done)


_NOTHING = Checked(pa.table({}), [])


def _checked(work: _Work, rows: pa.RecordBatch) -> pa.Table:
    """The rows to keep; in their metadata those refused and undecided. Runs on the cluster."""
    memory = Memory()
    found = work.check(rows, memory)
    rejected = [
        [reject.row_number, [reason.stored() for reason in reject.reasons], reject.text]
        for reject in found.rejected
    ]
    return found.kept.replace_schema_metadata(
        {
            _REJECTED: json.dumps(rejected),
            _UNDECIDED: as_bytes(found.undecided),
            _EVIDENCE: memory.evidence.as_json(),
        }
    )


def _received(rows: pa.Table, memory: Memory) -> Checked:
    said = rows.schema.metadata
    rejected = [
        Reject(number, tuple(from_stored(reason) for reason in reasons), text)
        for number, reasons, text in json.loads(said[_REJECTED])
    ]
    memory.evidence.add(Evidence.of_json(said[_EVIDENCE]))
    return Checked(rows.replace_schema_metadata(), rejected, from_bytes(said[_UNDECIDED]))
