"""Until when a holder holds, and whether under several counties or types.

A certificate counts from `issued_on` to before its first day out. Where the times of a holder's
certificates touch or overlap they are one time of holding: `held_until` stands on the certificate
with which it begins. So holders on a day D are counted as rows with issued_on <= D < held_until,
without telling holders apart. Where a count is of a county or a type, those of a holder who
`is_mixed` have to be told apart all the same.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.commit.renewals import STRETCH, begins, day_numbers

_Numbers = npt.NDArray[np.int64]


def alone(rows: pa.Table) -> pa.Array:
    """held_until of certificates whose holders have no other; null: never valid, or no holder."""
    issued, out = day_numbers(rows["issued_on"]), _first_days_out(rows)
    holds = (out > issued) & rows["holder_id"].is_valid().to_numpy()
    return _days(out, holds)


def held_until(rows: pa.Table) -> pa.Array:
    """The same for all certificates of holders, ordered by holder_id; null also for those with
    which no time of holding begins."""
    stretch = np.cumsum(begins(rows, "holder_id")) * STRETCH
    issued = stretch + day_numbers(rows["issued_on"])
    out = stretch + _first_days_out(rows)
    order = np.flatnonzero(out > issued)
    order = order[np.argsort(issued[order], kind="stable")]
    until = np.maximum.accumulate(out[order])
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = until[:-1] < issued[order][1:]
    first = np.flatnonzero(is_first)
    last = np.append(first, len(order))[1:] - 1
    found, holds = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    found[order[first]] = until[last]
    holds[order[first]] = True
    return _days(np.where(holds, found - stretch, 0), holds)


def _first_days_out(rows: pa.Table) -> _Numbers:
    """The first day on which each certificate is no longer valid."""
    expired = day_numbers(rows["expires_on"]) + 1
    ended = day_numbers(
        pc.fill_null(rows["ended_on"], pa.scalar(2**31 - 1, pa.int32()).cast(pa.date32()))
    )
    return np.minimum(expired, ended)


def _days(numbers: _Numbers, is_day: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(numbers.astype(np.int32), mask=~is_day).cast(pa.date32())
