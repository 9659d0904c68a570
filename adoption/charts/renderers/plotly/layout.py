"""What all figures share: margins, axes, marks.

Fonts and grid come from Streamlit's theme, light or dark, in the browser.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from adoption.charts.meanings import DARK, LIGHT, colour
from adoption.charts.spec import ChartSpec
from adoption.formats import month_text, short_day_text, year_text
from adoption.language import Language

HEIGHT, LEAST_HEIGHT = 320, 220
MOST_TICKS = 7
MOST_MONTHS = 36  # with names of months below, else of years
TICK_EVERY = 15  # of numbers
FEW = 5  # counts up to this have a tick each
REFERENCE = colour("reference")


def figure(height: int = HEIGHT, right: int = 16, **layout: Any) -> go.Figure:
    """An empty figure; `right` leaves room for labels at the series' ends."""
    settings: dict[str, Any] = {
        "height": max(height, LEAST_HEIGHT),
        "margin": {"l": 8, "r": right, "t": 40, "b": 8},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        # Opaque, and legible on either theme.
        "hoverlabel": {"namelength": -1, "bgcolor": LIGHT, "font": {"color": DARK}},
        "barmode": "stack",
        "bargap": 0.25,
        "dragmode": False,
        # Numbers in bars that have no room for them are left out.
        "uniformtext": {"minsize": 10, "mode": "hide"},
    }
    axis = {"automargin": True, "fixedrange": True}
    axes = {name: axis | layout.pop(name, {}) for name in ("xaxis", "yaxis")}
    # All at once: each later change costs as much as this.
    return go.Figure(layout=settings | axes | layout)


def without_markup(text: str) -> str:
    """Plotly reads some markup in labels; what comes from data is text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def value_axis(spec: ChartSpec) -> dict[str, Any]:
    """From 0; where counts are few Plotly would put ticks at halves and write 0, 0, 1, 1."""
    axis: dict[str, Any] = {"title": {"text": without_markup(spec.value_title)}}
    axis |= {"range": [0, spec.whole]} if spec.whole else {"rangemode": "tozero"}
    if spec.is_share:
        return axis | {"tickformat": ".0%"}
    return axis | {"tickformat": ",d", **({"dtick": 1} if spec.reach <= FEW else {})}


def place_axis(spec: ChartSpec) -> dict[str, Any]:
    """Along x: ticks in the language's calendar."""
    axis: dict[str, Any] = {"title": {"text": without_markup(spec.places.title)}}
    at, kind = spec.places.at, spec.places.kind
    if kind == "number":
        low, high = int(min(at) // TICK_EVERY), int(max(at) // TICK_EVERY)  # type: ignore[operator]
        ticks = [TICK_EVERY * number for number in range(low, high + 1)]
        turned = {"autorange": "reversed"} if at[0] > at[-1] else {}  # type: ignore[operator]
        small = {"size": 10}  # all of them have room on a phone
        shared = {
            "tickvals": ticks,
            "tickangle": 0,
            "tickfont": small,
            "showgrid": False,
            "zeroline": False,
        }
        return axis | shared | turned
    turning = {"autotickangles": [0, 45, 90]}  # where a phone leaves no room
    if kind in ("name", "year"):
        return axis | turning | {"type": "category"}
    return turning | time_ticks(spec)


def time_ticks(spec: ChartSpec, *others: pd.Timestamp) -> dict[str, Any]:
    """Of a time axis that reaches over the places, and over `others`."""
    reached = [*map(pd.Timestamp, spec.places.at), *others]
    first, last = min(reached), max(reached)
    if (last - first).days > 31 * MOST_MONTHS:
        write: Callable[[Any, Language], str] = year_text
        ticks = pd.date_range(first.replace(month=1, day=1), last, freq="YS")
    elif (last - first).days > 100 or spec.places.kind == "month":
        ticks, write = pd.date_range(first.replace(day=1), last, freq="MS"), month_text
    else:
        ticks, write = pd.date_range(first, last, freq="7D"), short_day_text
    every = -(-len(ticks) // MOST_TICKS) or 1
    return {
        "type": "date",
        "tickvals": list(ticks[::every]),
        "ticktext": [write(tick, spec.language) for tick in ticks[::every]],
    }


def hover(spec: ChartSpec, texts: list[str]) -> dict[str, Any]:
    """Where a value stands, how it reads, and what there is to say of the place."""
    notes = spec.places.notes or ("",) * len(texts)
    return {
        "customdata": [
            without_markup(f"{place}　{text}") + (f"<br>{without_markup(note)}" if note else "")
            for place, text, note in zip(spec.place_texts, texts, notes, strict=True)
        ],
        "hovertemplate": "%{customdata}" + ("<extra></extra>" if len(spec.series) == 1 else ""),
    }


def add_marks(made: go.Figure, spec: ChartSpec) -> None:
    """Dotted lines, their names above the chart."""
    for mark in spec.marks:
        made.add_vline(x=mark.at, line={"color": REFERENCE, "width": 1.5, "dash": "dot"})
        if mark.name:
            made.add_annotation(
                x=mark.at,
                y=1,
                yref="paper",
                yanchor="bottom",
                text=without_markup(mark.name),
                font={"size": 12},
                showarrow=False,
            )
    if any(mark.name for mark in spec.marks):
        made.update_layout(legend={"y": 1.1}, margin={"t": 64})
