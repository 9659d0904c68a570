"""Why the child process that parses a file gave up, in words."""

from etl.files import limits
from etl.files.compression import damaged, encrypted
from etl.files.sandbox import refused
from etl.files.sandbox.grid import MOST_ROWS
from etl.mapping.headers import UnreadableFile

# An allocation that failed aborts the parser.
_OUT_OF_MEMORY = (refused.MEMORY, -6, -11)
_OUT_OF_TIME = (-24, -9)


def why(name: str, kind: str, code: int, has_waited: bool) -> UnreadableFile:
    """`code`: the exit code of the child; `has_waited`: it was ended for taking too long."""
    if code in _OUT_OF_MEMORY:
        return _out_of_memory(name)
    if code not in _SAID and (has_waited or code in _OUT_OF_TIME):
        return _out_of_time(name)
    return _SAID[code](name) if code in _SAID else damaged(name, kind.upper())


def _out_of_memory(name: str) -> UnreadableFile:
    most = f"{limits.MEMORY_BYTES >> 20:,}"
    return UnreadableFile(
        f"{name}：讀取時要用超過 {most} MB 記憶體，或檔案損壞；請另存為 CSV",
        f"{name}: reading it takes more than {most} MB of memory, or it is damaged; save it as CSV",
    )


def _out_of_time(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：讀取超過 {limits.CPU_SECONDS} 秒，已放棄；請另存為 CSV",
        f"{name}: reading it took more than {limits.CPU_SECONDS} s and was given up; save it "
        "as CSV",
    )


def _too_many_cells(name: str) -> UnreadableFile:
    most = f"{limits.SPREADSHEET_CELLS:,}"
    rows = f"{MOST_ROWS:,}"
    return UnreadableFile(
        f"{name}：工作表超過 {most} 格或 {rows} 列，或這麼小的檔案不該有這麼多格；"
        "請刪除空白範圍，或分成幾個檔案",
        f"{name}: a sheet of more than {most} cells or {rows} rows, or of more than so small a "
        "file can hold; delete its empty parts, or split it",
    )


def _no_records(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：JSON 裡沒有一列一列的物件；要的是 [{{…}}, {{…}}]，或一行一個 {{…}}",
        f"{name}: no objects in this JSON: [{{...}}, {{...}}] is read, or one {{...}} a line; "
        "export it so",
    )


def too_many_columns(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name}：超過 {limits.COLUMNS} 欄；請確認匯出的範圍和分隔符號",
        f"{name}: more than {limits.COLUMNS} columns; check what was exported, and the separator",
    )


_SAID = {
    refused.PASSWORD: encrypted,
    refused.CELLS: _too_many_cells,
    refused.COLUMNS: too_many_columns,
    refused.NO_RECORDS: _no_records,
}
