"""What the first rows of a file become when its columns are taken as somebody says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from adoption.jobs.tables import column_title
from adoption.language import Language, say
from etl.mapping.feeds import Feed
from etl.mapping.in_words import in_words
from etl.mapping.non_record_rows import why_skipped
from etl.validation.reasons import sentence
from etl.validation.validate import Reading, validate


@dataclass(frozen=True)
class Tried:
    """`table`: a row a row of the file, as it would be kept, or as it stands with what is wrong."""

    table: pd.DataFrame
    good: int
    count: int


def tried(
    language: Language,
    feed: Feed,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    columns: Mapping[str, str],
    today: date,
) -> Tried:
    """`columns` is column of the feed -> header. What other records say is not looked at; `today`
    is the day of loading."""
    taken = [columns_of(columns, header) for header in headers]
    cells = [pa.array([row[i] or None for row in rows], pa.string()) for i in range(len(headers))]
    batch = pa.RecordBatch.from_arrays(
        [pa.array(range(len(rows)), pa.int64()), *cells], ["row_number", *headers]
    )
    checked = validate(feed, taken, batch, Reading(today))
    kept = {row["row_number"]: row for row in checked.kept.to_pylist()}
    wrong = {
        reject.row_number: reject.reasons
        for reject in checked.rejected
        if why_skipped(feed, dict(zip(headers, taken, strict=True)), reject.text) is None
    }
    titles = {name: column_title(language, feed, name) for name in columns}
    between, what = say(language, "; "), say(language, "What is wrong")
    table = []
    for number, row in enumerate(rows):
        if number not in kept and number not in wrong:
            continue  # a subtotal, a note: no record
        said = [sentence(reason, feed, columns)[language] for reason in wrong.get(number, ())]
        written = dict(zip(headers, row, strict=True))
        values = {
            titles[name]: in_words(feed.column(name), kept[number][name], language)
            if number in kept
            else written[header]
            for name, header in columns.items()
        }
        table.append({what: between.join(said), **values})
    shown = pd.DataFrame(table, columns=[what, *titles.values()])
    return Tried(shown if wrong else shown.drop(columns=what), len(kept), len(table))


def columns_of(columns: Mapping[str, str], header: str) -> str | None:
    return next((name for name, chosen in columns.items() if chosen == header), None)
