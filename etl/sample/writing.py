"""Blocks of numbers as CSV text. Arrow formats whole columns; a loop over rows takes minutes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from etl.sample.days import CALENDAR, FIRST_DAY, NEVER, Codes, Days, Flags, Rows

_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
_ISO = pa.array([day.isoformat() for day in CALENDAR])
# Three digits for the year, as fixed-width exports write it: 092/07/01 sorts before 102/09/24.
_ROC = pa.array([f"{day.year - 1911:03d}/{day:%m/%d}" for day in CALENDAR])


_CERTIFICATES = (
    "憑證序號,統一編號,組織別,縣市,卡別,核發日期,到期日期,終止日期,終止原因,申請換發日期,換發前序號"
)
_HEADERS = {
    "certificates": (_CERTIFICATES, "資料來源", "示範資料"),
    "suspensions": ("serial,suspended_on,resumed_on", "provenance", "sample"),
    "reminders": ("serial,stage,sent_on,result", "provenance", "sample"),
    "entities": ("month,county,org_type,registered", "provenance", "sample"),
    "targets": ("metric,scope,due_on,value", "provenance", "sample"),
}


class CsvFile:
    """A UTF-8 CSV file of a feed that is written a block of columns at a time.

    Its last column marks every row as a sample.
    """

    def __init__(self, path: Path, feed: str) -> None:
        headers, mark, self._mark = _HEADERS[feed]
        self._headers = [*headers.split(","), mark]
        self._file = path.open("wb")
        self._file.write((",".join(self._headers) + "\n").encode())

    def write(self, columns: Sequence[pa.Array]) -> None:
        """One row for each place of the columns, which stand in the order of the headers."""
        marks = pa.repeat(self._mark, len(columns[0]))
        table = pa.Table.from_arrays([*columns, marks], names=self._headers)
        pyarrow.csv.write_csv(table, self._file, _OPTIONS)

    def close(self) -> None:
        self._file.close()


def fixed_width(characters: npt.NDArray[np.uint8]) -> pa.Array:
    """Text from ASCII codes, (rows, width)."""
    rows, width = characters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    data = np.ascontiguousarray(characters)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def serials(numbers: Rows) -> pa.Array:
    """S and nine digits, so that text order is number order; null where a number is 0."""
    digits = np.stack([numbers // 10**place % 10 for place in range(8, -1, -1)], axis=1)
    letter = np.full((len(numbers), 1), ord("S"), np.uint8)
    text = fixed_width(np.hstack([letter, (digits + ord("0")).astype(np.uint8)]))
    return pa.compute.if_else(pa.array(numbers > 0), text, pa.scalar(None, pa.string()))


def iso_days(days: Days) -> pa.Array:
    return _ISO.take(_places(days - FIRST_DAY, days < NEVER))


def roc_days(days: Days) -> pa.Array:
    return _ROC.take(_places(days - FIRST_DAY, days < NEVER))


def words(vocabulary: Sequence[str], codes: Codes) -> pa.Array:
    """The word for each code, null for -1."""
    return pa.array(list(vocabulary)).take(_places(codes, codes >= 0))


def _places(values: Days | Codes, known: Flags) -> pa.Array:
    return pa.array(values.astype(np.int32), mask=~known)
