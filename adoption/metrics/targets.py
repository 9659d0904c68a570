"""Progress against the goals that someone set: is a number where it should be by now?

The records say what should be reached by when, not from where and since when. So: a straight line
from the number on the day on which the target before it was due, without one a year before its own
due day, to the target's value on its due day. At or beyond the line on the as-of day is on track.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pandas as pd
from sqlalchemy import select

from adoption.metrics.headline import DAYS_AHEAD, TARGET_NUMBERS, HeadlineNumber
from adoption.metrics.provenance import units_of
from adoption.metrics.selection import Selection
from adoption.places import counties, name_on
from adoption.store import Reader
from adoption.store.schema import targets

State = Literal["reached", "on_track", "behind", "not_started"]
Answer = Callable[[str, Selection], pd.DataFrame]
_PARTS = {
    **dict.fromkeys(("ministry", "external"), "side"),
    **dict.fromkeys(("company", "business", "branch", "other"), "org_type"),
    **{county.name: "county" for county in counties()},
}


@dataclass(frozen=True)
class Target:
    """`value` is to be reached by the end of `due_on`, for the whole or where `field` is `scope`.

    `field` is one of a Selection, '' for the whole; so is `scope`, as it was loaded.
    """

    number: HeadlineNumber
    field: str
    scope: str
    starts_on: date
    due_on: date
    value: float

    def selection(self, as_of: date) -> Selection:
        """What to ask the number's metric for."""
        asked = Selection(as_of, days=DAYS_AHEAD)
        narrowed: dict[str, Any] = {self.field: (self._code(as_of),)} if self.field else {}
        return replace(asked, **narrowed)

    def is_about(self, selection: Selection) -> bool:
        """Whether it is set for just what `selection` leaves of its number."""
        narrowed = {name: getattr(selection, name) for name in self.number.filters}
        of_target = {self.field: (self._code(selection.as_of),)} if self.field else {}
        return {name: codes for name, codes in narrowed.items() if codes} == of_target

    def _code(self, as_of: date) -> str:
        return name_on(self.scope, as_of) if self.field == "county" else self.scope


@dataclass(frozen=True)
class Progress:
    """Where a number stands on its way to a target.

    `base` is the number on the day the line starts and `expected` what the line gives for the
    as-of day; both None while that day lies ahead, and where there was no such number on it.
    """

    target: Target
    now: float
    base: float | None
    expected: float | None
    state: State

    @property
    def behind(self) -> float:
        """What is missing to `expected`, or is beyond it where fewer is better; 0 on track."""
        if self.expected is None or self.state != "behind":
            return 0.0
        return abs(self.expected - self.now)


@dataclass(frozen=True)
class Targets:
    """All that are in the store, by due day; `unknown` name no number or part that there is."""

    known: tuple[Target, ...]
    unknown: tuple[str, ...]

    def current(self, as_of: date) -> list[Target]:
        """Of each number and part the one due next, or the last when none lies ahead."""
        found: dict[tuple[str, str, str], Target] = {}
        for target in self.known:
            part = (target.number.key, target.number.column, target.scope)
            if part not in found or found[part].due_on < as_of:
                found[part] = target
        return list(found.values())


def targets_of(store: Reader) -> Targets:
    columns = (targets.c.metric, targets.c.scope, targets.c.due_on, targets.c.value)
    rows = store.frame(select(*columns).order_by(targets.c.due_on, targets.c.metric))
    if rows.empty:
        return Targets((), ())
    units = units_of(store)
    codes = {code: code for code in units} | {name: code for code, name in units.items()}
    known: list[Target] = []
    unknown: dict[str, None] = {}
    for row in rows.itertuples(index=False):
        target = _target(str(row.metric), str(row.scope), row.due_on.date(), row.value, codes)
        if target is None:
            unknown[f"{row.metric} {row.scope}".strip()] = None
        else:
            known.append(_after(target, known))
    return Targets(tuple(known), tuple(unknown))


def _target(
    metric: str, scope: str, due_on: date, value: float, units: Mapping[str, str]
) -> Target | None:
    number = next((each for each in TARGET_NUMBERS if metric in each.names), None)
    field = _PARTS.get(scope, "unit" if scope in units else "")
    if number is None or (scope and field not in number.filters):
        return None
    a_year_before: date = (pd.Timestamp(due_on) - pd.DateOffset(years=1)).date()
    return Target(number, field, units.get(scope, scope), a_year_before, due_on, float(value))


def _after(target: Target, earlier: list[Target]) -> Target:
    """With the line beginning where the line before it ends."""
    part = (target.number, target.scope)
    before = [e.due_on for e in earlier if (e.number, e.scope) == part and e.due_on < target.due_on]
    return replace(target, starts_on=max(before)) if before else target


def progress(target: Target, as_of: date, answer: Answer) -> Progress:
    number = target.number

    def on(day: date) -> float:
        return number.of(answer(number.key, target.selection(day)))

    def is_good(value: float) -> bool:
        return now >= value if number.higher_is == "better" else now <= value

    now = on(as_of)
    base = on(target.starts_on) if as_of >= target.starts_on else math.nan
    if math.isnan(base):
        state: State = "reached" if is_good(target.value) else "not_started"
        return Progress(target, now, None, None, state)
    days, passed = (target.due_on - target.starts_on).days, (as_of - target.starts_on).days
    expected = base + (target.value - base) * min(1, passed / days)
    state = "reached" if is_good(target.value) else "on_track" if is_good(expected) else "behind"
    return Progress(target, now, base, expected, state)
