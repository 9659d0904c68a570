"""The account of a file: each of its physical lines is one of six things, and none is lost."""

from dataclasses import asdict, dataclass

from adoption.language import Text, counted
from etl.mapping.headers import UnreadableFile


@dataclass(frozen=True)
class Account:
    """lines = header + title + blank + skipped + records + in_cells.

    `lines` is counted on the bytes of a text, and by the parser of a sheet (its rows, down to the
    last with anything in it); the others are counted where rows are read and checked.
    """

    lines: int
    header: int  # two where it stands over two rows; 0 for a file without one
    title: int  # rows with text above the header
    blank: int
    skipped: int  # subtotals, notes, repeated headers
    records: int  # read: to keep or to mend
    in_cells: int  # further lines inside quoted cells

    @property
    def adds_up(self) -> bool:
        parts = self.header, self.title, self.blank, self.skipped, self.records, self.in_cells
        return self.lines == sum(parts)

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class LineCounts:
    """Filled while a file is read, whole when its last batch has come; below the header, but for
    `lines`."""

    lines: int = 0
    blank: int = 0
    in_cells: int = 0
    hidden: int = 0  # rows read that a person does not see: hidden, or filtered away


def unaccounted(name: str, account: Account) -> UnreadableFile:
    zh, en = account_text(account.as_json())
    return UnreadableFile(
        f"{name}：行數對不起來（{zh}），沒有載入；請另存為 UTF-8 的 CSV 再試一次",
        f"{name}: its lines do not add up ({en}), nothing was loaded; save it as CSV in UTF-8 and "
        "try again",
    )


def account_text(account: dict[str, int]) -> Text:
    """An account in one line; parts that are nothing are left out, but for the records."""
    names = {
        "header": ("標題", "header"),
        "title": ("表頭說明", "titles above it"),
        "blank": ("空白", "blank"),
        "skipped": ("略過", "skipped"),
        "records": ("資料", "records"),
        "in_cells": ("儲存格內換行", "further lines inside cells"),
    }
    told = [name for name in names if account[name] or name == "records"]
    zh = " + ".join(f"{names[name][0]} {account[name]:,}" for name in told)
    en = " + ".join(f"{names[name][1]} {account[name]:,}" for name in told)
    lines = counted(account["lines"], "line", "lines")
    return Text(f"檔案共 {account['lines']:,} 行 = {zh}", f"{lines} = {en}")


def left_out_text(count: int) -> Text:
    return Text(
        f"退回的列太多，其中 {count:,} 列只計數、不列出；請在原檔改正原因，或分成幾個檔案，再載入",
        f"too many rejects: {counted(count, 'is', 'are')} counted and not listed; correct the "
        "cause in the file, or split it, and load it again",
    )


def hidden_text(count: int) -> Text:
    return Text(
        f"其中 {count:,} 列在檔案裡是隱藏或篩選掉的，一樣讀入",
        f"{counted(count, 'row is', 'rows are')} hidden or filtered away in the file; read all the "
        "same",
    )
