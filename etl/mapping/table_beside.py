"""A second table beside the records, whose column would be read as one of theirs.

縣市 and 張數 to the right of a list without counties: both are filled in the first rows only, or go
on below the last record. A column of the records ends where they do.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from etl.mapping.headers import UnreadableFile
from etl.mapping.non_record_rows import is_total

_LOOKED_AT = 10_000  # rows; no table beside is longer


def refuse_table_beside(name: str, columns: Mapping[str, str | None], rows: pa.RecordBatch) -> None:
    """Raises UnreadableFile. `columns` is header -> column of the feed; `rows`: `row_number`, then
    their text."""
    rows = rows.slice(0, _LOOKED_AT)
    filled = [cells.is_valid().to_numpy(False) for cells in rows.columns[1:]]
    named = [(header, f) for header, f in zip(columns, filled, strict=True) if f.any()]
    last = -1
    for start in range(len(named) - 1, 1, -1):
        cells = named[start][1]
        if (cells != named[-1][1]).sum() > 1:  # in one row a cell may be out of place
            return
        last = max(last, int(np.flatnonzero(cells)[-1]))
        headers = [header for header, _ in named[start:]]
        is_read = [columns[header] is not None for header in headers]
        if all(is_read) or not any(is_read) or cells[: last + 1].sum() < max(2, last):
            continue
        others = rows.select([header for header, _ in named[:start]])
        if not _last_record(others, 2) <= last <= _last_record(others, 1):
            raise _beside(name, headers)


def _last_record(rows: pa.RecordBatch, least: int) -> int:
    """The last row with so many cells filled, and no total; -1 for none. A note fills one."""
    for at in range(rows.num_rows - 1, -1, -1):
        texts = [text for cells in rows.columns if (text := cells[at].as_py())]
        if len(texts) >= least and not any(map(is_total, texts)):
            return at
    return -1


def _beside(name: str, headers: Sequence[str]) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：{'、'.join(headers)} 的列數和其他欄不同，像是旁邊的另一個表；"
        "請把那個表搬到另一個檔案，或刪除",
        f"{name}: {', '.join(headers)} end in another row than the other columns, as of a "
        "table beside; move it to a file of its own, or delete it",
    )
