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
from adoption.store import Reader, Store


class Standing(TypedDict):
    """The headline numbers in their order, as of the data's own cut-off; None without records."""

    as_of: str | None
    numbers: list[int]


class Effect(TypedDict):
    """Before a change and after it; `moved`: the records of before as of the day of after, so that
    what the day does that moves on is told from what new records do. None where it does not move.
    """

    before: Standing
    moved: Standing | None
    after: Standing


def effect(store: Store, version: str, before: Standing, changed: Reader) -> Effect:
    """`changed` is what the change of `version` comes to."""
    after, moved = standing(changed), None
    if before["as_of"] and after["as_of"] and before["as_of"] != after["as_of"]:
        with store.at(version) as unchanged:
            moved = standing(unchanged, date.fromisoformat(after["as_of"]))
    return {"before": before, "moved": moved, "after": after}


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
