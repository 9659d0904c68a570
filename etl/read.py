"""A file -> what was recognised in it, and its rows in batches of text columns (Arrow).

To add a format: a module like csvfile.py, giving a header row and text batches.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from etl.check import Reject
from etl.csvfile import HeaderRow, Malformed, header_row, text_batches
from etl.feeds import Feed
from etl.fingerprint import fingerprint
from etl.headers import Header, recognise
from etl.reasons import Reason
from etl.values import EMAIL


@dataclass(frozen=True)
class SourceFile:
    """A file as it was recognised. `name` is its last part only; a path is never stored."""

    path: Path
    name: str
    sha256: str
    bytes: int
    format: str
    encoding: str
    header: HeaderRow
    headers: tuple[Header, ...]
    has_email: bool  # in some cell of some column

    @property
    def columns(self) -> dict[str, str | None]:
        """Header -> column of the feed, for all that is read; None: ignored."""
        return {h.text: h.column for h in self.headers if not h.is_dropped}

    @property
    def ignored(self) -> list[str]:
        return [header for header, column in self.columns.items() if column is None]

    @property
    def dropped(self) -> list[str]:
        """Headers of the columns that look personal: not read."""
        return [h.text for h in self.headers if h.is_dropped]

    @property
    def is_personal(self) -> bool:
        """Whether the file must not be kept as it is."""
        return self.has_email or bool(self.dropped)


@dataclass(frozen=True)
class Batch:
    """`rows`: `row_number`, then text by header. `malformed`: rows that do not fit the header."""

    rows: pa.RecordBatch
    malformed: list[Reject]
    position: int  # about how many bytes of the file are read so far


def describe(path: Path, feed: Feed) -> SourceFile:
    """What `path` is when read as `feed`. Raises UnreadableFile, saying what and where."""
    found = fingerprint(path)
    header = header_row(path)
    headers = recognise(feed, path.name, header.cells)
    source = SourceFile(
        path, path.name, found.sha256, found.bytes, "csv", found.encoding, header, headers, False
    )
    with_email = _places_with_email(source) if found.has_at else set()
    if not with_email:
        return source
    headers = tuple(
        replace(h, is_dropped=h.is_dropped or (h.column is None and place in with_email))
        for place, h in enumerate(headers)
    )
    return replace(source, headers=headers, has_email=True)


def batches(source: SourceFile) -> Iterator[Batch]:
    """The rows of `source` in the file's order, without its dropped columns."""
    places = [place for place, h in enumerate(source.headers) if not h.is_dropped]
    names = ["row_number", *(source.headers[place].text for place in places)]
    for batch in text_batches(source.path, source.header):
        columns = [batch.row_numbers, *(batch.rows.column(place) for place in places)]
        yield Batch(
            pa.RecordBatch.from_arrays(columns, names),
            [_reject(source, row) for row in batch.malformed],
            batch.position,
        )


def _places_with_email(source: SourceFile) -> set[int]:
    """Which columns hold an e-mail address anywhere; -1 stands for the malformed rows."""
    found: set[int] = set()
    for batch in text_batches(source.path, source.header):
        for place, column in enumerate(batch.rows.columns):
            if (
                place not in found
                and pc.any(pc.match_substring_regex(column, EMAIL.pattern)).as_py()
            ):
                found.add(place)
        if any(EMAIL.search(row.text) for row in batch.malformed):
            found.add(-1)
    return found


def _reject(source: SourceFile, row: Malformed) -> Reject:
    expected = len(source.headers)
    hint = f"{row.cells} 格，標題有 {expected} 格|{row.cells} cells, the header {expected}"
    reason = Reason("malformed_row", hint=hint)
    if source.is_personal:
        # Which of its cells are the personal ones cannot be told: none is kept.
        return Reject(row.row_number, (reason,), {})
    try:
        cells = next(csv.reader([row.text]))
    except (csv.Error, StopIteration):
        cells = [row.text]
    names = [h.text for h in source.headers]
    names += [f"({place})" for place in range(len(names) + 1, len(cells) + 1)]
    return Reject(row.row_number, (reason,), dict(zip(names, cells, strict=False)))
