"""Rows that are no records: subtotals, a header that is repeated, notes. Skipped, and told.

Only a row that would be refused is looked at, so that no record is ever taken for one of these, and
reading good rows costs nothing. What is skipped is not among the rows read; its number and text
are in the result of the load.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from etl.mapping.feeds import FEEDS, Feed
from etl.mapping.headers import names_of, plain
from etl.validation.days import day
from etl.validation.values import MOST_SIGNS, BadValue, fold, is_empty, nfkc

# Of a skipped row's text, what is told.
MOST_TEXT = 200
# So many rows of a file are told one by one, the others counted.
MOST_TOLD = 1_000
_LONGEST_HEADER = 40
# code -> what it is, in both languages
WORDS = {
    "subtotal": ("小計或總計", "a subtotal or total"),
    "repeated_header": ("重複的標題", "the header once more"),
    "note": ("說明文字", "a note"),
    "other_feed": ("不屬於這種資料", "of another kind of records"),
}
# A row of the table as a whole, or of a part of it that is named before the word.
_TOTAL = re.compile(
    r"(總計|合計|小計|總數|總和|累計|共計|(sub)?total|grandtotal)"
    r"|(臺|台)(灣|閩)地區|臺灣省|台灣省|福建省|全國|全臺|全台"
)
_PART_TOTAL = re.compile(r".{1,12}(總計|合計|小計|共計|subtotal)|(總計|合計|小計)[(（].*[)）]")
_NOTE = re.compile(
    r"(註|備註|附註|說明|資料來源|資料時間|資料日期|資料期間|製表|列印|印表|匯出|產製|統計|截至|截止|查詢)"
    r".{0,12}[:：]|※|註\d*[.、:：]|^單位[:：]|統計(期限)?至.*止|^[(（]?以下空白[)）]?$"
    r"|^共(計|有)?[:：]?[\d,]+[筆張件家人列個](資料|紀錄)?[。.]?$|^第\d+頁([,，、/]?共\d+頁)?$"
    r"|(製表|列印|資料|統計|匯出|截止|產製)(日期|時間|期間|日)"
)
_DATE = re.compile(r"(中華民國|民國)?[\d元]{1,4}[年/.-]\d{1,2}([月/.-]\d{1,2}日?)?月?")
_NUMBER = re.compile(r"[\s\d,.%+-]+")
_DATE_DIGITS = re.compile(r"\d{7,8}")


@dataclass(frozen=True)
class Skipped:
    """A row that was not taken for a record: its number, why (a code of WORDS) and its text."""

    row_number: int
    why: str
    text: str

    def as_json(self) -> dict[str, str | int]:
        zh, en = WORDS[self.why]
        return {"row": self.row_number, "why": self.why, "zh": zh, "en": en, "text": self.text}


def skipped_shape(text: str, is_first: bool) -> str | None:
    """Why a row that does not fit the header is no record; None when it may be one.

    `is_first`: just below the header, where a bare 1020924 is a date and no serial.
    """
    if len(text) > MOST_SIGNS:
        return None
    only = [cell for cell in re.split(r"[,\t;|]", text) if cell.strip().strip('"')]
    try:
        return "note" if len(only) == 1 and _is_note(only[0], is_first) else None
    except BadValue:
        return None


def why_skipped(
    feed: Feed, columns: Mapping[str, str | None], cells: Mapping[str, str], is_first: bool = False
) -> str | None:
    """Why a row that was refused is no record; None when it is one that must be mended.

    `columns` is header -> column of the feed, `cells` header -> text.
    """
    filled = {header: text for header, text in cells.items() if not is_empty(text)}
    if not filled or any(len(text) > MOST_SIGNS for text in filled.values()):
        return None
    try:
        return _why_skipped(feed, columns, filled, is_first)
    except BadValue:  # what no reading can be made of is no note and no total
        return None


def _why_skipped(
    feed: Feed, columns: Mapping[str, str | None], filled: Mapping[str, str], is_first: bool
) -> str | None:
    first = next(iter(filled.values()))
    if len(filled) == 1 and _is_note(first, is_first):
        return "note"
    same, moved = _headers_in(feed, columns, filled)
    if same > 1 and not moved:
        return "repeated_header"
    return "subtotal" if _is_subtotal(feed, columns, filled, first) else None


def is_other_header(
    feed: Feed, columns: Mapping[str, str | None], cells: Mapping[str, str], fits: bool
) -> bool:
    """Whether a row is a header that has the columns in other places, or (where it does not fit
    the first one) others: another table begins."""
    same, moved = _headers_in(feed, columns, cells)
    return same + moved > 1 and (moved > 0 or not fits)


def _headers_in(
    feed: Feed, columns: Mapping[str, str | None], cells: Mapping[str, str]
) -> tuple[int, int]:
    """How many cells name the column that they stand in, and how many another of the feed."""
    names = _names_of(feed.name)
    same = moved = 0
    for header, text in cells.items():
        if len(text) > _LONGEST_HEADER:
            continue
        bare = plain(text)
        named = names.get(bare)
        is_same = bare == plain(header) or (named is not None and named == columns.get(header))
        same += is_same
        moved += named is not None and not is_same
    return same, moved


@cache
def _names_of(feed: str) -> Mapping[str, str]:
    return names_of(FEEDS[feed])


def _is_note(text: str, is_first: bool) -> bool:
    bare = re.sub(r"\s", "", fold(text.strip('" ')))
    if is_first and _DATE_DIGITS.fullmatch(bare) and _is_day(bare):
        return True
    return bool(_NOTE.search(bare) or (is_first and _DATE.fullmatch(bare)))


def _is_day(digits: str) -> bool:
    """No 統一編號: few of those are a day, too."""
    try:
        day(digits)
    except BadValue:
        return False
    return True


def _is_subtotal(
    feed: Feed, columns: Mapping[str, str | None], filled: Mapping[str, str], first: str
) -> bool:
    """A word for a total in the first cell, or in a column by which the rows are told apart.

    Anywhere else only where such columns are empty and nothing but numbers stands beside the word:
    a record with a bad county stays a reject, also when its serial is missing.
    """
    key = {header for header, column in columns.items() if column in feed.key}
    if is_total(first) or any(is_total(filled[h]) for h in key if h in filled):
        others = [t for h, t in filled.items() if columns.get(h) and not is_total(t)]
        is_sum = all(_NUMBER.fullmatch(fold(text)) for text in others)
        return is_sum or not _is_record(feed, columns, filled)
    used = {header: text for header, text in filled.items() if columns.get(header)}
    beside = {header: text for header, text in used.items() if not is_total(text)}
    return (
        not key & set(filled)
        and len(beside) < len(used)
        and not any(_is_value(feed, columns[header], text) for header, text in beside.items())
    )


def _is_value(feed: Feed, column: str | None, text: str) -> bool:
    """Whether the column takes `text`, and it is no mere number, which may be a sum."""
    if column is None or _NUMBER.fullmatch(fold(text)):
        return False
    try:
        feed.column(column).parse(text)
    except BadValue:
        return False
    return True


def _is_record(feed: Feed, columns: Mapping[str, str | None], filled: Mapping[str, str]) -> bool:
    """Whether a column that numbers the records (serial, code) holds such a number."""
    for header, text in filled.items():
        column = columns.get(header)
        if column in ("serial", "unit_code", "system_code") and not is_total(text):
            try:
                feed.column(column).parse(text)
            except BadValue:
                continue
            return True
    return False


def is_total(text: str) -> bool:
    bare = re.sub(r"[\s:：]", "", nfkc(text)).casefold()
    return bool(_TOTAL.fullmatch(bare) or _PART_TOTAL.fullmatch(bare))
