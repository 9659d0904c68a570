"""Bars that lie, a row a name, or stand along time; stacked or side by side."""

from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from adoption.charts.meanings import colour, letters_on
from adoption.charts.renderers.plotly.layout import (
    HEIGHT,
    REFERENCE,
    add_marks,
    figure,
    hover,
    place_axis,
    value_axis,
    without_markup,
)
from adoption.charts.renderers.plotly.rows import annotations, headings, height
from adoption.charts.spec import ChartSpec, Series
from adoption.text.fit import ems, shortened

DAY = 86_400_000  # milliseconds, in which a date axis measures
# A lone bar would fill the axis, or not show at all.
WIDTHS = {"day": 0.75 * DAY, "week": 5.25 * DAY, "month": 25 * DAY}
HATCHED = {"fillmode": "overlay", "fgcolor": "white", "fgopacity": 0.45, "size": 5, "solidity": 0.4}
EM = 12  # pixels
FEW_NAMED, LEGEND_LINE = 4, 20  # what a legend has room for; pixels of a line more on a phone
MOST_EMS = 14  # of a name beside its bar, to leave a phone room
ROW, TALL_ROW = 24, 28  # of a bar beside its name, and of one with numbers in it


def bars(spec: ChartSpec) -> go.Figure:
    return _lying(spec) if spec.lies else _standing(spec)


def _colours(series: Series) -> str | list[str]:
    return [colour(meaning) for meaning in series.meanings] or colour(series.meaning)


def _lying(spec: ChartSpec) -> go.Figure:
    """A row stands at its number, 0 at the top: names can be the same. Each bar has its value."""
    made = _rows(spec)
    for series in spec.series:
        made.add_bar(
            name=without_markup(series.name),
            x=series.values,
            y=list(range(len(series.values))),
            orientation="h",
            marker={"color": _colours(series)},
            **_texts(spec, series),
            **hover(spec, spec.texts(series)),
        )
    made.update_xaxes(**value_axis(spec))
    if not _is_inside(spec):
        # What is written beside the bars stands in the margin; it says all that ticks would.
        made.update_xaxes(range=[0, spec.reach or 1], showticklabels=False, showgrid=False)
    add_marks(made, spec)
    return made


def _is_inside(spec: ChartSpec) -> bool:
    """Whether values stand in the bars: else beside them, or below marks in a column."""
    return spec.is_stacked and len(spec.series) > 1


def _rows(spec: ChartSpec) -> go.Figure:
    """Names and room for the bars."""
    rows, heads = len(spec.places.at), headings(spec)
    beside = ROW if spec.is_stacked else ROW * len(spec.series)
    row = height(heads) if heads else TALL_ROW if _is_inside(spec) else beside
    longest = max((ems(text) for each in spec.series for text in spec.texts(each)), default=0)
    above = 40 if len(spec.series) > 1 or spec.marks else 8
    made = figure(
        # On a phone a legend takes a line for each but the first.
        height=50 + above + 16 * (len(spec.series) - 1) + row * rows,
        right=24 if _is_inside(spec) else int(16 + EM * longest),
        barmode="stack" if spec.is_stacked else "group",
        bargap=0.68 if heads else 0.25,
        showlegend=len(spec.series) > 1,
        annotations=annotations(heads),
        yaxis={
            "range": [rows - 0.5, -0.9 if heads else -0.5],
            "tickvals": list(range(rows)),
            "ticktext": [without_markup(shortened(name, MOST_EMS)) for name in spec.place_texts],
            "title": {"text": "" if heads else without_markup(spec.places.title)},
            "showticklabels": not heads,
            "showgrid": False,
            "zeroline": False,
        },
    )
    made.update_layout(margin={"t": above})
    if spec.marks:
        _add_column(made, spec)
    return made


def _add_column(made: go.Figure, spec: ChartSpec) -> None:
    """The values in a column at the right, where no mark runs through them."""
    for row, text in enumerate(spec.texts(spec.series[0])):
        made.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=6,
            y=row,
            text=without_markup(text),
            showarrow=False,
        )


def _texts(spec: ChartSpec, series: Series) -> dict[str, Any]:
    if spec.marks:
        return {}
    texts = {"text": [without_markup(text) for text in spec.texts(series)], "cliponaxis": False}
    if not _is_inside(spec):
        return texts | {"textposition": "outside", "constraintext": "none"}
    return texts | {
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 11, "color": letters_on(colour(series.meaning))},
    }


def _standing(spec: ChartSpec) -> go.Figure:
    """The places that are unlike the others are hatched, and the legend says what they are."""
    named = [(each.name, each.meaning) for each in spec.series if len(spec.series) > 1]
    is_unlike = any(spec.places.unlike)
    made = figure(
        HEIGHT + LEGEND_LINE * max(0, len(named) - FEW_NAMED),
        showlegend=bool(named or is_unlike),
        barmode="stack" if spec.is_stacked else "group",
    )
    places = list(spec.place_texts if spec.places.kind in ("name", "year") else spec.places.at)
    pattern = [{False: "", True: "/"}[unlike] for unlike in spec.places.unlike]
    for series in spec.series:
        made.add_bar(
            name=without_markup(series.name),
            showlegend=bool(named) and not is_unlike,
            x=places,
            y=series.values,
            width=_width(spec),
            marker={"color": _colours(series), "pattern": {"shape": pattern, **HATCHED}},
            **hover(spec, spec.texts(series)),
        )
        if series.low:
            _add_interval(made, spec, series)
    if is_unlike:
        # A legend would show a series as its first bar is: hatched.
        for name, meaning in named:
            made.add_bar(
                name=without_markup(name), x=[None], y=[None], marker_color=colour(meaning)
            )
        key = {"color": REFERENCE, "pattern": {"shape": "/", **HATCHED}}
        made.add_bar(name=spec.places.unlike_name, x=[None], y=[None], marker=key)
    made.update_xaxes(**place_axis(spec))
    made.update_yaxes(**value_axis(spec))
    add_marks(made, spec)
    return made


def _width(spec: ChartSpec) -> float | None:
    if spec.places.kind == "number":
        gaps = [abs(one - other) for one, other in pairwise(spec.places.at)]  # type: ignore[operator]
        return 0.88 * min(gaps, default=1.0)
    return WIDTHS.get(spec.places.kind)


def _add_interval(made: go.Figure, spec: ChartSpec, series: Series) -> None:
    """Over the bars: that of the lower ones would be behind the upper."""
    made.add_scatter(
        x=spec.places.at,
        y=series.values,
        mode="markers",
        marker={"size": 1, "color": REFERENCE},
        error_y=interval(series, "#1f2430"),
        showlegend=False,
        hoverinfo="skip",
    )


def interval(series: Series, hue: str) -> dict[str, Any]:
    """How far it goes from each value."""
    ends = list(zip(series.values, series.low, series.high, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [None if value is None else high - value for value, _, high in ends],  # type: ignore[operator]
        "arrayminus": [None if value is None else value - low for value, low, _ in ends],  # type: ignore[operator]
        "thickness": 2,
        "width": 3,
        "color": hue,
    }
