"""What a load did, as tables and sentences in the visitor's language; cells are plain text."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from adoption.formats import moment_text, number_text, short_day_text
from adoption.language import Language, say
from etl.feeds import FEEDS, Feed
from etl.reasons import Reason, sentence

Row = Mapping[str, Any]


def feed_name(feed: str, language: Language) -> str:
    return FEEDS[feed].zh if language == "zh" else feed.capitalize()


def equation(language: Language, files: Sequence[Row]) -> str:
    """read = kept + unchanged + duplicate + rejected, over all files."""
    names = ("read", "kept", "unchanged", "duplicate", "rejected")
    counts = {name: number_text(sum(file[name] for file in files)) for name in names}
    return say(
        language,
        "{read} rows read = {kept} new or changed + {unchanged} unchanged "
        "+ {duplicate} duplicate + {rejected} rejected",
        **counts,
    )


def _counts(language: Language, file: Row) -> dict[str, Any]:
    return {
        say(language, "Read"): file["read"],
        say(language, "New or changed"): file["kept"],
        say(language, "Unchanged"): file["unchanged"],
        say(language, "Duplicate"): file["duplicate"],
        say(language, "Rejected"): file["rejected"],
        say(language, "Flagged"): file["flagged"],
    }


def files_table(language: Language, files: Iterable[Row]) -> pd.DataFrame:
    """A row a file: what it was recognised as, and what became of its rows."""
    return pd.DataFrame(
        [
            {
                say(language, "File"): file["file"],
                say(language, "Kind"): feed_name(file["feed"], language),
                **_counts(language, file),
                say(language, "Format"): file["format"].upper(),
                say(language, "Encoding"): file["encoding"].upper(),
                say(language, "Header row"): file["header_row"],
            }
            for file in files
        ]
    )


def columns_table(language: Language, files: Sequence[Row]) -> pd.DataFrame:
    """A row a header of a file: what it was taken for, or that it was not read."""
    rows = []
    for file in files:
        feed = FEEDS[file["feed"]]
        meanings = dict.fromkeys(file["dropped"], say(language, "looks personal: not read"))
        for header, name in file["columns"].items():
            if name is None:
                meanings[header] = say(language, "not used")
            else:
                zh = feed.column(name).headers[0] if feed.column(name).headers else name
                meanings[header] = zh if language == "zh" else name
        rows += [
            {
                say(language, "File"): file["file"],
                say(language, "Header in the file"): header,
                say(language, "Taken for"): meaning,
            }
            for header, meaning in meanings.items()
        ]
    return pd.DataFrame(rows)


def kept_table(language: Language, part: Row) -> pd.DataFrame:
    """The first new or changed rows of a feed, as they will be kept. `part`: feed, rows."""
    feed = FEEDS[part["feed"]]
    titles = {c.name: c.headers[0] if language == "zh" else c.name for c in feed.columns}
    rows = [
        {
            **{name: "" if cell is None else str(cell) for name, cell in row.items()},
            "flags": _flags(language, feed, row["flags"]),
        }
        for row in part["rows"]
    ]
    table = pd.DataFrame(rows, columns=[*titles, "flags"])
    return table.rename(columns={**titles, "flags": say(language, "Flagged")})


def _flags(language: Language, feed: Feed, codes: str | None) -> str:
    columns = {rule.code: rule.column for rule in feed.rules}
    reasons = [Reason(code, columns.get(code, "")) for code in (codes or "").split(",") if code]
    said = [sentence(reason, feed) for reason in reasons]
    return say(language, "; ").join(s["zh"] if language == "zh" else s["en"] for s in said)


def rejects_table(
    language: Language, entries: Iterable[Row], between: str | None = None
) -> pd.DataFrame:
    """Refused rows: every reason (with `between` between them), then the file's own columns.

    Loaded again when mended, the columns that were added are not used.
    """
    reasons = say(language, "Reasons")
    between = between or say(language, "; ")
    file, row = say(language, "File"), say(language, "Row")
    rows = [
        {
            **entry["text"],
            file: entry["file"],
            row: entry["row"],
            reasons: between.join(reason[language] for reason in entry["reasons"]),
        }
        for entry in entries
    ]
    table = pd.DataFrame(rows, columns=None if rows else [file, row, reasons])
    others = [column for column in table.columns if column not in (file, row, reasons)]
    return table[[file, row, reasons, *others]].fillna("")


def ledger_table(language: Language, entries: Iterable[Row]) -> pd.DataFrame:
    """A row a file of a load: when, by whom, what, and what became of its rows.

    The last two columns stand only where some load has them: its cut-off, when it was taken back.
    """
    complete, taken_back = say(language, "Complete up to"), say(language, "Taken back")
    table = pd.DataFrame(
        [
            {
                say(language, "Load"): entry["load"],
                say(language, "When"): _moment(entry["loaded_at"], language),
                say(language, "Who"): entry["loaded_by"],
                say(language, "Kind"): feed_name(entry["feed"], language),
                say(language, "File"): entry["file"],
                **_counts(language, entry),
                complete: _day(entry["cut_off"], language),
                taken_back: _moment(entry.get("reverted_at"), language),
            }
            for entry in entries
        ]
    )
    return table.drop(columns=[name for name in (complete, taken_back) if not any(table[name])])


def _moment(text: str | None, language: Language) -> str:
    return moment_text(datetime.fromisoformat(text), language) if text else ""


def _day(text: str | None, language: Language) -> str:
    return short_day_text(date.fromisoformat(text), language) if text else ""
