"""Certificates in the order in which they are linked: by holder, card, expires_on and serial.

Kept as numbers, about 30 bytes each, and put in order by one sort of whole numbers: holder, card
and day are written side by side in 61 bits.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

COLUMNS = (
    "holder_id",
    "card",
    "issued_on",
    "expires_on",
    "ended_on",
    "county",
    "org_type",
    "renewal_applied_on",
    "replaces",
)
# So many are handed on at a time; never a part of a holder's.
_ROWS_AT_ONCE = 250_000
_DAY_BITS, _CARD_BITS = 22, 8
_BEFORE_1970 = 719_162  # days since the first one of the year 1
_HOLDER_IDS = 100_000_000  # 統一編號 are numbers below


@dataclass
class _Codes:
    """A number for each text of a column."""

    first: int = 0
    known: dict[str | None, int] = field(default_factory=dict)

    def __call__(self, column: pa.Array) -> npt.NDArray[np.int64]:
        encoded = column.dictionary_encode(null_encoding="encode")
        texts = encoded.dictionary.to_pylist()
        numbers = [self.known.setdefault(text, self.first + len(self.known)) for text in texts]
        of_text: npt.NDArray[np.int64] = np.asarray(numbers, dtype=np.int64)
        found: npt.NDArray[np.int64] = of_text[encoded.indices.to_numpy()]
        return found


@dataclass
class _Holders:
    """A number for each holder: a 統一編號 is one."""

    others: _Codes = field(default_factory=lambda: _Codes(_HOLDER_IDS))

    def __call__(self, column: pa.Array) -> npt.NDArray[np.int64]:
        is_number = pc.and_(pc.ascii_is_decimal(column), pc.equal(pc.binary_length(column), 8))
        if pc.all(is_number).as_py():
            return np.asarray(column.cast(pa.int32()), dtype=np.int64)
        numbers = self.others(column)
        of_numbers = column.filter(is_number).cast(pa.int32())
        numbers[is_number.to_numpy(zero_copy_only=False)] = of_numbers.to_numpy()
        return numbers


@dataclass
class Ordering:
    """Gathers certificates, which come by serial where they are alike in all else."""

    _codes: dict[str, _Codes] = field(
        default_factory=lambda: {name: _Codes() for name in ("card", "county", "org_type")}
    )
    _holders: _Holders = field(default_factory=_Holders)
    _orders: list[npt.NDArray[np.int64]] = field(default_factory=list)
    _facts: dict[str, list[pa.Array]] = field(default_factory=lambda: defaultdict(list))

    def add(
        self, rows: pa.RecordBatch, key: pa.Array, is_stated: npt.NDArray[np.bool_] | pa.Array
    ) -> None:
        """`rows` have COLUMNS, `key` names each. `is_stated`: that another says it replaces it."""
        facts = {
            "key": key,
            "issued_on": rows["issued_on"],
            "ended_on": rows["ended_on"],
            "county": pa.array(self._codes["county"](rows["county"]).astype(np.int16)),
            "org_type": pa.array(self._codes["org_type"](rows["org_type"]).astype(np.int16)),
            "needs_successor": pc.and_not(rows["renewal_applied_on"].is_null(), is_stated),
            "may_succeed": rows["replaces"].is_null(),
        }
        days = np.asarray(rows["expires_on"].cast(pa.int32()), dtype=np.int64) + _BEFORE_1970
        order = (self._codes["card"](rows["card"]) << _DAY_BITS) | days
        with_holder = rows["holder_id"].is_valid()
        order = order[with_holder.to_numpy(zero_copy_only=False)]
        holders = self._holders(rows["holder_id"].drop_null())
        self._orders.append((holders << (_CARD_BITS + _DAY_BITS)) | order)
        for name, column in facts.items():
            self._facts[name].append(column.filter(with_holder))

    def of_holders(self, fewest: int) -> Iterator[pa.Table]:
        """All certificates of holders that have at least so many, for `match_renewals`. Once."""
        if not self._orders:
            return
        # A column at a time, and what is done with is let go: it is most of a load's memory.
        orders, self._orders = np.concatenate(self._orders), []
        order = np.argsort(orders, kind="stable").astype(np.int32)
        orders = orders[order]
        starts = _changes(orders >> (_CARD_BITS + _DAY_BITS))
        counts = np.diff(np.append(starts, len(orders)))
        is_wanted = np.repeat(counts >= fewest, counts)
        order, orders = order[is_wanted], orders[is_wanted]
        rows = pa.table(
            {name: pa.concat_arrays(self._facts.pop(name)) for name in list(self._facts)}
        )
        ends = np.cumsum(counts[counts >= fewest])
        start = 0
        while start < len(order):
            end = int(ends[np.searchsorted(ends, min(start + _ROWS_AT_ONCE, len(order)))])
            yield _with_order(rows.take(order[start:end]), orders[start:end])
            start = end


def _changes(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where another number begins."""
    return np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)])


def _with_order(rows: pa.Table, orders: npt.NDArray[np.int64]) -> pa.Table:
    days = ((orders & ((1 << _DAY_BITS) - 1)) - _BEFORE_1970).astype(np.int32)
    rows = rows.append_column("holder_id", pa.array(orders >> (_CARD_BITS + _DAY_BITS)))
    rows = rows.append_column("card", pa.array((orders >> _DAY_BITS) & ((1 << _CARD_BITS) - 1)))
    return rows.append_column("expires_on", pa.array(days).cast(pa.date32()))
