"""The child process that parses a spreadsheet or a Parquet file, which may be hostile.

Started by its path, it imports nothing of ours. Standard input is the file itself, so that it needs
no path; standard output is a JSON line (`heads`) or an Arrow stream of text columns (`rows`). What
goes wrong is told by the exit code, because half an answer may have been written already.

    sandboxed_parser.py '{"kind": "xlsx", "task": "rows", "sheet": 0, "after": 3, ...}'
"""

import datetime
import json
import math
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

PASSWORD, DAMAGED, MEMORY, CELLS, COLUMNS = 10, 11, 12, 13, 14
_ROWS_AT_ONCE = 20_000
# From here on a float has lost digits: written as Excel would show it, for the parser to refuse.
_WHOLE_FLOATS = 1e15


# Row numbers, columns of text, and how many blank rows were passed on the way.
Rows = tuple[list[int], list[Any], int]


class Refused(Exception):  # noqa: N818 (it says what happened)
    """Leaves the process with this exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Where the system can: Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text(value: Any) -> str | None:
    """A cell as the records read it: days as ISO, numbers without what Excel added to them."""
    match value:
        case None | "":
            written = None
        case str():
            written = value
        case bool():
            written = "TRUE" if value else "FALSE"
        case int() | float():
            written = _number(value)
        case datetime.datetime():
            is_day = value.time() == datetime.time()
            written = value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
        case bytes():
            written = value.decode("utf-8", "replace")
        case _:
            written = str(value)
    return written


def _number(value: float) -> str | None:
    if math.isnan(value):  # not a number: how pandas writes an empty cell
        return None
    if abs(value) >= _WHOLE_FLOATS:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)


class Spreadsheet:
    """XLSX, XLSB, XLS or ODS."""

    def __init__(self, file: BinaryIO, request: dict[str, Any]) -> None:
        import python_calamine as calamine

        self._request = request
        self._parsed: tuple[int, Any] | None = None
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(file)
        except calamine.PasswordError:
            raise Refused(PASSWORD) from None
        self._sheets = [
            (place, sheet.name)
            for place, sheet in enumerate(self._book.sheets_metadata)
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]

    def heads(self) -> list[dict[str, Any]]:
        heads = []
        for place, name in self._sheets:
            rows = []
            for number, cells in self._numbered(place):
                rows.append((number, cells))
                if len(rows) == self._request["head_rows"]:
                    break
            height = self._sheet(place).height
            heads.append({"sheet": place, "name": name, "rows": rows, "height": height})
        return heads

    def width(self) -> int:
        return int(self._sheet(self._request["sheet"]).width)

    def rows(self) -> Iterator[Rows]:
        numbers: list[int] = []
        rows: list[list[str | None]] = []
        blank = 0
        for number, cells in self._all(self._request["sheet"]):
            if number <= self._request["after"]:
                continue
            if not cells:
                blank += 1
                continue
            numbers.append(number)
            rows.append(cells)
            if len(rows) == _ROWS_AT_ONCE:
                yield numbers, [list(column) for column in zip(*rows, strict=True)], blank
                numbers, rows, blank = [], [], 0
        columns = [list(column) for column in zip(*rows, strict=True)]
        yield numbers, columns or [[]] * self.width(), blank

    def _sheet(self, place: int) -> Any:
        """Parsed anew by each call of the library: the last one is kept."""
        if self._parsed is None or self._parsed[0] != place:
            self._parsed = None
            self._parsed = place, self._book.get_sheet_by_index(place)
        return self._parsed[1]

    def _numbered(self, place: int) -> Iterator[tuple[int, list[str | None]]]:
        """Rows with any text in them, from 1 at the top of the sheet."""
        return (row for row in self._all(place) if row[1])

    def _all(self, place: int) -> Iterator[tuple[int, list[str | None]]]:
        """All rows; a blank one has no cells."""
        sheet = self._sheet(place)
        if sheet.width > self._request["columns"]:
            raise Refused(COLUMNS)
        if sheet.width * sheet.height > self._request["cells"]:
            raise Refused(CELLS)
        if not sheet.width:
            return
        for number, row in enumerate(sheet.iter_rows(), 1):
            # Nearly all cells are text: the way of most of the time is the short one.
            cells = [(v or None) if v.__class__ is str else text(v) for v in row]
            has_text = any(cells) and not "".join(filter(None, cells)).isspace()
            yield number, cells if has_text else []


class Parquet:
    """Columns of any plain type as text; the header counts as row 1."""

    def __init__(self, file: BinaryIO, request: dict[str, Any]) -> None:
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

    def rows(self) -> Iterator[Rows]:
        number = 2
        for batch in self._file.iter_batches(_ROWS_AT_ONCE, use_threads=False):
            numbers = list(range(number, number + batch.num_rows))
            number += batch.num_rows
            yield numbers, [self._text(column) for column in batch.columns], 0

    @staticmethod
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


def answer(request: dict[str, Any], file: BinaryIO, out: BinaryIO) -> None:
    table: Spreadsheet | Parquet
    table = (Parquet if request["kind"] == "parquet" else Spreadsheet)(file, request)
    if request["task"] == "heads":
        out.write(json.dumps(table.heads()).encode())
        return
    import pyarrow as pa

    names = [str(place) for place in range(table.width())]
    schema = pa.schema([("row_number", pa.int64()), *[(name, pa.string()) for name in names]])
    with pa.ipc.new_stream(out, schema) as stream:
        for numbers, columns, blank in table.rows():
            arrays = [
                c.cast(pa.string()) if isinstance(c, pa.Array) else pa.array(c, pa.string())
                for c in columns
            ]
            batch = pa.RecordBatch.from_arrays(
                [pa.array(numbers, pa.int64()), *arrays], schema.names
            )
            stream.write_batch(batch, custom_metadata={"blank": str(blank)})


def main() -> int:
    request = json.loads(sys.argv[1])
    limit(request["memory_bytes"], request["cpu_seconds"])
    try:
        answer(request, sys.stdin.buffer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except Refused as refused:
        return refused.code
    except MemoryError:
        return MEMORY
    except BrokenPipeError:  # nobody listens any more
        return 0
    except BaseException:  # a panic of the parser is no Exception
        return DAMAGED
    return 0


if __name__ == "__main__":
    # Without the interpreter's farewell: it would flush into a pipe that may be closed.
    os._exit(main())
