"""The columns that a profile makes of a file's own, batch by batch."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from etl.mapping.headers import Header
from etl.mapping.holder_key import conceal, keys_in
from etl.mapping.profile import Profile, ProfileColumn, RowsThat


@dataclass(frozen=True)
class _Made:
    """A column; where it comes from (None: nowhere), and where those stand by which it is required,
    and by which it is empty."""

    column: ProfileColumn
    place: int | None
    required_by: int | None
    emptied_by: int | None


@dataclass(frozen=True)
class Derived:
    """`key_places`: the columns that make a holder's key; what is in them is concealed."""

    profile: Profile | None
    columns: tuple[_Made, ...]
    key_places: tuple[int, ...]
    rows_place: int | None = None  # by which the feed's own rows are told

    @classmethod
    def of(cls, profile: Profile | None, headers: Sequence[Header]) -> "Derived":
        """For a file whose `headers` end in those that are derived."""
        if profile is None:
            return cls(None, (), ())
        own = [header.text for header in headers if not header.is_derived]
        by_name = {column.name: column for column in profile.columns}
        columns = [by_name[h.column] for h in headers if h.is_derived and h.column]
        made = [
            _Made(
                column,
                profile.place_of(column, own),
                None
                if column.required_if is None
                else profile.place_in(column.required_if[0], own),
                None if column.empty_if is None else profile.place_in(column.empty_if.source, own),
            )
            for column in columns
        ]
        key = profile.holder_key
        places = [profile.place_in(each, own) for each in key.sources] if key else []
        rows_place = profile.place_in(profile.rows.source, own) if profile.rows else None
        return cls(profile, tuple(made), tuple(places), rows_place)

    def are_of_feed(self, rows: pa.RecordBatch) -> pa.Array | None:
        """Which rows are records of the feed; None: all."""
        if self.rows_place is None or self.profile is None or self.profile.rows is None:
            return None
        return _where(self.profile.rows, rows.column(self.rows_place))

    def concealed(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The file's own rows, without the text that a holder's key is made of."""
        key = self.profile.holder_key if self.profile else None
        if key is None:
            return rows
        made: dict[int, dict[str, Callable[[str | None], str | None]]] = defaultdict(dict)
        for each in self.columns:
            if each.place is not None:
                made[each.place][each.column.name] = each.column
        return conceal(rows, self.key_places, key, made)

    def of_rows(self, rows: pa.RecordBatch) -> list[pa.Array]:
        """The derived columns of `rows` (concealed), in the order of the headers."""
        return [self._values(each, rows) for each in self.columns]

    def _values(self, made: _Made, rows: pa.RecordBatch) -> pa.Array:
        column = made.column
        values = _taken(column, made.place, rows)
        if column.holder_key is not None:
            values = pc.coalesce(values, keys_in(rows.column(self.key_places[0])))
        if made.required_by is not None and column.required_if is not None:
            # The word that says that there must be a value, where there is none: never a value.
            says = rows.column(made.required_by)
            is_lacking = pc.and_(values.is_null(), pc.is_in(says, pa.array(column.required_if[1])))
            values = pc.if_else(is_lacking, says, values)
        if made.emptied_by is not None and column.empty_if is not None:
            is_empty = _where(column.empty_if, rows.column(made.emptied_by))
            values = pc.if_else(is_empty, pa.scalar(None, pa.string()), values)
        return values


def _where(rows_that: RowsThat, cells: pa.Array) -> pa.Array:
    encoded = cells.dictionary_encode()
    found = [rows_that(text) for text in encoded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(found, pa.bool_()).take(encoded.indices), False)


def _taken(column: ProfileColumn, place: int | None, rows: pa.RecordBatch) -> pa.Array:
    if place is None:
        return pa.array([column(None)] * rows.num_rows, pa.string())
    encoded = rows.column(place).dictionary_encode()
    values = [column(text) for text in encoded.dictionary.to_pylist()]
    taken = pa.array(values, pa.string()).take(encoded.indices)
    return taken if column.default is None else taken.fill_null(column.default)
