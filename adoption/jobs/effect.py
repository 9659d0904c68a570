"""What a load would change in the headline numbers."""

from datetime import date
from typing import TypedDict

from adoption.metrics import (
    DAYS_AHEAD,
    HEADLINE_NUMBERS,
    METRICS,
    Selection,
    data_cut_off,
    evaluate,
)
from adoption.store import Reader


class Standing(TypedDict):
    """The headline numbers in their order, as of the data's own cut-off; None without records."""

    as_of: str | None
    numbers: list[int]


def standing(reader: Reader) -> Standing:
    """What the overview shows on its first sight: as of the data's cut-off, without filters."""
    day: date | None = data_cut_off(reader)
    if day is None:
        return {"as_of": None, "numbers": [0 for _ in HEADLINE_NUMBERS]}
    asked = Selection(day, days=DAYS_AHEAD)
    rows = {number.key: evaluate(reader, METRICS[number.key], asked) for number in HEADLINE_NUMBERS}
    return {
        "as_of": day.isoformat(),
        "numbers": [number.of(rows[number.key]) for number in HEADLINE_NUMBERS],
    }
