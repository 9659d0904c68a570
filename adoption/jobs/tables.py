"""What a load did, as tables and sentences in the visitor's language; cells are plain text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from adoption.formats import moment_text, number_text, short_day_text
from adoption.language import Language, say, say_of
from etl.mapping.feeds import FEEDS, Feed, FeedColumn
from etl.mapping.in_words import in_words
from etl.validation.reasons import Reason, sentence

Row = Mapping[str, Any]


def feed_name(feed: str, language: Language) -> str:
    return FEEDS[feed].zh if language == "zh" else feed.capitalize()


def equation(language: Language, files: Sequence[Row]) -> str:
    """read = kept + unchanged + duplicate + rejected, over all files."""
    names = ("read", "kept", "unchanged", "duplicate", "rejected")
    counts = {name: sum(file[name] for file in files) for name in names}
    return say_of(
        language,
        counts["read"],
        "{read} row read = {kept} new or changed + {unchanged} unchanged "
        "+ {duplicate} duplicate + {rejected} rejected",
        "{read} rows read = {kept} new or changed + {unchanged} unchanged "
        "+ {duplicate} duplicate + {rejected} rejected",
        **{name: number_text(count) for name, count in counts.items()},
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


def skipped_table(language: Language, files: Iterable[Row]) -> pd.DataFrame:
    """The rows that were not taken for records, the first thousand of each file, and why."""
    return pd.DataFrame(
        [
            {
                say(language, "File"): file["file"],
                say(language, "Row"): row["row"],
                say(language, "Taken for"): row[language],
                say(language, "Text"): row["text"],
            }
            for file in files
            for row in file["skipped_rows"]
        ]
    )


def files_table(language: Language, files: Iterable[Row]) -> pd.DataFrame:
    """A row a file: what became of its rows."""
    return pd.DataFrame(
        [
            {
                say(language, "File"): file["file"],
                say(language, "Kind"): feed_name(file["feed"], language),
                **_counts(language, file),
                say(language, "Skipped"): file["skipped"],
            }
            for file in files
        ]
    )


def column_title(language: Language, feed: Feed, name: str) -> str:
    headers = feed.column(name).headers
    return headers[0] if language == "zh" and headers else name


def kept_table(language: Language, part: Row) -> pd.DataFrame:
    """The first new or changed rows of a feed, as they will be kept. `part`: feed, rows, headers.

    Columns that are empty in all of them are left out.
    """
    feed = FEEDS[part["feed"]]
    flagged = say(language, "Flagged")
    rows = [
        {
            **{
                column_title(language, feed, column.name): in_words(
                    column, _value(feed, column, row[column.name]), language
                )
                for column in feed.columns
            },
            flagged: _flags(language, feed, row["flags"], part["headers"]),
        }
        for row in part["rows"]
    ]
    table = pd.DataFrame(rows)
    return table[[name for name in table.columns if any(table[name])]]


def _value(feed: Feed, column: FeedColumn, cell: Any) -> Any:
    """A cell that was written as JSON, where days are text."""
    is_day = feed.arrow_type(column.name) == pa.date32()
    return date.fromisoformat(cell) if is_day and cell else cell


def _flags(language: Language, feed: Feed, codes: str | None, headers: Mapping[str, str]) -> str:
    columns = {rule.code: rule.column for rule in feed.rules}
    reasons = [Reason(code, columns.get(code, "")) for code in (codes or "").split(",") if code]
    said = [sentence(reason, feed, headers) for reason in reasons]
    return say(language, "; ").join(s["zh"] if language == "zh" else s["en"] for s in said)


def rejects_table(language: Language, entries: Iterable[Row]) -> pd.DataFrame:
    """Refused rows to look at: every reason, then the file's own columns. To mend them there is
    etl/history/reject_file.py. Which file a row is from is said only where there are several.
    """
    reasons, between = say(language, "Reasons"), say(language, "; ")
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
    first = [file, row, reasons] if table[file].nunique() > 1 else [row, reasons]
    others = [column for column in table.columns if column not in (file, row, reasons)]
    return table[[*first, *others]].fillna("")


def ledger_table(
    language: Language, entries: Iterable[Row], under_way: Collection[int] = ()
) -> pd.DataFrame:
    """A row a file of a load: when, by whom, what, and what became of its rows.

    The last columns stand only where some load has them: skipped rows, its cut-off, the day on
    which it was taken back, or that it is being taken back (`under_way`).
    """
    skipped, complete = say(language, "Skipped"), say(language, "Complete up to")
    back = say(language, "Taken back")
    table = pd.DataFrame(
        [
            {
                say(language, "Load"): entry["load"],
                say(language, "When"): _moment(entry["loaded_at"], language),
                say(language, "Who"): entry["loaded_by"],
                say(language, "Kind"): feed_name(entry["feed"], language),
                say(language, "File"): entry["file"],
                **_counts(language, entry),
                skipped: entry["skipped"],
                complete: _day(entry["cut_off"], language),
                back: say(language, "under way")
                if entry["load"] in under_way
                else _moment(entry["reverted_at"], language).partition(" ")[0],
            }
            for entry in entries
        ]
    )
    optional = (skipped, complete, back)
    return table.drop(columns=[name for name in optional if not any(table[name])])


def taken_back(language: Language, entry: Row) -> str:
    """When and by whom a load was taken back."""
    when, who = _moment(entry["reverted_at"], language), entry["reverted_by"]
    return say(language, "Taken back on {when} by {who}", when=when, who=who)


def _moment(text: str | None, language: Language) -> str:
    return moment_text(datetime.fromisoformat(text), language) if text else ""


def _day(text: str | None, language: Language) -> str:
    return short_day_text(date.fromisoformat(text), language) if text else ""
