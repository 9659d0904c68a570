"""A batch of text rows -> rows to keep, typed, and rows refused, each with all its reasons.

Millions of rows hold few distinct dates, counties and types: a column is dictionary-encoded, the
plain parser runs on the values not seen before in this load, and the results are taken back by
index. Rules within a row are arithmetic on typed columns. Python looks only at refused rows.

`validate` depends on nothing but what it is given, so that it can run on a cluster as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.mapping.feeds import Feed, FeedColumn
from etl.mapping.feeds.feed import NotBefore, Value
from etl.validation.days import is_roc
from etl.validation.reasons import Reason
from etl.validation.short_years import Evidence, Order, ShortYear
from etl.validation.values import EMAIL, BadValue, is_empty

Mask = npt.NDArray[np.bool_]
# What a text turned out to be; None: an empty cell.
Outcome = Value | BadValue | None
# Above this many texts of one column, remembering them costs more than reading them again.
MOST_REMEMBERED = 200_000
REDACTED = "[e-mail]"


@dataclass(frozen=True)
class Reject:
    """A refused row: its number as a spreadsheet shows it, why, and its text by header."""

    row_number: int
    reasons: tuple[Reason, ...]
    text: dict[str, str]


@dataclass(frozen=True)
class Checked:
    """`kept` has the feed's columns, then `flags` and `row_number`.

    `undecided`: rows, as they came, with a day whose order the whole column may yet settle.
    """

    kept: pa.Table
    rejected: list[Reject]
    undecided: pa.RecordBatch | None = None


@dataclass
class Memory:
    """What has been parsed of one file so far, by column, and what it says about its days."""

    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)

    def of(self, column: str) -> dict[str, Outcome]:
        seen = self.outcomes.setdefault(column, {})
        if len(seen) > MOST_REMEMBERED:
            seen.clear()
        return seen


@dataclass(frozen=True)
class Reading:
    """How texts are read. `today` is the day of loading.

    `orders`: that of the days with short years, by column; where a column has none, they are
    refused. None: rows with such days stay undecided, and `memory` gathers the evidence.
    """

    today: date
    memory: Memory = field(default_factory=Memory)
    orders: Mapping[str, Order] | None = field(default_factory=dict)

    def outcome(self, column: FeedColumn, text: str) -> Outcome:
        seen = self.memory.of(column.name)
        if text not in seen:
            seen[text] = self._of_new(column, text)
        outcome = seen[text]
        if isinstance(outcome, ShortYear) and self.orders and column.name in self.orders:
            return outcome.readings.get(self.orders[column.name], outcome)
        return outcome

    def _of_new(self, column: FeedColumn, text: str) -> Outcome:
        if is_empty(text):
            return None
        try:
            value = column.parse(text)
        except ShortYear as short:
            possible = short.as_possible(column.days or "any", self.today)
            self.memory.evidence.see_short(column.name, possible)
            return possible
        except BadValue as bad:
            return bad
        except Exception:  # whatever a parser stumbles over, it is this one row's
            return BadValue("unreadable_value")
        if column.days is not None:
            self._see_full(column, value, text)
        return value

    def _see_full(self, column: FeedColumn, value: Value, text: str) -> None:
        if isinstance(value, date):
            self.memory.evidence.see_full(column.name, value, is_roc(text))


@dataclass(frozen=True)
class _Refusal:
    """`code` None: the parser's own; `hint`: what may have been meant."""

    column: str
    code: str | None
    where: Mask
    hint: str = ""


def validate(
    feed: Feed,
    columns: Sequence[str | None],
    batch: pa.RecordBatch,
    reading: Reading,
    *,
    own_columns: int | None = None,
    flagged: Sequence[str] = (),
    estimated: Sequence[str] = (),
) -> Checked:
    """Check a batch whose first column is `row_number` and whose others are text, named by header.

    `columns` says which column of the feed each of those others is (None: not used). The first
    `own_columns` of them stand in the file itself, so in the text of a refused row too; None: all.
    Every row is flagged for `flagged`. The columns of days in `estimated` are no later than what
    the row says has happened after them.
    """
    texts = {name: batch.column(i) for i, name in enumerate(columns, 1) if name is not None}
    for header, name in zip(batch.schema.names[1:], columns, strict=True):
        if name and (settled := feed.column(name).settled):
            reading.memory.of(name).update(settled(header, texts[name]))
    typed, refused = _typed(feed, texts, batch.num_rows, reading)
    for name in estimated:
        typed[name] = _not_later(typed, name, feed, reading.today)
    refused += _in_the_future(typed, feed, reading.today)
    if reading.orders is None and reading.memory.evidence.short:
        short = _rows_with_short_years(feed, texts, batch.num_rows, reading)
        if short.any():
            decided = replace(reading, orders={})
            rest = batch.filter(pa.array(~short))
            found = validate(
                feed,
                columns,
                rest,
                decided,
                own_columns=own_columns,
                flagged=flagged,
                estimated=estimated,
            )
            return replace(found, undecided=batch.filter(pa.array(short)))
    rows = pa.table(typed)
    flags = {code: np.ones(batch.num_rows, bool) for code in flagged}
    for rule in feed.rules:
        broken = _mask(rule.breaks(rows))
        if rule.flags:
            flags[rule.code] = flags[rule.code] | broken if rule.code in flags else broken
        else:
            refused.append(_Refusal(rule.column, rule.code, broken))
    rows = rows.append_column("flags", _flags(flags, batch.num_rows))
    rows = rows.append_column("row_number", batch.column(0))
    is_refused = np.logical_or.reduce([refusal.where for refusal in refused])
    if not is_refused.any():
        return Checked(rows, [])
    own = batch.schema.names[1:][:own_columns]
    rejected = [
        Reject(
            number,
            tuple(_reasons(feed, refused, dict(zip(columns, cells, strict=True)), index, reading)),
            {header: shown(cell) for header, cell in zip(own, cells, strict=False)},
        )
        for index, number, *cells in _refused_rows(batch, is_refused)
    ]
    return Checked(rows.filter(pa.array(~is_refused)), rejected)


def _typed(
    feed: Feed, texts: Mapping[str, pa.Array], count: int, reading: Reading
) -> tuple[dict[str, pa.Array], list[_Refusal]]:
    """The values of the feed's columns, and where they are refused for themselves."""
    typed: dict[str, pa.Array] = {}
    refused: list[_Refusal] = []
    for column in feed.columns:
        text = texts.get(column.name)
        if text is None:
            text = pa.nulls(count, pa.string())
        values, bad = _parsed(column, feed.arrow_type(column.name), text, reading)
        if column.default is not None:
            values = pc.if_else(pc.and_(values.is_null(), pa.array(~bad)), column.default, values)
        typed[column.name] = values
        refused.append(_Refusal(column.name, None, bad))
        if feed.is_required(column.name):
            is_missing = _mask(values.is_null()) & ~bad
            refused.append(_Refusal(column.name, "missing_value", is_missing))
    return typed, refused


def _not_later(typed: Mapping[str, pa.Array], name: str, feed: Feed, today: date) -> pa.Array:
    """An estimated day, or the first that it must not be after where that is earlier: an event of
    the row; today where it is an event itself."""
    after = {
        rule.breaks.later
        for rule in feed.rules
        if isinstance(rule.breaks, NotBefore) and rule.breaks.earlier == name
    }
    bounds: list[pa.Array | pa.Scalar] = [
        typed[column.name]
        for column in feed.columns
        if column.name in after and column.days == "event"
    ]
    if feed.column(name).days == "event":
        bounds.append(pa.scalar(today, pa.date32()))
    first = pc.min_element_wise(typed[name], *bounds)
    return pc.if_else(typed[name].is_valid(), first, typed[name])


def _in_the_future(typed: Mapping[str, pa.Array], feed: Feed, today: date) -> list[_Refusal]:
    day = pa.scalar(today, pa.date32())
    return [
        _Refusal(
            column.name, "in_the_future", _mask(pc.greater(typed[column.name], day)), str(today)
        )
        for column in feed.columns
        if column.days == "event"
    ]


def _rows_with_short_years(
    feed: Feed, texts: Mapping[str, pa.Array], count: int, reading: Reading
) -> Mask:
    found = np.zeros(count, dtype=bool)
    for name in reading.memory.evidence.short & texts.keys():
        column, encoded = feed.column(name), texts[name].dictionary_encode()
        outcomes = [reading.outcome(column, text) for text in encoded.dictionary.to_pylist()]
        is_short = np.array([isinstance(outcome, ShortYear) for outcome in outcomes] + [False])
        found |= is_short[encoded.indices.fill_null(len(outcomes)).to_numpy(False)]
    return found


def _mask(condition: pa.Array | pa.ChunkedArray) -> Mask:
    """Where `condition` is true; where it is null it does not apply."""
    filled = pc.fill_null(condition, False)
    mask: Mask = (
        filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(False)
    )
    return mask


def _parsed(
    column: FeedColumn, kind: pa.DataType, text: pa.Array, reading: Reading
) -> tuple[pa.Array, Mask]:
    """The values of a column, null where it is empty or bad, and where it is bad."""
    if column.shortcut is None:
        return _by_distinct_value(column, kind, text, reading)
    settled = column.shortcut(text)
    left = _mask(pc.and_(settled.is_null(), text.is_valid()))
    if not left.any():
        return settled, left
    where = pa.array(left)
    values, bad = _by_distinct_value(column, kind, text.filter(where), reading)
    left[left] = bad
    return pc.replace_with_mask(settled, where, values), left


def _by_distinct_value(
    column: FeedColumn, kind: pa.DataType, text: pa.Array, reading: Reading
) -> tuple[pa.Array, Mask]:
    encoded = text.dictionary_encode()
    outcomes = [reading.outcome(column, value) for value in encoded.dictionary.to_pylist()]
    is_bad = np.array([isinstance(outcome, BadValue) for outcome in outcomes] + [False])
    good = [None if isinstance(outcome, BadValue) else outcome for outcome in outcomes]
    values = pa.array(good, kind).take(encoded.indices)
    if not is_bad.any():
        return values, np.zeros(len(text), dtype=bool)
    # An empty cell has no index: it takes the False at the end.
    return values, is_bad[encoded.indices.fill_null(len(good)).to_numpy(False)]


def _flags(flags: Mapping[str, Mask], count: int) -> pa.Array:
    """Comma-separated codes; null where there are none."""
    marks = [
        pc.if_else(pa.array(where), f",{code}", "") for code, where in flags.items() if where.any()
    ]
    if not marks:
        return pa.nulls(count, pa.string())
    # Not null_handling="skip": in Arrow 26 it leaves out rows in which everything is null.
    joined = pc.utf8_ltrim(pc.binary_join_element_wise(*marks, ""), ",")
    return pc.if_else(pc.equal(joined, ""), None, joined)


def _refused_rows(batch: pa.RecordBatch, is_refused: Mask) -> Iterable[tuple[Any, ...]]:
    """Where each refused row is in the batch, its number, and its cells."""
    rows = batch.filter(pa.array(is_refused))
    columns = [column.to_pylist() for column in rows.columns]
    return zip(np.flatnonzero(is_refused).tolist(), *columns, strict=True)


def shown(text: str | None) -> str:
    """A cell as it stood in the file; an e-mail address is not kept, not even here."""
    if not text:
        return ""
    return EMAIL.sub(REDACTED, text) if "@" in text or "＠" in text else text


def _reasons(
    feed: Feed,
    refused: Iterable[_Refusal],
    cells: Mapping[str | None, str | None],
    index: int,
    reading: Reading,
) -> Iterator[Reason]:
    """Every reason why the row at `index` is refused; `cells` is its text by the feed's columns."""
    for refusal in refused:
        if not refusal.where[index]:
            continue
        text = cells.get(refusal.column) or ""
        if refusal.code is not None:
            yield Reason(refusal.code, refusal.column, shown(text), refusal.hint)
            continue
        outcome = reading.outcome(feed.column(refusal.column), text)
        if isinstance(outcome, BadValue):
            yield Reason(outcome.code, refusal.column, shown(text), outcome.hint)
