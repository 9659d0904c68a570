"""A cell as the records read it: days as ISO, numbers without what Excel added to them."""

import datetime
import math
from typing import Any

# From here on a float has lost digits: written as Excel would show it, for the parser to refuse.
_WHOLE_FLOATS = 1e15


def text(value: Any) -> str | None:
    match value:
        case None | "":
            written = None
        case str():
            written = value
        case bool():
            written = "TRUE" if value else "FALSE"
        case int() | float():
            written = _number(value)
        case datetime.datetime():
            is_day = value.time() == datetime.time()
            written = value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
        case bytes():
            written = value.decode("utf-8", "replace")
        case _:
            written = str(value)
    return written


def _number(value: float) -> str | None:
    if math.isnan(value):  # not a number: how pandas writes an empty cell
        return None
    if abs(value) >= _WHOLE_FLOATS:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)
