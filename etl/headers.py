"""The header row: which header is which column of a feed, and which must not be read at all."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from adoption.command import CommandError
from etl.feeds import Feed

# What a header says when its column is about a person. The product needs none of it.
_PERSONAL = re.compile(
    r"電子郵件|電郵|信箱|e?mail|姓名|負責人|代表人|聯絡人|連絡人|承辦人|持卡人|電話|手機|傳真|地址|住址"
    r"|身[分份]證|出生|生日|phone|mobile|telephone|address|idnumber|birth|^name$|(full|first|last)name"
)


class UnreadableFile(CommandError):  # noqa: N818 (it says what the file is)
    """A file that cannot be read as what it should be; nothing of it is loaded."""


@dataclass(frozen=True)
class Header:
    """One cell of the header row. `column` is None where the feed has no use for it."""

    text: str
    column: str | None
    is_dropped: bool = False  # looks personal: neither kept nor shown anywhere


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.replace("\ufeff", ""))
    return re.sub(r"[\s_-]", "", folded).casefold()


def _names(feed: Feed) -> dict[str, str]:
    return {
        _plain(name): column.name
        for column in feed.columns
        for name in (column.name, *column.headers)
    }


def recognise(feed: Feed, file_name: str, texts: Sequence[str]) -> tuple[Header, ...]:
    """The headers of a file in its order, each text made unique.

    Raises UnreadableFile when a column that every row needs is missing, or comes twice.
    """
    names = _names(feed)
    headers: list[Header] = []
    for text in _unique([text.replace("\ufeff", "").strip() for text in texts]):
        column = names.get(_plain(text))
        is_personal = column is None and bool(_PERSONAL.search(_plain(text)))
        headers.append(Header(text, column, is_personal))
    _refuse_twice(file_name, headers)
    _refuse_missing(feed, file_name, headers)
    return tuple(headers)


def _unique(texts: Sequence[str]) -> list[str]:
    """備註, 備註 -> 備註, 備註 (2); a header without text is named by its place."""
    unique: list[str] = []
    for place, text in enumerate(texts, 1):
        named = text or f"({place})"
        number = sum(
            other == named for other in [t or f"({p})" for p, t in enumerate(texts, 1)][: place - 1]
        )
        unique.append(f"{named} ({number + 1})" if number else named)
    return unique


def _refuse_twice(file_name: str, headers: Sequence[Header]) -> None:
    seen: dict[str, str] = {}
    for header in headers:
        if header.column is None:
            continue
        if header.column in seen:
            first = seen[header.column]
            raise UnreadableFile(
                f"{file_name}：標題「{first}」和「{header.text}」都是 {header.column} 這一欄；"
                "請刪除或改名其中一欄",
                f"{file_name}: headers “{first}” and “{header.text}” both mean {header.column}; "
                "remove or rename one of them",
            )
        seen[header.column] = header.text


def _refuse_missing(feed: Feed, file_name: str, headers: Sequence[Header]) -> None:
    present = {header.column for header in headers}
    missing = [
        column
        for column in feed.columns
        if column.name not in present and feed.is_required(column.name) and column.default is None
    ]
    if not missing:
        return
    first_row = ", ".join(header.text for header in headers[:12])
    zh = "、".join(f"{column.headers[0]}（{column.name}）" for column in missing)
    en = ", ".join(column.name for column in missing)
    raise UnreadableFile(
        f"{file_name}：當作 {feed.name} 讀，找不到欄位 {zh}；標題列是：{first_row}；"
        "請確認是這一種資料、以逗號分隔，並補上欄位",
        f"{file_name}: read as {feed.name}, columns missing: {en}; the header row is: {first_row}; "
        "check that it is this kind of file, separated by commas, and add the columns",
    )
