"""The first rows of a file whose headers may be unknown: what suggestions are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import names_of, plain
from etl.mapping.personal_cells import looks_personal
from etl.mapping.source_file import Opened, batches, opened, recognised_head
from etl.validation.values import EMAIL

MOST_ROWS = 200
# Of a wide file fewer rows: no more cells than this.
_MOST_CELLS = 20_000


@dataclass(frozen=True)
class FirstRows:
    """Headers in the file's order, and text below them, a cell a header ('' for none).

    Columns that look personal are left out of both.
    """

    name: str
    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, header: str) -> list[str]:
        place = self.headers.index(header)
        return [row[place] for row in self.rows]


def first_rows(path: Path, feed: Feed | None = None, name: str | None = None) -> FirstRows:
    """Of `path`, called `name`, up to MOST_ROWS. The header is the row that holds the most headers
    of `feed`, else of any. Raises UnreadableFile."""
    return rows_of(opened(path), [feed] if feed else list(FEEDS.values()), name)


def rows_of(file: Opened, feeds: Sequence[Feed], name: str | None = None) -> FirstRows:
    """The same of a file that is opened already."""
    names = {form: column for feed in feeds for form, column in names_of(feed).items()}
    source = recognised_head(file, feeds[0], names)
    headers = [h.text for h in source.headers if not h.is_dropped]
    # A header that comes twice, or is empty, has a text of our making: nobody could name it.
    own = {plain(cell) for cell in source.header.cells}
    rows: list[tuple[str, ...]] = []
    most = min(MOST_ROWS, _MOST_CELLS // max(1, len(headers)))
    for batch in batches(source):  # a last line without its end comes in a batch of its own
        cells = [c.to_pylist() for c in batch.rows.slice(0, most - len(rows)).columns[1:]]
        rows += [tuple(cell or "" for cell in row) for row in zip(*cells, strict=True)]
        if len(rows) >= most:
            break
    found = FirstRows(
        name or source.name, source.sheet, source.header.row_number, tuple(headers), tuple(rows)
    )
    return _only(
        found,
        [
            place
            for place, header in enumerate(headers)
            if plain(header) in own
            and not _is_personal(header, names, [row[place] for row in rows])
        ],
    )


def _is_personal(header: str, names: Mapping[str, str], cells: Sequence[str]) -> bool:
    """Whether nothing of a column may be shown. The first row of a file without headers may have
    been taken for one."""
    if any(EMAIL.search(text) for text in (header, *cells)):
        return True
    return plain(header) not in names and (looks_personal(cells) or looks_personal([header]))


def _only(head: FirstRows, kept: Sequence[int]) -> FirstRows:
    return replace(
        head,
        headers=tuple(head.headers[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in head.rows),
    )
