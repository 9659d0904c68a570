"""CURRENT: the pointer of a folder of versions, and what is told when it is wrong."""

import os
from pathlib import Path

from adoption.language import Text


def flush(path: Path) -> None:
    """Have what was written to `path` (a file or a folder) on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def named_version(folder: Path) -> str:
    """What CURRENT says; '' where there is none."""
    try:
        return (folder / "CURRENT").read_text("ascii", errors="replace").strip()
    except FileNotFoundError:
        return ""


def move_pointer(folder: Path, version: str) -> None:
    """Have readers see `version`, whose files lie in versions/: in one step, and for good."""
    if os.name == "posix":
        flush(folder / "versions")
    draft = folder / "CURRENT.new"
    draft.write_text(version + "\n", "ascii")
    flush(draft)
    draft.replace(folder / "CURRENT")
    if os.name == "posix":  # make the rename itself durable
        flush(folder)


def notice_of_fallback(folder: Path, named: str, version: str) -> Text:
    zh = f"CURRENT 指的版本「{named}」不在或已損壞" if named else "CURRENT 不見了"
    en = f"CURRENT names “{named}”, which is missing or damaged" if named else "CURRENT is missing"
    return Text(
        f"{folder}：{zh}，現在顯示的是 {version}；其後載入的資料請以 python -m etl rebuild 還原",
        f"{folder}: {en}; {version} is shown instead, and python -m etl rebuild brings back what "
        "was loaded after it",
    )
