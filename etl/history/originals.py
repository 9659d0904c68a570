"""Refused rows as they were, and what of a mended row is a correction.

A cell that was in error is taken as it came back. Any other is what it was: where a program may
have made the difference (damage.py) it is restored, else the row is refused with both readings in
the reason. Confirmed is the new reading by loading the file of those rejects as it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from etl.history import corrections
from etl.history.corrections import NUMBER, Place, RejectNumber, parsed_number
from etl.history.damage import may_be_damage
from etl.mapping.feeds import Feed
from etl.mapping.feeds.feed import NotBefore
from etl.mapping.headers import derived_text, plain
from etl.validation.reasons import Reason
from etl.validation.validate import Checked, Reject, shown
from etl.validation.values import BadValue, is_empty

NOT_COMPARED = "original_unknown"


@dataclass(frozen=True)
class Original:
    """`cells` has every cell in which a column of the feed stands, by what it means: that column,
    or the header from which a profile makes it. `in_error`: those that a reason is about, also such
    that the row lacks."""

    cells: Mapping[str, str]
    in_error: frozenset[str]


# What the store holds of these rejects, whether they are cleared by now or not.
LookUp = Callable[[set[RejectNumber]], Mapping[Place, Original]]


@dataclass(frozen=True)
class Restored:
    """A cell that is read as it was: the row in the file, its header, both texts."""

    row_number: int
    header: str
    returned: str
    original: str

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row_number,
            "header": self.header,
            "returned": self.returned,
            "original": self.original,
        }


@dataclass
class Compared:
    """`rows` with what was restored; `questions`: row number -> what cannot be settled here."""

    rows: pa.RecordBatch
    restored: list[Restored] = field(default_factory=list)
    questions: dict[int, list[Reason]] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)  # rows whose number the store does not know

    def gather(self, found: "Compared") -> None:
        """What was found in other rows of the file, but for the rows themselves."""
        self.questions |= found.questions
        self.unknown += found.unknown


def original_of(
    feed: Feed,
    columns: Mapping[str, str | None],
    text: Mapping[str, str],
    reasons: Iterable[Reason],
) -> Original:
    """A stored reject; `columns` is header -> column of its file, `text` header -> cell."""
    bad = {name for reason in reasons for name in _columns_of(feed, reason)}
    cells: dict[str, str] = {}
    in_error: set[str] = set()
    for header, cell in text.items():
        if corrections.is_added(header) or not (fed := _fed_by(columns, header)):
            continue
        meaning = columns.get(header) or plain(header)
        cells[meaning] = cell
        if fed & bad:
            in_error.add(meaning)
    return Original(cells, frozenset(in_error | bad))


def _columns_of(feed: Feed, reason: Reason) -> set[str]:
    """The columns in which the mistake may be; all for a row that is wrong as a whole."""
    if not reason.column:
        return {column.name for column in feed.columns}
    pairs = [
        {rule.breaks.later, rule.breaks.earlier}
        for rule in feed.rules
        if rule.code == reason.code and isinstance(rule.breaks, NotBefore)
    ]
    return {reason.column}.union(*(pair for pair in pairs if reason.column in pair))


def _fed_by(columns: Mapping[str, str | None], header: str) -> set[str]:
    """The columns of the feed that come from `header`, some by way of a profile."""
    made = {name for text, name in columns.items() if name and text == derived_text(name, header)}
    own = columns.get(header)
    return made | ({own} if own else set())


def compared(
    feed: Feed,
    columns: Mapping[str, str | None],
    own_columns: int,
    rows: pa.RecordBatch,
    look_up: LookUp,
) -> Compared:
    """The rows of a file of rejects beside what they were. `columns` is header -> column, the first
    `own_columns` of them the file's own."""
    found = Compared(rows)
    originals = look_up(corrections.claimed(rows))
    # A column that came twice is refused before; of two headers that feed none, either will do.
    headers = {
        columns.get(header) or plain(header): header
        for header in list(columns)[:own_columns]
        if not corrections.is_added(header)
    }
    fed = {meaning: min(_fed_by(columns, h), default="") for meaning, h in headers.items()}
    cells = {header: rows.column(header).to_pylist() for header in headers.values()}
    numbers = rows.column(NUMBER).to_pylist()
    for index, (row_number, text) in enumerate(
        zip(rows.column(0).to_pylist(), numbers, strict=True)
    ):
        number = parsed_number(text or "")
        original = originals.get(number.place) if number else None
        if original is None:
            found.unknown += [row_number] if text else []
            continue
        row = {meaning: (header, cells[header][index] or "") for meaning, header in headers.items()}
        for header, was in _settled(feed, original, row, row_number, fed, found):
            cells[header][index] = was
    if found.restored:
        found.rows = _with(rows, cells)
    return found


def _settled(
    feed: Feed,
    original: Original,
    row: Mapping[str, tuple[str, str]],
    row_number: int,
    fed: Mapping[str, str],
    found: Compared,
) -> Iterator[tuple[str, str]]:
    """The cells of one row to be restored, header and text; says so, and what it asks, in `found`.

    `row`: meaning -> header and cell; `fed`: meaning -> column of the feed, '' for none.
    """
    names = [column.name for column in feed.columns]
    for meaning in dict.fromkeys([*original.cells, *(name for name in names if name in row)]):
        was, (header, now) = original.cells.get(meaning, ""), row.get(meaning, ("", ""))
        is_same = now == was or (is_empty(now) and is_empty(was))
        if is_same or meaning in original.in_error:
            continue
        if header and (_means_the_same(feed, meaning, was, now) or may_be_damage(was, now)):
            found.restored.append(Restored(row_number, header, shown(now), was))
            yield header, was
        else:
            column = fed.get(meaning) or (meaning if meaning in names else "")
            # In a hint | parts the languages.
            said = Reason("changed_elsewhere", column, shown(now), was.replace("|", "｜"))
            found.questions.setdefault(row_number, []).append(said)


def _means_the_same(feed: Feed, meaning: str, was: str, now: str) -> bool:
    for column in feed.columns:
        if column.name == meaning:
            try:
                return column.parse(was) == column.parse(now)
            except BadValue:
                return False
    return False


def _with(rows: pa.RecordBatch, cells: Mapping[str, list[str | None]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            pa.array(cells[name], pa.string()) if name in cells else column
            for name, column in zip(rows.schema.names, rows.columns, strict=True)
        ],
        rows.schema.names,
    )


def asked(checked: Checked, found: Compared, own_columns: int) -> Checked:
    """What was checked, with the rows refused that cannot be settled, and those marked that could
    not be compared."""
    kept, rejected = checked.kept, checked.rejected
    if found.questions:
        rejected = [
            replace(reject, reasons=(*reject.reasons, *found.questions.get(reject.row_number, ())))
            for reject in rejected
        ]
        numbers = kept["row_number"].combine_chunks()
        is_asked = pc.is_in(numbers, pa.array(list(found.questions), pa.int64()))
        rejected += _refused(found, numbers.filter(is_asked).to_pylist(), own_columns)
        kept = kept.filter(pc.invert(is_asked))
    if found.unknown and kept.num_rows:
        kept = _marked(kept, found.unknown)
    rejected = sorted(rejected, key=lambda reject: reject.row_number)
    return replace(checked, kept=kept, rejected=rejected)


def _refused(found: Compared, numbers: Sequence[int], own_columns: int) -> list[Reject]:
    rows = found.rows.filter(pc.is_in(found.rows.column(0), pa.array(numbers, pa.int64())))
    own = rows.schema.names[1 : own_columns + 1]
    return [
        Reject(
            row["row_number"],
            tuple(found.questions[row["row_number"]]),
            {header: shown(row[header]) for header in own},
        )
        for row in rows.to_pylist()
    ]


def _marked(kept: pa.Table, unknown: Sequence[int]) -> pa.Table:
    is_unknown = pc.is_in(kept["row_number"], pa.array(unknown, pa.int64()))
    flags = pc.fill_null(kept["flags"].cast(pa.string()), "")
    with_mark = pc.utf8_ltrim(pc.binary_join_element_wise(flags, NOT_COMPARED, ","), ",")
    place = kept.schema.get_field_index("flags")
    return kept.set_column(place, "flags", pc.if_else(is_unknown, with_mark, kept["flags"]))
