"""單位：千家 above a table: its numbers are not the counts that they look like."""

import re

from etl.files.inspect_file import TABLES, head_of
from etl.mapping.feeds import Feed
from etl.mapping.feeds.feed import stated_parser
from etl.mapping.headers import UnreadableFile
from etl.mapping.source_file import SourceFile, opened
from etl.validation.values import BadValue, decimal, fold, whole_number

_SCALED = re.compile(
    r"單位:?(新[臺台]幣)?([十百千萬億]+|1,?000)[家元張套筆人個戶件]?([),，。;；]|$)|in(thousands|millions)"
)
_MOST_SIGNS = 200


def has_numbers(feed: Feed) -> bool:
    return any(stated_parser(column) in (whole_number, decimal) for column in feed.columns)


def is_scaled(text: str) -> bool:
    try:
        bare = re.sub(r"\s", "", fold(text[:_MOST_SIGNS])).casefold()
    except BadValue:
        return False
    return bool(_SCALED.search(bare))


def refuse_scaled(source: SourceFile, feed: Feed) -> None:
    """Raises UnreadableFile where a title says that numbers are in thousands or the like."""
    if not source.header.title or not has_numbers(feed):
        return
    for text in _titles(source):
        if is_scaled(text):
            raise scaled(source.name, text)


def scaled(name: str, text: str) -> UnreadableFile:
    shown = " ".join(text.split())[:_MOST_SIGNS]
    return UnreadableFile(
        f"{name}：「{shown}」表示數字不是原來的個數；請換算成個數後再載入",
        f"{name}: “{shown}” says that its numbers are no plain counts; write them out",
    )


def _titles(source: SourceFile) -> list[str]:
    if source.content.kind not in TABLES:
        lines = head_of(source.content).decode("utf-8", "ignore").splitlines()
        return lines[: source.header.row_number - 1]
    heads = [head for head in opened(source.path).heads if head.name == source.sheet]
    return [
        cell
        for head in heads
        for number, cells in head.rows
        if number < source.header.row_number
        for cell in cells
    ]
