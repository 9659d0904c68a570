"""How like a header of a file is to the names that a column goes by."""

import difflib
import re
from collections.abc import Iterable
from functools import cache

from etl.mapping.feeds import FeedColumn
from etl.mapping.headers import plain

# They number the rows of a list, and nothing else.
ROW_NUMBERS = frozenset(
    plain(name) for name in ("流水號", "項次", "列號", "行號", "no", "no.", "#", "row", "index")
)
# What many headers end in, so that it does not tell them apart.
_ENDINGS = re.compile(
    r"(日期時間|年月日|日期|時間|時點|日|類別|種類|類型|型態|形態|別|名稱|代碼|代號"
    r"|(?<=[a-z]{2})(date|time|day|number|code|type|name|dt|dte|no|cd|kd|nm|at|on))+$"
)
_LEAST_LATIN = 3  # letters that two words must share
_LEAST_RATIO = 0.6


def likeness(column: FeedColumn, header: str) -> tuple[float, str]:
    """0 to 1, and the name that `header` is like: 1 is that name itself, '' none."""
    written = plain(header)
    best = (0.0, "")
    for name in _names(column):
        found = _alike(written, plain(name))
        if found > best[0]:
            best = (found, name)
    return best


def _names(column: FeedColumn) -> Iterable[str]:
    return (*column.headers, column.name)


@cache
def _alike(written: str, name: str) -> float:
    if written == name:
        return 1.0
    mine, theirs = _telling(written), _telling(name)
    if not mine or not theirs:
        return 0.0
    if mine == theirs:
        return 0.85
    short, long = sorted((mine, theirs), key=len)
    if short in long and len(short) >= (_LEAST_LATIN if short.isascii() else 2):
        return 0.5 + 0.35 * len(short) / len(long)
    if 2 * len(short) < _LEAST_RATIO * (len(short) + len(long)):  # cannot be: quickly told
        return 0.0
    ratio = difflib.SequenceMatcher(None, mine, theirs).ratio()
    return 0.6 * ratio if ratio >= _LEAST_RATIO else 0.0


def _telling(text: str) -> str:
    return _ENDINGS.sub("", text)
