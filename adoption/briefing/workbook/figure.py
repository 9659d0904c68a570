"""A figure of the dashboard as an office suite draws it: categories, and series of values.

Names, numbers, colours and titles are read from the figure on screen, so that nothing is decided a
second time. A heat map and a map have no native chart, and none is made of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import pandas as pd

from adoption.charts import theme
from adoption.charts.chart import Chart, Question
from adoption.formats import month_text, number_text, percent_text, short_day_text
from adoption.metrics import Column

# The figure's own markup; in what came from data it is escaped.
_MARKUP = re.compile(r"</?(?:b|br|span)\b[^>]*>")
# Time goes on where a day or week has no value too.
_STEPS = {"day": "D", "week": "7D"}


@dataclass(frozen=True)
class Series:
    """A value a category, None where there is none; `colours` are one for all or one a category.

    `look` is bar, area, lines, markers or lines+markers. `above` and `below` are how far an
    interval reaches from each value; empty without one.
    """

    name: str
    values: tuple[float | None, ...]
    colours: tuple[str, ...]
    look: str
    is_dashed: bool
    symbol: str
    above: tuple[float, ...]
    below: tuple[float, ...]


@dataclass(frozen=True)
class Drawing:
    """A chart of the metric `key`. `lies`: bars from left to right, the first category on top.

    Values of a share are parts of a whole, 0 to 1.
    """

    key: str
    title: str
    categories: tuple[str, ...]
    category_title: str
    value_title: str
    series: tuple[Series, ...]
    lies: bool
    is_stacked: bool
    is_share: bool

    def in_words(self, question: Question) -> str:
        """For those who cannot see it: the greatest value of each series, and where it is."""
        write = percent_text if self.is_share else number_text
        said = [self.title]
        for series in self.series:
            most = max(value for value in series.values if value is not None)
            said.append(
                question.say(
                    "{series}: at most {value} ({place})",
                    series=series.name,
                    value=write(most),
                    place=self.categories[series.values.index(most)],
                )
            )
        return question.say("; ").join(said)


def drawing(question: Question, chart: Chart, along: str | None) -> Drawing | None:
    """`chart` as Office draws it; None where there is nothing that it could draw.

    The title of the metric's column `along` stands along the categories where the figure has none.
    """
    if chart.figure is None:
        return None
    layout = chart.figure.layout
    bars = [trace for trace in chart.figure.data if trace.type == "bar"]
    lines = [trace for trace in chart.figure.data if trace.type == "scatter"]
    # On bars, lines and points are marks.
    traces = bars or lines
    lies = bool(bars) and bars[0].orientation == "h"
    place, value = ("y", "x") if lies else ("x", "y")
    place_axis, value_axis = layout[f"{place}axis"], layout[f"{value}axis"]
    column = next((column for column in chart.metric.columns if column.name == along), None)
    # Some traces only stand in the legend.
    counted = [(trace, values) for trace in traces if (values := _by_place(trace, place, value))]
    if not counted:
        return None
    places = list(dict.fromkeys(each for _, values in counted for each in values))
    places = _in_order(places, column, is_backwards=_is_reversed(place_axis) != lies)
    intervals = [
        (_by_place(trace, place, value), trace.error_y)
        for trace in lines
        if trace.error_y.array is not None
    ]
    categories, category_title = _categories(question, layout, place_axis, column, places)
    value_title = _clean(value_axis.title.text) or question.say("Number")
    return Drawing(
        key=chart.metric.key,
        title=chart.title,
        categories=categories,
        category_title=category_title,
        value_title=value_title,
        series=tuple(
            _series(trace, values, places, value_title, dict(_around(values, intervals)))
            for trace, values in counted
        ),
        lies=lies,
        is_stacked=_is_stacked(layout, [trace for trace, _ in counted], place),
        is_share="%" in (value_axis.tickformat or ""),
    )


def _is_in_groups(trace: Any, place: str) -> bool:
    return len(trace[place]) > 0 and isinstance(trace[place][0], list | tuple)


def _by_place(trace: Any, place: str, value: str) -> dict[Any, float]:
    """The values of a trace by where they stand; of places in groups, where in the group."""
    places = trace[place][-1] if _is_in_groups(trace, place) else trace[place]
    if getattr(places, "dtype", None) is not None and places.dtype.kind == "M":
        places = pd.to_datetime(places)
    pairs = zip(places, trace[value], strict=True)
    return {at: float(each) for at, each in pairs if not pd.isna(each)}


def _is_reversed(axis: Any) -> bool:
    return axis.autorange == "reversed" or (
        axis.range is not None and bool(axis.range[0] > axis.range[1])
    )


def _in_order(places: list[Any], column: Column | None, *, is_backwards: bool) -> list[Any]:
    """Text as it came, the others in the order of the axis; days and months without gaps."""
    if isinstance(places[0], str):
        return places
    places.sort(reverse=is_backwards)
    if column is None or not isinstance(places[0], pd.Timestamp):
        return places
    if column.kind == "month" and all(place.day == 1 for place in places):
        return list(pd.date_range(places[0], places[-1], freq="MS"))
    if column.kind == "day":
        return list(pd.date_range(places[0], places[-1], freq=_STEPS[column.name]))
    return places


def _categories(
    question: Question, layout: Any, axis: Any, column: Column | None, places: Sequence[Any]
) -> tuple[tuple[str, ...], str]:
    """How the places read, as on screen, and what they are."""
    title = _clean(axis.title.text)
    if not title and column is not None:
        title = column.title.in_language(question.language)
    ticks = dict(zip(axis.tickvals or (), axis.ticktext or (), strict=False))
    if set(places) <= set(ticks):
        return tuple(_clean(ticks[place]) for place in places), title
    # Months that are not over stand in a frame on screen.
    frames = [shape for shape in layout.shapes if shape.type == "rect"]
    if frames:
        title = question.say("{title} (*: incomplete)", title=title)
    has_months = column is not None and column.kind == "month"
    words = []
    for place in places:
        if isinstance(place, pd.Timestamp):
            write = month_text if has_months and place.day == 1 else short_day_text
            is_framed = any(frame.x0 <= place <= frame.x1 for frame in frames)
            words.append(write(place, question.language) + (" *" if is_framed else ""))
        elif isinstance(place, str):
            words.append(_clean(place))
        else:
            # With a true minus sign: text that begins with the other would run in a cell.
            words.append(f"{place:g}".replace("-", "−"))
    return tuple(words), title


def _clean(text: str | None) -> str:
    """Without the figure's markup, and what it escapes as it is."""
    return unescape(_MARKUP.sub(" ", text or ""))


def _around(
    values: Mapping[Any, float], intervals: Sequence[tuple[Mapping[Any, float], Any]]
) -> Iterator[tuple[Any, tuple[float, float]]]:
    """Where there is an interval around these values, how far it goes above and below each."""
    for middle, reach in intervals:
        if middle == values:
            yield from zip(middle, zip(reach.array, reach.arrayminus, strict=True), strict=True)


def _series(
    trace: Any,
    values: Mapping[Any, float],
    places: Sequence[Any],
    value_title: str,
    reach: Mapping[Any, tuple[float, float]],
) -> Series:
    is_bar = trace.type == "bar"
    colour = (None if is_bar else trace.line.color) or trace.marker.color or theme.MARK
    ends = [reach.get(place, (0.0, 0.0)) for place in places] if reach else []
    return Series(
        name=_clean(trace.name) or value_title,
        values=tuple(values.get(place) for place in places),
        colours=(colour,) if isinstance(colour, str) else tuple(colour),
        look="bar" if is_bar else "area" if trace.stackgroup else trace.mode,
        is_dashed=not is_bar and (trace.line.dash or "solid") != "solid",
        symbol="circle" if is_bar else (trace.marker.symbol or "circle"),
        above=tuple(float(above) for above, _ in ends),
        below=tuple(float(below) for _, below in ends),
    )


def _is_stacked(layout: Any, traces: Sequence[Any], place: str) -> bool:
    """One on the other on screen: not side by side, in groups or in panels of their own."""
    if traces[0].type == "scatter":
        return traces[0].stackgroup is not None
    panels = {trace[f"{place}axis"] for trace in traces}
    is_grouped = any(_is_in_groups(trace, place) for trace in traces)
    return layout.barmode == "stack" and len(panels) == 1 and not is_grouped
