"""How an office writes a value, and what Excel makes of it when it opens a text file."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from random import Random

from etl.mapping.feeds import FeedColumn
from etl.mapping.feeds.feed import stated_parser
from etl.validation import values
from etl.validation.days import month
from etl.validation.vocabularies import Vocabulary
from tests.offices.truth import Value

Cell = str | int | float | date | None
# The first year in ROC years less one.
_ROC = 1911

DAYS: dict[str, Callable[[date], Cell]] = {
    "roc": lambda d: f"{d.year - _ROC}/{d.month}/{d.day}",
    "roc_padded": lambda d: f"{d.year - _ROC:03}/{d.month:02}/{d.day:02}",
    "roc_digits": lambda d: f"{d.year - _ROC:03}{d:%m%d}",
    "roc_words": lambda d: f"民國{d.year - _ROC}年{d.month}月{d.day}日",
    "roc_points": lambda d: f"{d.year - _ROC}.{d:%m.%d}",
    "iso": date.isoformat,
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "digits": lambda d: f"{d:%Y%m%d}",
    "words": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "with_time": lambda d: f"{d:%Y/%m/%d} 08:30:00",
    "cell": lambda d: d,
}
# Such as a program of another country writes them; which, the whole column may tell.
DOUBTFUL_DAYS: dict[str, Callable[[date], Cell]] = {
    "mdy": lambda d: f"{d.month}/{d.day}/{d:%y}",
    "dmy": lambda d: f"{d.day}/{d.month}/{d:%y}",
    "ymd": lambda d: f"{d:%y-%m-%d}",
    "day_first": lambda d: f"{d.day:02}/{d.month:02}/{d.year}",
    "month_first": lambda d: f"{d.month}/{d.day}/{d.year}",
    "six_digits": lambda d: f"{d:%y%m%d}",
}
_MONTHS: dict[str, Callable[[date], Cell]] = {
    "roc": lambda d: f"{d.year - _ROC}/{d.month}",
    "roc_digits": lambda d: f"{d.year - _ROC:03}{d:%m}",
    "roc_words": lambda d: f"{d.year - _ROC}年{d.month}月",
    "iso": lambda d: f"{d:%Y-%m}",
    "cell": lambda d: d,
}
_STAGES: dict[int, tuple[Cell, ...]] = {
    45: (45, "45", "1.5個月", "第1次", "到期前45天"),
    30: (30, "30", "30天前", "第二次"),
    15: ("15", "15日", "第3次"),
    1: (1, "1", "1天", "第4次", "到期前1天"),
}
_SCOPES = {"ministry": "本部暨所屬機關", "external": "其他政府機關及民間機構", "company": "公司"}


def written(rng: Random, column: FeedColumn, value: Value, days: str) -> Cell:
    """`days`: the name of a form of days."""
    parse = stated_parser(column)
    if isinstance(value, date):
        if parse is month:
            return _MONTHS.get(days, _MONTHS["iso"])(value)
        return (DAYS | DOUBTFUL_DAYS)[days](value)
    ways: Sequence[Cell] = (value if isinstance(value, float) else str(value),)
    if value is None:
        ways = (None, None, None, "", "-")
    elif isinstance(parse, Vocabulary):
        ways = parse.words[str(value)]
    elif parse is values.county and str(value)[0] == "臺":
        ways = [f"{sign}{str(value)[1:]}" for sign in "臺台"]
    elif parse is values.stage and isinstance(value, int):
        ways = _STAGES[value]
    elif column.name == "scope":
        ways = (_SCOPES.get(str(value), value),)
    return rng.choice(ways)


def full_width(cell: Cell) -> Cell:
    """Digits as an input method leaves them."""
    return (
        cell.translate({48 + n: 0xFF10 + n for n in range(10)}) if isinstance(cell, str) else cell
    )


def by_excel(cell: Cell, month_first: bool) -> Cell:
    """What the cell of a text file is once Excel has opened it."""
    if not isinstance(cell, str) or not cell.isascii():
        return cell
    if re.fullmatch(r"\d+", cell):
        return int(cell) if len(cell) < 16 else float(cell)
    if re.fullmatch(r"\d{1,9}E\d{1,2}", cell):
        return float(cell)
    return _day_by_excel(cell, month_first) or cell


def _day_by_excel(cell: str, month_first: bool) -> date | None:
    numbers = [int(part) for part in re.split(r"[/-]", cell) if part.isdigit()]
    if len(numbers) == 2 and re.fullmatch(r"\d{2}/\d{1,2}|\d{4}-\d{1,2}", cell):
        numbers.append(1)
    elif not re.fullmatch(r"\d{1,4}([/-])\d{1,2}\1(\d{1,2}|\d{4})", cell):
        return None
    if month_first and numbers[0] < 1000:
        numbers = [numbers[2], *numbers[:2]]
    year, *others = numbers
    with suppress(ValueError):
        return date(year + (2000 if year < 30 else 1900 if year < 100 else 0), *others)
    return None


def as_text(cell: Cell) -> str:
    """The cell as a program saves it in a text file: long numbers as they are shown."""
    if isinstance(cell, date):
        return f"{cell.year}/{cell.month}/{cell.day}"
    if isinstance(cell, int | float) and abs(cell) >= 10**11:
        return f"{cell:.5E}"
    return "" if cell is None else str(cell)
