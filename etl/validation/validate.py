"""A batch of text rows -> rows to keep, typed, and rows refused, each with all its reasons.

Millions of rows hold few distinct dates, counties and types: a column is dictionary-encoded, the
plain parser runs on the values not seen before in this load, and the results are taken back by
index. Rules within a row are arithmetic on typed columns. Python looks only at refused rows.

`validate` depends on nothing but what it is given, so that it can run on a cluster as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.mapping.feeds import Feed, FeedColumn
from etl.mapping.feeds.feed import Value
from etl.validation.reasons import Reason
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
    """`kept` has the feed's columns, then `flags` and `row_number`."""

    kept: pa.Table
    rejected: list[Reject]


@dataclass
class Memory:
    """What one load has parsed so far, by column. Leaving it out changes nothing but the time."""

    outcomes: dict[str, dict[str, Outcome]] = field(default_factory=dict)

    def of(self, column: str) -> dict[str, Outcome]:
        seen = self.outcomes.setdefault(column, {})
        if len(seen) > MOST_REMEMBERED:
            seen.clear()
        return seen


def validate(
    feed: Feed,
    columns: Sequence[str | None],
    batch: pa.RecordBatch,
    known: Mapping[str, frozenset[str]],
    memory: Memory | None = None,
    *,
    own_columns: int | None = None,
    flagged: Sequence[str] = (),
) -> Checked:
    """Check a batch whose first column is `row_number` and whose others are text, named by header.

    `columns` says which column of the feed each of those others is (None: not used); `known` holds
    the keys that the feed's references may name. The first `own_columns` of them stand in the file
    itself, so in the text of a refused row too; None: all. Every row is flagged for `flagged`.
    """
    memory = memory or Memory()
    texts = {name: batch.column(i) for i, name in enumerate(columns, 1) if name is not None}
    refused: list[tuple[str, str | None, Mask]] = []  # column, code (None: the parser's), where
    typed: dict[str, pa.Array] = {}
    for column in feed.columns:
        text = texts.get(column.name)
        if text is None:
            text = pa.nulls(batch.num_rows, pa.string())
        values, bad = _parsed(column, feed.arrow_type(column.name), text, memory)
        if column.default is not None:
            values = pc.if_else(pc.and_(values.is_null(), pa.array(~bad)), column.default, values)
        typed[column.name] = values
        refused.append((column.name, None, bad))
        if feed.is_required(column.name):
            refused.append((column.name, "missing_value", _mask(values.is_null()) & ~bad))
    for reference in feed.references:
        keys = pa.array(sorted(known[reference.column]), pa.string())
        is_known = pc.is_in(typed[reference.column], keys)
        unknown = pc.and_(typed[reference.column].is_valid(), pc.invert(is_known))
        refused.append((reference.column, reference.code, _mask(unknown)))
    rows = pa.table(typed)
    flags: list[tuple[str, Mask]] = [(code, np.ones(batch.num_rows, bool)) for code in flagged]
    for rule in feed.rules:
        broken = _mask(rule.breaks(rows))
        if rule.flags:
            flags.append((rule.code, broken))
        else:
            refused.append((rule.column, rule.code, broken))
    rows = rows.append_column("flags", _flags(flags, batch.num_rows))
    rows = rows.append_column("row_number", batch.column(0))
    is_refused = np.logical_or.reduce([where for _, _, where in refused])
    if not is_refused.any():
        return Checked(rows, [])
    own = batch.schema.names[1:][:own_columns]
    rejected = [
        Reject(
            number,
            tuple(_reasons(feed, refused, dict(zip(columns, cells, strict=True)), index, memory)),
            {header: _shown(cell) for header, cell in zip(own, cells, strict=False)},
        )
        for index, number, *cells in _refused_rows(batch, is_refused)
    ]
    return Checked(rows.filter(pa.array(~is_refused)), rejected)


def _mask(condition: pa.Array | pa.ChunkedArray) -> Mask:
    """Where `condition` is true; where it is null it does not apply."""
    filled = pc.fill_null(condition, False)
    mask: Mask = (
        filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(False)
    )
    return mask


def _parsed(
    column: FeedColumn, kind: pa.DataType, text: pa.Array, memory: Memory
) -> tuple[pa.Array, Mask]:
    """The values of a column, null where it is empty or bad, and where it is bad."""
    if column.shortcut is None:
        return _by_distinct_value(column, kind, text, memory)
    settled = column.shortcut(text)
    left = _mask(pc.and_(settled.is_null(), text.is_valid()))
    if not left.any():
        return settled, left
    where = pa.array(left)
    values, bad = _by_distinct_value(column, kind, text.filter(where), memory)
    left[left] = bad
    return pc.replace_with_mask(settled, where, values), left


def _by_distinct_value(
    column: FeedColumn, kind: pa.DataType, text: pa.Array, memory: Memory
) -> tuple[pa.Array, Mask]:
    encoded = text.dictionary_encode()
    outcomes = [_outcome(column, value, memory) for value in encoded.dictionary.to_pylist()]
    is_bad = np.array([isinstance(outcome, BadValue) for outcome in outcomes] + [False])
    good = [None if isinstance(outcome, BadValue) else outcome for outcome in outcomes]
    values = pa.array(good, kind).take(encoded.indices)
    if not is_bad.any():
        return values, np.zeros(len(text), dtype=bool)
    # An empty cell has no index: it takes the False at the end.
    return values, is_bad[encoded.indices.fill_null(len(good)).to_numpy(False)]


def _outcome(column: FeedColumn, text: str, memory: Memory) -> Outcome:
    seen = memory.of(column.name)
    if text not in seen:
        try:
            seen[text] = None if is_empty(text) else column.parse(text)
        except BadValue as bad:
            seen[text] = bad
        except Exception:  # whatever a parser stumbles over, it is this one row's
            seen[text] = BadValue("unreadable_value")
    return seen[text]


def _flags(flags: Iterable[tuple[str, Mask]], count: int) -> pa.Array:
    """Comma-separated codes; null where there are none."""
    marks = [pc.if_else(pa.array(where), f",{code}", "") for code, where in flags if where.any()]
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


def _shown(text: str | None) -> str:
    """A cell as it stood in the file; an e-mail address is not kept, not even here."""
    if not text:
        return ""
    return EMAIL.sub(REDACTED, text) if "@" in text or "＠" in text else text


def _reasons(
    feed: Feed,
    refused: Iterable[tuple[str, str | None, Mask]],
    cells: Mapping[str | None, str | None],
    index: int,
    memory: Memory,
) -> Iterator[Reason]:
    """Every reason why the row at `index` is refused; `cells` is its text by the feed's columns."""
    for name, code, where in refused:
        if not where[index]:
            continue
        text = cells.get(name) or ""
        if code is not None:
            yield Reason(code, name, _shown(text))
            continue
        outcome = _outcome(feed.column(name), text, memory)
        if isinstance(outcome, BadValue):
            yield Reason(outcome.code, name, _shown(text), outcome.hint)
