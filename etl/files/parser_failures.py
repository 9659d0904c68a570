"""Why the child process that parses a file gave up, in words."""

from adoption.language import Text
from etl.files import limits
from etl.files.compression import damaged, encrypted
from etl.files.sandbox import refused
from etl.files.sandbox.grid import MOST_ROWS
from etl.mapping.headers import UnreadableFile

# An allocation that failed aborts the parser.
_OUT_OF_MEMORY = (refused.MEMORY, -6, -11)
_OUT_OF_TIME = (-24, -9)


def _said() -> dict[int, Text]:
    """What is wrong with the file, in both languages."""
    memory, cells, rows = limits.MEMORY_BYTES >> 20, limits.SPREADSHEET_CELLS, MOST_ROWS
    return {
        refused.MEMORY: Text(
            f"讀取時要用超過 {memory:,} MB 記憶體，或檔案損壞；請另存為 CSV",
            f"takes more than {memory:,} MB of memory, or is damaged; make it CSV",
        ),
        -9: Text(
            f"讀取超過 {limits.CPU_SECONDS} 秒，已放棄；請另存為 CSV",
            f"reading it took more than {limits.CPU_SECONDS} s and was given up; save it as CSV",
        ),
        refused.CELLS: Text(
            f"工作表超過 {cells:,} 格或 {rows:,} 列，或檔案這麼小不該有這麼多格；"
            "請刪除空白範圍，或分成幾個檔案",
            f"a sheet of more than {cells:,} cells or {rows:,} rows, or of more than so small a "
            "file can hold; delete its empty parts, or split it",
        ),
        refused.COLUMNS: Text(
            f"超過 {limits.COLUMNS} 欄；請確認匯出的範圍和分隔符號",
            f"more than {limits.COLUMNS} columns; check what was exported, and the separator",
        ),
        refused.NO_RECORDS: Text(
            "JSON 裡沒有一列一列的物件；要的是 [{…}, {…}]，或一行一個 {…}",
            "no objects in this JSON: [{...}, {...}] is read, or one {...} a line; export it so",
        ),
    }


def why(name: str, kind: str, code: int, has_waited: bool) -> UnreadableFile:
    """`code`: the exit code of the child; `has_waited`: it was ended for taking too long."""
    if code == refused.PASSWORD:
        return encrypted(name)
    if code in _OUT_OF_MEMORY:
        return _unreadable(name, refused.MEMORY)
    said = _said()
    if code not in said and (has_waited or code in _OUT_OF_TIME):
        code = -9
    return _unreadable(name, code) if code in said else damaged(name, kind.upper())


def too_many_columns(name: str) -> UnreadableFile:
    return _unreadable(name, refused.COLUMNS)


def _unreadable(name: str, code: int) -> UnreadableFile:
    zh, en = _said()[code]
    return UnreadableFile(f"{name}：{zh}", f"{name}: {en}")
