"""What a load, or taking one back, would change in the headline numbers, and how long it takes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

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
    """Before a change and after it, and what each number changes by.

    `by_day`: what the records of before do as the day moves on to that of after; `by_records`: what
    those do that came or went. None where the day stays.
    """

    before: Standing
    after: Standing
    changes: list[int]
    by_records: list[int] | None
    by_day: list[int] | None


def effect(store: Store, version: str, before: Standing, changed: Reader) -> Effect:
    """`changed` is what the change of `version` comes to."""
    after = standing(changed)
    by_records = by_day = None
    if before["as_of"] and after["as_of"] and before["as_of"] != after["as_of"]:
        with store.at(version) as unchanged:
            moved = standing(unchanged, date.fromisoformat(after["as_of"]))
        by_records, by_day = _change(moved, after), _change(before, moved)
    return {
        "before": before,
        "after": after,
        "changes": _change(before, after),
        "by_records": by_records,
        "by_day": by_day,
    }


def _change(old: Standing, new: Standing) -> list[int]:
    return [b - a for a, b in zip(old["numbers"], new["numbers"], strict=True)]


def done_again(entries: Iterable[Mapping[str, Any]], taken_back: Sequence[int]) -> tuple[int, int]:
    """How many loads are done again when these are taken back, those after the first of them, and
    in about how many seconds: as long as they took. `entries` are those of the ledger."""
    seconds = {
        entry["load"]: entry["seconds"]
        for entry in entries
        if entry["load"] > min(taken_back) and not entry["reverted_at"]
    }
    for load in taken_back:
        seconds.pop(load, None)
    return len(seconds), max(2, round(sum(seconds.values())))


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
        "numbers": [int(number.of(rows[number.key])) for number in HEADLINE_NUMBERS],
    }
