"""The one guard against formulas: cells that a spreadsheet would run are marked as text.

Also in workbooks, whose text cells run nothing: saved as CSV and opened again they would.
"""

import re
from typing import Any

import pandas as pd

# What a spreadsheet takes for the beginning of a formula, full width included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# One of them, inside the brackets of a pattern; also read by Arrow.
_SIGNS = "=+\\-@\\t\\r\\n＝＋－＠"
_RUNS = re.compile(f"'*[{_SIGNS}]")
# The mark of `harmless` and what follows it as the only group.
MARKED = f"^'('*[{_SIGNS}])"


def harmless(cell: Any) -> Any:
    """`cell` with a quote before it where a spreadsheet would run it. One that has such a quote of
    its own gets another, so that taking one away (MARKED) gives what was there."""
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def harmless_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """A copy with every text made harmless; numbers, days and truths stay."""
    safe = rows.copy()
    for place in range(rows.shape[1]):
        values = rows.iloc[:, place]
        if values.dtype == "str":  # a million at once
            may_run = values.str.startswith((*FORMULA_STARTS, "'"))
            if may_run.any():
                safe.isetitem(place, values.mask(may_run, values[may_run].map(harmless)))
        elif values.dtype == "object":
            safe.isetitem(place, values.map(harmless))
    return safe
