"""What the values of a file's column say about which column of a feed it is."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from adoption.language import Text
from etl.mapping.feeds import Feed, FeedColumn
from etl.mapping.feeds.feed import Parser, stated_parser
from etl.mapping.feeds.targets import metric, scope
from etl.validation import values
from etl.validation.days import day, month
from etl.validation.values import BadValue, is_empty
from etl.validation.vocabularies import Vocabulary, provenance

# As many of the values must be such; fewer speak against it.
_MOST, _LEAST = 0.6, 0.4
FIVE_YEARS, GIVE_OR_TAKE = timedelta(days=1826), timedelta(days=31)


@dataclass(frozen=True)
class Evidence:
    """`weight`: 1 for a column whose values can hardly be anything else, 0 for nothing known,
    below 0 where they cannot be it."""

    weight: float
    reason: Text | None = None
    is_telling: bool = False  # so much that the header does not matter


NOTHING = Evidence(0.0)
_KINDS: tuple[tuple[Parser, tuple[str, str]], ...] = (
    (day, ("日期", "days")),
    (month, ("月份", "months")),
    (values.county, ("縣市", "counties")),
    (values.stage, ("提醒階段", "reminder stages")),
)
_AGAINST = Evidence(-1.0)


def evidence(feed: Feed, column: FeedColumn, cells: Sequence[str]) -> Evidence:
    """Of the cells of one column of a file, top to bottom; empty ones do not count."""
    texts = [text for text in cells if not is_empty(text)]
    parse = stated_parser(column)
    if not texts or parse in (metric, scope, provenance):
        found = NOTHING
    elif parse in (day, month, values.county, values.stage) or isinstance(parse, Vocabulary):
        found = _of_kind(column, texts)
    elif parse is values.holder_id:
        found = _of_holder_ids(texts)
    elif parse in (values.whole_number, values.decimal):
        found = _of_numbers(parse, texts)
    elif parse in (values.serial, values.code):
        found = _of_keys(column, texts, is_key=feed.key == [column.name])
    else:
        found = _of_names(texts, is_unique=column.name == "name")
    return found


def days_of(cells: Sequence[str]) -> list[date | None]:
    return [_day(text) for text in cells]


def are_days(cells: Sequence[str]) -> bool:
    texts = [text for text in cells if not is_empty(text)]
    return bool(texts) and _share(day, texts) >= _MOST


def counts_rows(cells: Sequence[str]) -> bool:
    """1, 2, 3 ...: the number of the row."""
    texts = [text.strip().removesuffix(".0") for text in cells if not is_empty(text)]
    return len(texts) > 1 and texts == [str(number) for number in range(1, len(texts) + 1)]


@cache
def _day(text: str) -> date | None:
    try:
        return day(text)
    except BadValue:
        return None


def _share(parse: Callable[[str], object], texts: Sequence[str]) -> float:
    distinct = {text: _takes(parse, text) for text in set(texts)}
    return sum(distinct[text] for text in texts) / len(texts)


def _takes(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except BadValue:
        return False
    return True


def _told(share: float, count: int, zh: str, en: str) -> Text:
    fitting = round(share * count)
    return Text(f"{count} 個值有 {fitting} 個是{zh}", f"{fitting} of {count} values are {en}")


def _of_kind(column: FeedColumn, texts: Sequence[str]) -> Evidence:
    share = _share(column.parse, texts)
    if share < _LEAST:
        return _AGAINST
    called = (f"「{column.headers[0]}」的用語", f"words for {column.name}")
    zh, en = next((words for parse, words in _KINDS if parse is stated_parser(column)), called)
    # Many things are days; 公司 and 臺北市 are in no other column.
    is_telling = column.parse is not day and share >= 0.9 and not _are_numbers(texts)
    return Evidence(share, _told(share, len(texts), zh, en), is_telling)


def _of_holder_ids(texts: Sequence[str]) -> Evidence:
    ids = [text for text in texts if _takes(values.holder_id, text)]
    if len(ids) < _LEAST * len(texts):
        return _AGAINST
    share = sum(values.is_likely_holder_id(values.holder_id(text)) for text in ids) / len(texts)
    # One in five of any eight digits passes.
    if share < _LEAST:
        return _AGAINST
    told = _told(share, len(texts), "檢查碼相符的統一編號", "統一編號 that pass the checksum")
    return Evidence(share, told, is_telling=share >= 0.9 and len(texts) > 2)


def _are_numbers(texts: Sequence[str]) -> bool:
    return _share(values.decimal, texts) >= _MOST


def _of_numbers(parse: Callable[[str], object], texts: Sequence[str]) -> Evidence:
    share = _share(parse, texts)
    if share < _MOST or counts_rows(texts) or are_days(texts):
        return _AGAINST
    return Evidence(0.5 * share, _told(share, len(texts), "數字", "numbers"))


def _of_keys(column: FeedColumn, texts: Sequence[str], *, is_key: bool) -> Evidence:
    """Serials and codes: words with a digit or letter in them; keys are different from another."""
    share = _share(column.parse, texts)
    with_sign = sum(bool(re.search(r"[0-9A-Za-z]", text)) for text in texts) / len(texts)
    different = len(set(texts)) / len(texts)
    if min(share, with_sign) < _MOST or counts_rows(texts) or are_days(texts):
        return _AGAINST
    if column.parse is values.serial and _of_holder_ids(texts).weight > _MOST:
        return _AGAINST
    if is_key and different < 0.9:
        return _AGAINST
    if different == 1 and len(texts) > 1:
        told = Text(f"{len(texts)} 個值都不相同", f"all {len(texts)} values are different")
        return Evidence(0.6, told)
    return Evidence(0.3)


def _of_names(texts: Sequence[str], *, is_unique: bool) -> Evidence:
    """Words; such as name things are different, such as sort them come again."""
    if _are_numbers(texts) or are_days(texts):
        return _AGAINST
    different = len(set(texts)) / len(texts)
    return Evidence(0.4 * (different if is_unique else 1 - different))


def are_five_years_apart(earlier: Sequence[date | None], later: Sequence[date | None]) -> bool:
    """Whether most of the days in `later` are five years after those beside them."""
    pairs = [(a, b) for a, b in zip(earlier, later, strict=True) if a and b]
    apart = sum(abs(b - a - FIVE_YEARS) <= GIVE_OR_TAKE for a, b in pairs)
    return bool(pairs) and apart >= 0.8 * len(pairs)


def are_in_order(earlier: Sequence[date | None], later: Sequence[date | None]) -> bool:
    """Whether no day in `later` is before the one beside it, and some is after it."""
    pairs = [(a, b) for a, b in zip(earlier, later, strict=True) if a and b]
    return any(a < b for a, b in pairs) and all(a <= b for a, b in pairs)
