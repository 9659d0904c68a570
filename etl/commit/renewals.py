"""Which certificate renews which, by their dates alone: docs/domain.md section 3, renewed_on.

Days are numbers on one line, on which every holder and card has a stretch of its own far from the
others. So one sorted column serves them all, and no search leaves its group. Nothing is paired:
whether 300,000 certificates are one holder's or 300,000 holders', time grows as n log n.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from adoption.policy import RENEWABLE_DAYS

# A renewal is issued from so many days before to so many days after the old one expires.
DAYS_BEFORE_EXPIRY = RENEWABLE_DAYS
DAYS_AFTER_EXPIRY = 365

STRETCH = 2**22  # longer than from the year 1 to 9999 with a window at either end
_NONE = -1
_Numbers = npt.NDArray[np.int64]
_Flags = npt.NDArray[np.bool_]


def match_renewals(rows: pa.Table) -> pa.Table:
    """key, on_day and renewal of each of `rows`.

    `rows` has whole groups of holder_id and card, ordered by these, expires_on and serial.
    needs_successor: no application date of its own, and none that says it replaces it;
    may_succeed: it does not itself say which one it replaces. on_day is when the successor that it
    takes was issued, null for none; renewal: whether an earlier one could have taken it.
    """
    stretch = np.cumsum(begins(rows, "holder_id", "card")) * STRETCH
    issued, expires = (stretch + day_numbers(rows[name]) for name in ("issued_on", "expires_on"))
    needs_successor, may_succeed = (
        rows[name].to_numpy() for name in ("needs_successor", "may_succeed")
    )
    successors = np.sort(issued[may_succeed])
    taken = np.full(len(rows), _NONE)
    taken[needs_successor] = _take_in_turn(
        successors, issued[needs_successor], expires[needs_successor]
    )
    renewal = np.zeros(len(rows), dtype=bool)
    renewal[may_succeed] = _follows(issued[may_succeed], issued, expires)
    is_renewed = taken != _NONE
    on_day = np.where(is_renewed, successors[taken] if len(successors) else 0, stretch) - stretch
    return pa.table(
        {
            "key": rows["key"],
            "on_day": pa.array(on_day.astype(np.int32), mask=~is_renewed).cast(pa.date32()),
            "renewal": renewal,
        }
    )


def begins(rows: pa.Table, *names: str) -> _Flags:
    """For each of the ordered `rows`, whether it is the first with its values of `names`."""
    found = np.ones(len(rows), dtype=bool)
    found[1:] = False
    for name in names:
        found[1:] |= pc.not_equal(rows[name][1:], rows[name][:-1]).to_numpy()
    return found


def day_numbers(column: pa.ChunkedArray) -> _Numbers:
    return np.asarray(column.cast(pa.int32()), dtype=np.int64)


def _take_in_turn(successors: _Numbers, issued: _Numbers, expires: _Numbers) -> _Numbers:
    """The index of the successor that each certificate takes in its turn, or _NONE.

    The earliest that is still free, issued later than itself and in time.
    """
    opens = np.maximum(expires - DAYS_BEFORE_EXPIRY, issued + 1)
    first = np.searchsorted(successors, opens)
    end = np.searchsorted(successors, expires + DAYS_AFTER_EXPIRY, side="right")
    taken = np.full(len(issued), _NONE)
    has_choice = first < end
    # next_free[i]: the first free successor at or after i, found by path halving.
    next_free = list(range(len(successors) + 1))
    choices = []
    for wanted, stop in zip(first[has_choice].tolist(), end[has_choice].tolist(), strict=True):
        index = wanted
        while next_free[index] != index:
            next_free[index] = next_free[next_free[index]]
            index = next_free[index]
        choices.append(index if index < stop else _NONE)
        if index < stop:
            next_free[index] = index + 1
    taken[has_choice] = choices
    return taken


def _follows(successors: _Numbers, issued: _Numbers, expires: _Numbers) -> _Flags:
    """Whether a certificate issued earlier has its window open when each successor is issued."""
    first = np.searchsorted(expires, successors - DAYS_AFTER_EXPIRY)
    end = np.searchsorted(expires, successors + DAYS_BEFORE_EXPIRY, side="right")
    length = end - first
    follows = np.zeros(len(successors), dtype=bool)
    # The earliest issue of each window by doubling: least[i] is that of issued[i : i + size]. A
    # window is covered by two such pieces, one at either end.
    size, least = 1, issued
    while size <= length.max(initial=0):
        fits = (size <= length) & (length < 2 * size)
        earliest = np.minimum(least[first[fits]], least[end[fits] - size])
        follows[fits] = earliest < successors[fits]
        least = np.minimum(least[:-size], least[size:])
        size *= 2
    return follows
