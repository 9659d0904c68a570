"""What linking finds for the rows of a first load, by their position, until they are written."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_Days = npt.NDArray[np.int32]
_NO_DAY = np.iinfo(np.int32).min


class Found:
    """Eleven bytes a row: joining the rows with it in the database would not fit into memory."""

    def __init__(self, count: int) -> None:
        self._renewed_on = np.full(count, _NO_DAY, dtype=np.int32)
        self._held_until = np.full(count, _NO_DAY, dtype=np.int32)
        self._is_renewal, self._is_mixed, self._is_matched = (
            np.zeros(count, dtype=bool) for _ in range(3)
        )

    def add_stated(self, rows: pa.RecordBatch) -> None:
        """position and on_day of certificates that another says it replaces."""
        self._renewed_on[rows["position"].to_numpy()] = _numbers(rows["on_day"])

    def is_stated(self, positions: pa.Array) -> pa.Array:
        """Whether another says that it replaces those; before any is matched."""
        return pa.array(self._renewed_on[positions.to_numpy()] != _NO_DAY)

    def add_matched(self, rows: pa.Table) -> None:
        """key (the position), on_day, renewal, held_until and is_mixed."""
        positions = rows["key"].to_numpy()
        on_day = _numbers(rows["on_day"])
        is_taken = on_day != _NO_DAY  # never where another says that it replaces it
        self._renewed_on[positions[is_taken]] = on_day[is_taken]
        self._held_until[positions] = _numbers(rows["held_until"])
        self._is_renewal[positions] = rows["renewal"].to_numpy()
        self._is_mixed[positions] = rows["is_mixed"].to_numpy()
        self._is_matched[positions] = True

    def applied_to(self, rows: pa.Table) -> pa.Table:
        """`rows`, which have a position, with their derived columns as they are in the end."""
        at = rows["position"].to_numpy()
        applied = rows["renewal_applied_on"]
        derived = {
            "renewed_on": pc.coalesce(applied, _as_days(self._renewed_on[at])),
            "is_renewal": pc.or_(rows["is_renewal"], pa.array(self._is_renewal[at])),
            "held_until": pc.if_else(
                pa.array(self._is_matched[at]),
                _as_days(self._held_until[at]),
                rows["held_until"],
            ),
            "is_mixed": pa.array(self._is_mixed[at]),
        }
        for name, column in derived.items():
            rows = rows.set_column(rows.schema.get_field_index(name), name, column)
        return rows


def _numbers(days: pa.ChunkedArray | pa.Array) -> _Days:
    return np.asarray(pc.fill_null(days.cast(pa.int32()), int(_NO_DAY)), dtype=np.int32)


def _as_days(numbers: _Days) -> pa.Array:
    return pa.array(numbers, mask=numbers == _NO_DAY).cast(pa.date32())
