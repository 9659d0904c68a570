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


class Effect(TypedDict):
    """Before a change and after it; `same_day`: after it, as of the day of before, so that what
    new records do is told from what the day does that moves on. None where it does not move."""

    before: Standing
    same_day: Standing | None
    after: Standing


def effect(before: Standing, changed: Reader) -> Effect:
    """`changed` is what the change comes to."""
    after, day = standing(changed), before["as_of"]
    moves = None not in (day, after["as_of"]) and day != after["as_of"]
    same_day = standing(changed, date.fromisoformat(day)) if moves and day else None
    return {"before": before, "same_day": same_day, "after": after}


def standing(reader: Reader, day: date | None = None) -> Standing:
    """What the overview shows on its first sight: as of `day`, else the data's cut-off, without
    filters."""
    day = day or data_cut_off(reader)
    if day is None:
        return {"as_of": None, "numbers": [0 for _ in HEADLINE_NUMBERS]}
    asked = Selection(day, days=DAYS_AHEAD)
    rows = {number.key: evaluate(reader, METRICS[number.key], asked) for number in HEADLINE_NUMBERS}
    return {
        "as_of": day.isoformat(),
        "numbers": [number.of(rows[number.key]) for number in HEADLINE_NUMBERS],
    }
