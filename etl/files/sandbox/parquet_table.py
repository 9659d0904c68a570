"""Parquet: columns of any plain type as text; the header counts as row 1."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from etl.files.sandbox.cell_text import text
from etl.files.sandbox.refused import COLUMNS, Refused
from etl.files.sandbox.sheets import ROWS_AT_ONCE, SIGNS_AT_ONCE

# Few enough to be in memory however long their texts are; put together where they are short.
_FEW_ROWS = 2_000


class Parquet:
    def __init__(self, file: BinaryIO, request: Mapping[str, Any]) -> None:
        from pyarrow import parquet

        self._file = parquet.ParquetFile(file)
        self._schema = self._file.schema_arrow
        if len(self._schema) > request["columns"]:
            raise Refused(COLUMNS)

    def heads(self) -> list[dict[str, Any]]:
        height = 1 + self._file.metadata.num_rows
        return [{"sheet": 0, "name": "", "rows": [(1, self._schema.names)], "height": height}]

    def width(self) -> int:
        return len(self._schema)

    def batches(self) -> Iterator[tuple[list[int], list[Any]]]:
        number = 2
        for batch in self._together():
            numbers = list(range(number, number + batch.num_rows))
            number += batch.num_rows
            yield numbers, [_text(column) for column in batch.columns]

    def _together(self) -> Iterator[Any]:
        import pyarrow as pa

        waiting: list[Any] = []
        for batch in self._file.iter_batches(_FEW_ROWS, use_threads=False):
            waiting.append(batch)
            rows, size = sum(b.num_rows for b in waiting), sum(b.nbytes for b in waiting)
            if rows >= ROWS_AT_ONCE or size >= SIGNS_AT_ONCE:
                yield pa.concat_batches(waiting)
                waiting = []
        if waiting:
            yield pa.concat_batches(waiting)


def _text(column: Any) -> Any:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_large_string(kind) or pa.types.is_integer(kind) or pa.types.is_date32(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):  # to_pylist() would want pandas for nanoseconds
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    return [text(value) for value in column.to_pylist()]
