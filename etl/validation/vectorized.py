"""Columns with about as many values as rows, settled as a whole: serials and 統一編號.

The rules are those of values.py, which stays the authority: what is not plain here is left null,
and validate.py asks the plain function.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_WEIGHTS = np.array([1, 2, 1, 2, 1, 2, 4, 1], dtype=np.uint8)
# [digit, position] -> what it adds to the sum: the digits of digit * weight.
_PRODUCTS = np.outer(np.arange(10, dtype=np.uint8), _WEIGHTS)
_ADDENDS = (_PRODUCTS // 10 + _PRODUCTS % 10).astype(np.uint8)


def plain_serials(text: pa.Array) -> pa.Array:
    """Serials that are written plainly, as they are; null for all else."""
    # At least one digit: NULL and N/A are ways to write nothing.
    is_plain = pc.match_substring_regex(text, r"^[A-Za-z:_-]*[0-9][0-9A-Za-z:_-]*$")
    is_short = pc.less_equal(pc.binary_length(text), 64)
    if pc.any(pc.match_substring(text, "-")).as_py():  # 2013-10-01 is a day
        is_plain = pc.and_not(
            is_plain, pc.match_substring_regex(text, r"^\d{3,4}-\d{1,2}-\d{1,2}$")
        )
    return pc.if_else(pc.and_(is_plain, is_short), text, None)


def plain_holder_ids(text: pa.Array) -> pa.Array:
    """The cells that are exactly eight ASCII digits; null for all else."""
    is_eight = pc.equal(pc.binary_length(text), 8)
    digits = _digits(text.filter(is_eight))
    is_digit = np.zeros(len(text), dtype=bool)
    is_digit[pc.fill_null(is_eight, False).to_numpy(zero_copy_only=False)] = (digits < 10).all(
        axis=1
    )
    return pc.if_else(pa.array(is_digit), text, None)


def is_likely_holder_id(holder_ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """values.is_likely_holder_id for a column of eight digits each; null where it is empty, or
    the key of a holder without a 統一編號."""
    if isinstance(holder_ids, pa.ChunkedArray):
        holder_ids = holder_ids.combine_chunks()
    is_eight = pc.equal(pc.binary_length(holder_ids), 8)
    if not pc.all(is_eight).as_py():
        holder_ids = pc.if_else(is_eight, holder_ids, None)
    digits = _digits(holder_ids.drop_null())
    total = _ADDENDS[digits, np.arange(8)].sum(axis=1, dtype=np.uint8)
    likely = (total % 5 == 0) | ((digits[:, 6] == 7) & ((total + 1) % 5 == 0))
    if not holder_ids.null_count:
        return pa.array(likely)
    has_value = holder_ids.is_valid().to_numpy(zero_copy_only=False)
    result = np.zeros(len(holder_ids), dtype=bool)
    result[has_value] = likely
    return pa.array(result, mask=~has_value)


def _digits(eight_bytes_each: pa.Array) -> npt.NDArray[np.uint8]:
    """A row of eight numbers for each text of eight bytes; above 9 where it is no digit."""
    # Concatenating takes a slice's offset away, so that the buffer starts with the first text.
    flat = pa.concat_arrays([eight_bytes_each])
    offset = flat.offset * 8
    data = flat.buffers()[2]
    count = len(flat)
    if not count or data is None:
        return np.empty((0, 8), dtype=np.uint8)
    numbers = np.frombuffer(data, dtype=np.uint8, count=count * 8, offset=offset) - ord("0")
    return numbers.reshape(count, 8)
