"""Rejects as one workbook that a clerk mends and loads again: a sheet a feed, named in Chinese.

A sheet has the source file's own columns, then what the records hold now under the same key, then
why. The first column says which reject a row is (corrections.py): leave it as it is, mend the cells
in error, which are coloured, and load the file. Every cell is text, and none that a spreadsheet
would run as a formula, also after it was saved as CSV. One feed can be written as CSV as well.
"""

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from adoption.command import CommandError
from adoption.store import Reader
from adoption.text.formulas import harmless
from adoption.text.widths import width
from etl.history import corrections, ledger
from etl.mapping.feeds import FEEDS, Feed, FeedColumn
from etl.mapping.in_words import in_words
from etl.mapping.profile import Profile, stored_profile

# What one XLSX sheet holds, its header row included.
_XLSX_ROWS = 1_048_576
_XLSX_CELL = 32_767
_NARROWEST, _WIDEST = 9, 48
# So many rows decide how wide a column is.
_ROWS_MEASURED = 1_000


@dataclass(frozen=True)
class RejectSheet:
    """The rejects of one feed. `rows` are text, one cell a header; `in_error`: for each row the
    places of the cells that its reasons are about."""

    feed: str
    headers: list[str]
    rows: list[list[str]]
    in_error: list[list[int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return FEEDS[self.feed].zh

    def as_csv(self) -> bytes:
        """UTF-8 with a byte order mark, without which Excel reads Chinese wrongly."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for row in [self.headers, *self.rows]:
            writer.writerow([harmless(cell) for cell in row])
        return text.getvalue().encode("utf-8-sig")


@dataclass(frozen=True)
class RejectFile:
    """A sheet a feed, in the order of FEEDS."""

    sheets: list[RejectSheet]

    @staticmethod
    def from_json(said: Mapping[str, Any]) -> "RejectFile":
        return RejectFile([RejectSheet(**sheet) for sheet in said["sheets"]])

    def sheet_of(self, feed: str) -> RejectSheet:
        """Raises CommandError when it has none: somebody may have mended them meanwhile."""
        for sheet in self.sheets:
            if sheet.feed == feed:
                return sheet
        raise _nothing()

    def as_csv(self) -> bytes:
        """Raises CommandError for several feeds."""
        if len(self.sheets) > 1:
            zh = "、".join(sheet.name for sheet in self.sheets)
            en = ", ".join(sheet.feed for sheet in self.sheets)
            raise CommandError(
                f"退回的資料分屬 {zh}，CSV 只能放一種；請改用 .xlsx，或指定載入編號"
                "（python -m etl loads）",
                f"the rejects are of {en}, and a CSV holds one feed: write an .xlsx, or name a "
                "load (python -m etl loads)",
            )
        return self.sheets[0].as_csv()

    def as_xlsx(self) -> bytes:
        """Raises CommandError for more rows or longer cells than a sheet holds."""
        for sheet in self.sheets:
            longest = max((len(cell) for row in sheet.rows for cell in row), default=0)
            if len(sheet.rows) >= _XLSX_ROWS or longest >= _XLSX_CELL:
                raise CommandError(
                    f"退回的資料有 {len(sheet.rows):,} 列或有過長的格，XLSX 放不下；請改用 .csv",
                    f"{len(sheet.rows):,} rejects, or a cell too long for XLSX; write a .csv",
                )
        target = io.BytesIO()
        # Made of nothing but text: no formula, no link, no number that loses its zeros.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(target, options) as book:
            for sheet in self.sheets:
                _write(book, sheet)
        return target.getvalue()


def _write(book: xlsxwriter.Workbook, sheet: RejectSheet) -> None:
    page = book.add_worksheet(sheet.name)
    text, bold = ({"num_format": "@", "valign": "top"} | more for more in ({}, {"bold": True}))
    wrapped = book.add_format(text | {"text_wrap": True})
    wrong = book.add_format(text | {"text_wrap": True, "bg_color": "#FCE4D6"})
    for place, header in enumerate(sheet.headers):
        cells = [header, *(row[place] for row in sheet.rows[:_ROWS_MEASURED])]
        wide = min(_WIDEST, max(_NARROWEST, *(width(cell) + 2 for cell in cells)))
        page.set_column(place, place, wide, wrapped)
        page.write_string(0, place, harmless(header), book.add_format(bold))
    for number, row in enumerate(sheet.rows, 1):
        marked = sheet.in_error[number - 1] if sheet.in_error else []
        for place, cell in enumerate(row):
            page.write_string(number, place, harmless(cell), wrong if place in marked else wrapped)
    page.freeze_panes(1, 1)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def reject_file(reader: Reader, load_id: int | Collection[int] | None = None) -> RejectFile:
    """The rejects of one load, of several, or of all that are to be mended.

    Several files of a feed with other columns get them all, each once. Raises CommandError when
    there are none.
    """
    entries = list(ledger.list_rejects(reader, load_id))
    if not entries:
        raise _nothing()
    meaning = _meanings(reader, {entry["load"] for entry in entries})
    return RejectFile(
        [
            _sheet(reader, feed, of_feed, meaning)
            for feed in FEEDS.values()
            if (of_feed := [entry for entry in entries if entry["feed"] == feed.name])
        ]
    )


def _nothing() -> CommandError:
    return CommandError("沒有退回的資料列，不必寫檔", "no rejected rows, nothing to write")


# Header -> column of the feed, else the header itself, by load and file, in the file's order.
_Meanings = Mapping[tuple[int, int], dict[str, str]]


def _sheet(
    reader: Reader, feed: Feed, entries: Sequence[dict[str, Any]], meaning: _Meanings
) -> RejectSheet:
    headers = _headers(entries, meaning)
    current = ledger.current_records(reader, feed, {entry["load"] for entry in entries})
    known = [c for c in feed.columns if any(row[c.name] is not None for row in current.values())]
    number, *others = corrections.COLUMNS
    now = [corrections.CURRENT + headers.get(column.name, column.headers[0]) for column in known]
    rows = [
        [
            entry["number"],
            *_cells(entry, headers, meaning),
            *_now(known, current.get(entry["key"])),
            *_why(entry),
        ]
        for entry in entries
    ]
    places = {name: place for place, name in enumerate(headers, 1)}
    in_error = [_in_error(entry, places) for entry in entries]
    return RejectSheet(feed.name, [number, *headers.values(), *now, *others], rows, in_error)


def _in_error(entry: Mapping[str, Any], places: Mapping[str, int]) -> list[int]:
    found = {places.get(reason["column"]) for reason in entry["reasons"]}
    found |= {places.get(reason["header"]) for reason in entry["reasons"]}
    return sorted(place for place in found if place is not None)


def _now(columns: Sequence[FeedColumn], record: Mapping[str, Any] | None) -> list[str]:
    """What the records hold, in the words of a Chinese file."""
    return ["" if record is None else in_words(c, record[c.name], "zh") for c in columns]


def _meanings(reader: Reader, load_ids: Collection[int]) -> _Meanings:
    """Not what looks personal, and not what a profile made up."""
    found: dict[tuple[int, int], dict[str, str]] = {}
    for entry in ledger.entries(reader, sorted(load_ids)):
        for file in entry.files:
            profile = stored_profile(file["profile"], file["name"]) if file["profile"] else None
            made = _made_by(profile, FEEDS[entry.load["feed"]])
            # Where places count, a column that is dropped keeps its own, empty.
            keeps_places = profile is not None and profile.counts_places
            dropped = [] if keeps_places else json.loads(file["dropped"])
            found[entry.load_id, file["file_number"]] = {
                header: column or header
                for header, column in json.loads(file["columns"]).items()
                if header not in dropped and not corrections.is_added(header) and column not in made
            }
    return found


def _made_by(profile: Profile | None, feed: Feed) -> set[str]:
    """Columns of the feed that stand under no header of the file: the profile makes them."""
    columns = profile.part_for(feed).columns if profile else ()
    return {column.name for column in columns if column.source is None or not column.is_plain}


def _own(text: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The cells of a row's source file, without those that an earlier file of rejects added."""
    return ((header, cell) for header, cell in text.items() if not corrections.is_added(header))


def _headers(entries: Sequence[dict[str, Any]], meaning: _Meanings) -> dict[str, str]:
    """What a header means (else itself) -> how the first file calls it."""
    headers: dict[str, str] = {}
    for entry in entries:
        means = meaning[entry["load"], entry["file_number"]]
        # First all that the file has, since a malformed row may lack cells at its end.
        for header in [*means, *(header for header, _ in _own(entry["text"]))]:
            headers.setdefault(means.get(header, header), header)
    return headers


def _cells(entry: dict[str, Any], headers: dict[str, str], meaning: _Meanings) -> list[str]:
    means = meaning[entry["load"], entry["file_number"]]
    cells = {means.get(header, header): cell for header, cell in _own(entry["text"])}
    return [cells.get(name, "") for name in headers]


def _why(entry: Mapping[str, Any]) -> list[str]:
    return [
        entry["file"],
        entry["sheet"],
        str(entry["row"]),
        "；".join(reason["zh"] for reason in entry["reasons"]),
        "; ".join(reason["en"] for reason in entry["reasons"]),
    ]
