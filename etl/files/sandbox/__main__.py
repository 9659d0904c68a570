"""See the room's own docstring."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from etl.files.sandbox.refused import DAMAGED, MEMORY, Refused
from etl.files.sandbox.sheets import Sheets


def limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Where the system can: Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def opened(file: BinaryIO, request: Mapping[str, Any]) -> Any:
    """What is imported is what this one kind needs: starting takes a quarter of a second."""
    match request["kind"]:
        case "parquet":
            from etl.files.sandbox.parquet_table import Parquet

            return Parquet(file, request)
        case "html" | "xml" | "json":
            return _taken_apart(file, request)
    from etl.files.sandbox.workbook import Workbook

    return Workbook(file, request)


def _taken_apart(file: BinaryIO, request: Mapping[str, Any]) -> Sheets:
    from etl.files.sandbox import html_tables, json_records, xml_spreadsheet
    from etl.files.sandbox.grid import Grids

    match request["kind"]:
        case "html":
            grids = html_tables.tables(file)
        case "xml":
            grids = xml_spreadsheet.sheets(file)
        case _:
            grids = json_records.records(file, request["columns"])
    return Grids(request, grids)


def answer(request: dict[str, Any], file: BinaryIO, out: BinaryIO) -> None:
    table = opened(file, request)
    if request["task"] == "heads":
        out.write(json.dumps(table.heads(), ensure_ascii=False).encode())  # raises for half a sign
        return
    import pyarrow as pa

    names = [str(place) for place in range(table.width())]
    schema = pa.schema([("row_number", pa.int64()), *[(name, pa.string()) for name in names]])
    with pa.ipc.new_stream(out, schema) as stream:
        for numbers, columns, said in _batches(table):
            arrays = [
                c.cast(pa.string()) if isinstance(c, pa.Array) else pa.array(c, pa.string())
                for c in columns
            ]
            stream.write_batch(
                pa.RecordBatch.from_arrays([pa.array(numbers, pa.int64()), *arrays], schema.names),
                custom_metadata={"said": json.dumps(said)},
            )


def _batches(table: Any) -> Iterator[tuple[list[int], list[Any], dict[str, Any]]]:
    """Row numbers, columns of text, and what is to be said with them."""
    if not isinstance(table, Sheets):
        for numbers, columns in table.batches():
            yield numbers, columns, {"blank": 0}
        return
    unresolved = table.unresolved()
    if unresolved:
        first = unresolved[0]
        yield [], [[]] * table.width(), {"blank": 0, "unresolved": [*first, len(unresolved)]}
        return
    for batch in table.batches():
        said = {"blank": batch.blank, "hidden": batch.hidden}
        yield batch.numbers, batch.columns(table.width()), said


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
