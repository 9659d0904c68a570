"""Rejects as a file that a clerk mends and loads again: the source file's own columns, then why.

The first column says which reject a row is (corrections.py): leave it as it is, mend the others,
and load the file as the feed that it was. Cells that a spreadsheet would run as a formula get a
quote before them in CSV, which loading takes away again; in XLSX every cell is text.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from adoption.command import CommandError
from adoption.store import Reader
from etl.history import corrections, ledger
from etl.mapping.profile import parse_profile

# What one XLSX sheet holds, its header row included.
_XLSX_ROWS = 1_048_576
_XLSX_CELL = 32_767


@dataclass(frozen=True)
class RejectFile:
    """`rows` are text, one cell a header."""

    feed: str
    headers: list[str]
    rows: list[list[str]]

    def as_csv(self) -> bytes:
        """UTF-8 with a byte order mark, without which Excel reads Chinese wrongly."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for row in [self.headers, *self.rows]:
            writer.writerow([corrections.quoted(cell) for cell in row])
        return text.getvalue().encode("utf-8-sig")

    def as_xlsx(self) -> bytes:
        """One sheet of text cells. Raises CommandError for more rows than a sheet holds."""
        if len(self.rows) >= _XLSX_ROWS or any(
            len(cell) > _XLSX_CELL for row in self.rows for cell in row
        ):
            raise CommandError(
                f"退回的資料有 {len(self.rows):,} 列或有過長的格，XLSX 放不下；請改用 .csv",
                f"{len(self.rows):,} rejects, or a cell too long for XLSX; write a .csv instead",
            )
        target = io.BytesIO()
        # Made of nothing but text: no formula, no link, no number that loses its zeros.
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(target, options) as book:
            sheet = book.add_worksheet(self.feed)
            as_text = book.add_format({"num_format": "@"})
            bold = book.add_format({"bold": True, "num_format": "@"})
            sheet.set_column(0, max(0, len(self.headers) - 1), 16, as_text)
            for number, row in enumerate([self.headers, *self.rows]):
                for place, cell in enumerate(row):
                    # Loading takes one quote away before a sign, so one that was there is doubled.
                    shown = corrections.quoted(cell) if cell.startswith("'") else cell
                    sheet.write_string(number, place, shown, as_text if number else bold)
            sheet.freeze_panes(1, 1)
        return target.getvalue()


def reject_file(reader: Reader, load_id: int | None = None) -> RejectFile:
    """The rejects of a load, or of all; several files with other columns get them all, each once.

    Raises CommandError when there are none, or when they are of several feeds.
    """
    entries = list(ledger.list_rejects(reader, load_id))
    feeds = sorted({entry["feed"] for entry in entries})
    if not feeds:
        raise CommandError("沒有退回的資料列，不必寫檔", "no rejected rows, nothing to write")
    if len(feeds) > 1:
        names = ", ".join(feeds)
        raise CommandError(
            f"退回的資料分屬 {names}，一個檔只能放一種；請指定載入編號（python -m etl loads）",
            f"the rejects are of {names}, and a file holds one feed: "
            "name a load (python -m etl loads)",
        )
    meaning = _meanings(reader, load_id)
    headers = _headers(entries, meaning)
    rows = [_row(entry, headers, meaning) for entry in entries]
    return RejectFile(
        feeds[0], [*corrections.COLUMNS[:1], *headers.values(), *corrections.COLUMNS[1:]], rows
    )


def _meanings(reader: Reader, load_id: int | None) -> dict[tuple[int, int], dict[str, str]]:
    """Header -> column of the feed, else the header itself, by load and file, in the file's order.

    Not what looks personal, and not what a profile made up.
    """
    found: dict[tuple[int, int], dict[str, str]] = {}
    for entry in ledger.entries(reader):
        if load_id in (None, entry.load_id):
            for file in entry.files:
                made = _made_by(file["profile"], file["name"])
                left_out = {*json.loads(file["dropped"]), *corrections.COLUMNS}
                found[entry.load_id, file["file_number"]] = {
                    header: column or header
                    for header, column in json.loads(file["columns"]).items()
                    if header not in left_out
                    and not (column and header.partition(" < ")[0] in made)
                }
    return found


def _made_by(profile: str | None, name: str) -> set[str]:
    """Columns of the feed that stand under no header of the file: the profile makes them."""
    columns = parse_profile(profile, name).columns if profile else ()
    return {column.name for column in columns if column.source is None or not column.is_plain}


def _own(text: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The cells of a row's source file, without those that an earlier file of rejects added."""
    return ((header, cell) for header, cell in text.items() if header not in corrections.COLUMNS)


def _headers(
    entries: Sequence[dict[str, Any]], meaning: dict[tuple[int, int], dict[str, str]]
) -> dict[str, str]:
    """What a header means (else itself) -> how the first file calls it."""
    headers: dict[str, str] = {}
    for entry in entries:
        means = meaning[entry["load"], entry["file_number"]]
        # First all that the file has, since a malformed row may lack cells at its end.
        for header in [*means, *(header for header, _ in _own(entry["text"]))]:
            headers.setdefault(means.get(header, header), header)
    return headers


def _row(
    entry: dict[str, Any],
    headers: dict[str, str],
    meaning: dict[tuple[int, int], dict[str, str]],
) -> list[str]:
    means = meaning[entry["load"], entry["file_number"]]
    cells = {means.get(header, header): cell for header, cell in _own(entry["text"])}
    return [
        entry["number"],
        *(cells.get(name, "") for name in headers),
        entry["file"],
        entry["sheet"],
        str(entry["row"]),
        "；".join(reason["zh"] for reason in entry["reasons"]),
        "; ".join(reason["en"] for reason in entry["reasons"]),
    ]
