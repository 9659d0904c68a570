"""One description of a chart, from which every renderer draws: screen, slide, sheet and handout.

It says what is shown, never how a program is told to show it. Texts in it are text, not markup.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pandas as pd

from adoption.formats import month_text, number_text, percent_text, short_day_text, year_text
from adoption.language import Language, say

Kind = Literal["bar", "line", "area", "calendar", "timeline", "map"]
PlaceKind = Literal["name", "number", "day", "week", "month", "year"]
Place = str | float | date
Symbol = Literal["", "circle", "circle-open", "square", "square-open", "diamond", "x", "dash"]
# What a slide, a sheet or the handout can draw of its own; of the others none is made there.
NATIVE: frozenset[Kind] = frozenset(("bar", "line", "area"))
_STEPS = {"day": "D", "week": "7D", "month": "MS"}
_WRITTEN = {
    "day": short_day_text,
    "week": short_day_text,
    "month": month_text,
    "year": year_text,
}


@dataclass(frozen=True)
class Places:
    """Where values stand: names, numbers, or the first days of weeks, months and years, in the
    order in which they are drawn.

    `notes` are a line more on each name. `unlike` tells the places that are not like the others
    (incomplete, days off, forecast), and `unlike_name` what they are. `title` is what they all are;
    empty where the names say it.
    """

    at: tuple[Place, ...] = ()
    kind: PlaceKind = "name"
    title: str = ""
    notes: tuple[str, ...] = ()
    unlike: tuple[bool, ...] = ()
    unlike_name: str = ""


@dataclass(frozen=True)
class Series:
    """A value a place, None where there is none; `meaning` is a key of meanings.COLOURS.

    One a place are `meanings`, where they differ, `suffixes`, written right after each value, `low`
    and `high`, the ends of an interval, and `starts`, from which a timeline's days are counted.
    Lines have a `line`, a `symbol` at each value, and `end`, what stands where they end.
    """

    name: str
    values: tuple[float | None, ...]
    meaning: str
    meanings: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    starts: tuple[date | None, ...] = ()
    line: Literal["solid", "dashed", "none"] = "solid"
    symbol: Symbol = ""
    end: str = ""


@dataclass(frozen=True)
class Mark:
    """A line across the chart at a place, of bars that lie at a value; a diamond on a day of a
    calendar. Only the screen draws them."""

    at: Place
    name: str = ""


@dataclass(frozen=True)
class ChartSpec:
    """`says` is what the chart shows, in a sentence. Without series there is nothing to draw.

    Bars that lie have the first place on top. Values of a share are parts of a whole, 0 to 1.
    """

    title: str
    says: str
    language: Language
    kind: Kind = "bar"
    places: Places = Places()
    series: tuple[Series, ...] = ()
    value_title: str = ""
    is_share: bool = False
    is_stacked: bool = False
    lies: bool = False
    marks: tuple[Mark, ...] = ()

    @property
    def is_native(self) -> bool:
        return bool(self.series) and self.kind in NATIVE

    @property
    def alt(self) -> str:
        """For those who cannot see it."""
        return say(self.language, "{title}: {definition}", title=self.title, definition=self.says)

    @property
    def place_texts(self) -> tuple[str, ...]:
        """How the places read."""
        if write := _WRITTEN.get(self.places.kind):
            return tuple(write(place, self.language) for place in self.places.at)
        # A true minus sign: text that begins with the other would run in a cell.
        return tuple(
            place if isinstance(place, str) else f"{place:g}".replace("-", "−")
            for place in self.places.at
        )

    @property
    def whole(self) -> float | None:
        """What stacked shares add up to."""
        return 1.0 if self.is_share and self.is_stacked else None

    @property
    def totals(self) -> tuple[float, ...]:
        """Of each place what its series add up to."""
        columns = zip(*(series.values for series in self.series), strict=True)
        return tuple(sum(value or 0 for value in column) for column in columns)

    @property
    def reach(self) -> float:
        """How far the longest bar goes, or the highest point."""
        if self.is_stacked:
            return max(self.totals, default=0)
        ends = (value for series in self.series for value in (*series.values, *series.high))
        return max((value or 0 for value in ends), default=0)

    def text(self, value: float) -> str:
        return percent_text(value) if self.is_share else number_text(value)

    def texts(self, series: Series) -> list[str]:
        """Each of its values as it reads; empty where there is none."""
        suffixes = series.suffixes or ("",) * len(series.values)
        return [
            "" if value is None else f"{self.text(value)}{suffix}"
            for value, suffix in zip(series.values, suffixes, strict=True)
        ]

    def first(self, most: int) -> "ChartSpec":
        """Of bars the first `most`."""
        return self._picked(range(min(most, len(self.places.at))))

    def without_gaps(self) -> "ChartSpec":
        """Time goes on where a day, week or month has no value too."""
        step = _STEPS.get(self.places.kind)
        if step is None or not self.places.at:
            return self
        days = pd.date_range(min(self.places.at), max(self.places.at), freq=step)
        known = {place: number for number, place in enumerate(self.places.at)}
        if not known.keys() <= {day.date() for day in days}:  # not all on first days
            return self
        whole = self._picked(known.get(day.date()) for day in days)
        return replace(whole, places=replace(whole.places, at=tuple(d.date() for d in days)))

    def _picked(self, numbers: Iterable[int | None]) -> "ChartSpec":
        """The places so numbered; None is one without values."""
        chosen = list(numbers)

        def of(values: tuple[Any, ...], nothing: Any = None) -> tuple[Any, ...]:
            return tuple(nothing if n is None else values[n] for n in chosen) if values else ()

        places = replace(
            self.places,
            at=of(self.places.at),
            notes=of(self.places.notes, ""),
            unlike=of(self.places.unlike, False),
        )
        series = tuple(
            replace(
                each,
                values=of(each.values),
                meanings=of(each.meanings, each.meaning),
                suffixes=of(each.suffixes, ""),
                low=of(each.low),
                high=of(each.high),
                starts=of(each.starts),
            )
            for each in self.series
        )
        return replace(self, places=places, series=series)


def numbers(values: Iterable[Any]) -> tuple[float | None, ...]:
    """A column of a metric's rows as values of a series."""
    return tuple(
        None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for value in values
    )


def days(values: Iterable[Any]) -> tuple[date, ...]:
    """A column of days as places."""
    return tuple(pd.Timestamp(value).date() for value in values)
