"""What the address asks for, read as loading reads files: 台北市 is 臺北市, 公司 is company.

What still cannot be understood is told, since the page then shows something else than it said.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from adoption.places import counties, official_name
from adoption.store.schema import UNSTATED
from etl.validation.days import day as read_day
from etl.validation.values import BadValue, fold
from etl.validation.vocabularies import ORG_TYPE, SIDE

# The first day that a record can be dated: 民國1年1月1日.
FIRST_DAY = date(1912, 1, 1)


def code_of(key: str, text: str, units: Mapping[str, str]) -> str | None:
    """The code that `text` means in the filter `key`; None: none. `units`: code -> name."""
    try:
        return _READ.get(key, partial(_unit, units))(text)
    except BadValue:
        return None


def day_of(texts: Sequence[str], latest: date) -> date | None:
    """The one day that is named, if it can be shown."""
    try:
        (text,) = texts
        day = read_day(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= latest else None


def _county(text: str) -> str | None:
    if fold(text) in (UNSTATED, "未填"):
        return UNSTATED
    by_english = {county.name_en.casefold(): county.name for county in reversed(counties())}
    return official_name(text) or by_english.get(fold(text).casefold())


def _org_type(text: str) -> str:
    return UNSTATED if fold(text) in (UNSTATED, "未填") else ORG_TYPE(text)


def _unit(units: Mapping[str, str], text: str) -> str | None:
    folded = fold(text)
    if folded in units:
        return folded
    return {fold(name): code for code, name in units.items()}.get(folded)


_READ: dict[str, Callable[[str], str | None]] = {
    "side": SIDE,
    "org_type": _org_type,
    "county": _county,
}
