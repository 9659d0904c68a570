"""One look for every figure: colours that always mean the same, axes, margins.

Colours are told apart by people with any of the common colour-vision deficiencies and stand out at
3:1 from white and from the dark theme's background alike. Colour is never the only sign: series are
labelled where they end. Fonts and grid come from Streamlit's theme, light or dark, in the browser.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from adoption.formats import day_text, month_text, short_day_text, year_text
from adoption.language import Language
from adoption.policy import STAGE_DAYS

SIDE = {"ministry": "#2f7fbf", "external": "#c9760a"}
STAGE = dict(zip(STAGE_DAYS, ("#4a90a4", "#6f80c4", "#a468b0", "#c8467f"), strict=True))
ORG_TYPE = {
    "company": "#3f7cac",
    "business": "#5f9e6e",
    "branch": "#a8842c",
    "other": "#8a8f98",
    "unstated": "#b9a3a3",
}
SYSTEM_STAGE = {
    "integrated": "#2b8a7e",
    "testing": "#a8842c",
    "planned": "#8a8f98",
    "retired": "#b5566b",
}
OUTCOME = {
    "before_first": "#2b8a7e",
    **{f"after_{days}": colour for days, colour in STAGE.items()},
    "late": "#a8842c",
    "lapsed": "#c0492f",
    "ended": "#6b7078",
    "open": "#9aa0a8",
}
INTEGRATED, PLAN, OVERDUE = SYSTEM_STAGE["integrated"], "#8a8f98", "#c0492f"
VALID, HOLDERS = "#2b8a7e", "#7a6bb8"
TO_RENEW, RENEWED = "#c0562f", "#8aa39b"
# The adoption rate is a share of holders: their hue, lighter and darker. Both ends are opaque, so
# that a label's colour can be chosen for what it stands on, in either theme.
RATE = HOLDERS
RATE_SHADES = [[0.0, "#e4def4"], [0.5, "#a79bd3"], [1.0, "#453882"]]
ON_LIGHT, ON_DARK = "#1f1a38", "#ffffff"
MARK = "#8a8f98"  # a line that something is measured against
BORDER = "rgba(96,86,150,0.7)"  # keeps a light islet visible on white
UNKNOWN = "rgba(138,143,152,0.35)"
FIRST_TIME, RENEWAL = "#3f7cac", "#8a8f98"
MAIL = {
    "sent": "#3f7cac",
    "delivered": "#2b8a7e",
    "bounced": "#a8842c",
    "no_address": "#8a8f98",
    "missing": "#c0492f",
}
# What came of reaching a reminder stage.
FATE = {"renewed": RENEWED, "ended": "#6b7078", "went_on": TO_RENEW, "undecided": "#9aa0a8"}
RENEWAL_SHADES = [[0.0, "#eaf4f1"], [1.0, "#5fae9f"]]  # few to many renewals
ON_SHADES = "#17332e"  # text on these, in the light and the dark theme
SHADES = [[0.0, "rgba(192,86,47,0.10)"], [1.0, "#c0562f"]]  # few to many expiries
# Few to many integrations: the lower half lets the page through, whose colour of text is on it;
# the upper half is for white.
WAVES = [
    [0.0, "rgba(43,138,126,0.10)"],
    [0.499, "rgba(43,138,126,0.25)"],
    [0.5, "#2b8a7e"],
    [1.0, "#1d6b61"],
]

HEIGHT = 320
# Bars on a date axis, in milliseconds: a lone one would fill the axis, or not show at all.
DAY_WIDTH = 0.75 * 86_400_000
MONTH_WIDTH = 25 * 86_400_000
MOST_TICKS = 7
FEW = 5  # counts up to this have a tick each
FOOTER_SIZE = 11
FOOTER_WIDTH = 29  # Chinese characters of that size on a phone


def figure(*traces: Any, height: int = HEIGHT, right: int = 16, **layout: Any) -> go.Figure:
    """A figure with the house's margins; `right` leaves room for labels at the series' ends."""
    settings: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": right, "t": 40, "b": 8},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        "hoverlabel": {"namelength": -1},
        "barmode": "stack",
        "bargap": 0.25,
        "dragmode": False,
    }
    axis = {"automargin": True, "fixedrange": True}
    axes = {name: axis | layout.pop(name, {}) for name in ("xaxis", "yaxis")}
    # All at once: each later change costs as much as this.
    return go.Figure(list(traces), settings | axes | layout)


class Series(NamedTuple):
    """One series of bars: its name, a value a row, its colour."""

    name: str
    values: Sequence[float] | pd.Series
    colour: str


def without_markup(text: str) -> str:
    """Plotly reads some markup in labels; what comes from data is text."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def stacked_rows(
    labels: Sequence[str], series: Iterable[Series], axis: dict[str, Any], *, in_bars: bool = False
) -> go.Figure:
    """Horizontal bars, one row a label, the first at the top, the series one after the other.

    A row stands at its number, 0 at the top: labels can be the same. `in_bars` writes each count
    into its bar. Labels come from data: no markup is read in them.
    """
    written = [without_markup(label) for label in labels]
    made = figure(height=90 + 24 * len(labels), right=48)
    for name, values, colour in series:
        made.add_bar(
            name=name,
            x=values,
            y=list(range(len(labels))),
            customdata=written,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{customdata}　%{x:,}",
        )
        if in_bars:
            made.data[-1].update(
                text=[f"{value:,.0f}" if value else "" for value in values],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": 11, "color": "white"},
                constraintext="none",
            )
    made.update_xaxes(**axis)
    made.update_yaxes(
        range=[len(labels) - 0.5, -0.5],
        tickvals=list(range(len(labels))),
        ticktext=written,
        showgrid=False,
        zeroline=False,
    )
    return made


def with_footer(sent: dict[str, Any], words: str) -> dict[str, Any]:
    """What is sent of a figure, with `words` under it: so they are in a saved image too.

    Plotly breaks no lines; these are short enough for a phone. Names in them are no markup.
    """
    lines = [without_markup(line) for line in _broken(words)]
    layout = sent["layout"]
    footer = {
        "height": layout.get("height", HEIGHT) + FOOTER_SIZE * 1.3 * len(lines) + 8,
        # Streamlit makes every title bold.
        "title": {
            "text": f"<span style='font-weight: 400'>{'<br>'.join(lines)}</span>",
            "font": {"size": FOOTER_SIZE},
            "x": 0,
            "xanchor": "left",
            "xref": "container",
            "y": 1e-6,  # with 0, Plotly moves the lines of a broken title out of the figure
            "yanchor": "bottom",
            "yref": "container",
            "automargin": True,
            "pad": {"l": 8, "t": 8, "b": 4},
        },
    }
    return sent | {"layout": layout | footer}


def _broken(words: str) -> list[str]:
    """Lines of at most FOOTER_WIDTH, broken between the parts of `words` where that is enough.

    A part that is too long is broken where its language may be: Chinese anywhere, English at a
    space.
    """
    lines = [""]
    for part in re.split(r"(?<= · )", words):
        whole = ems(part.removesuffix(" · ")) <= FOOTER_WIDTH
        for piece in (
            [part] if whole else re.findall(r"[\u0021-\u024f]+ ?| |[^\u0000-\u024f]", part)
        ):
            if lines[-1] and ems(lines[-1] + piece.removesuffix(" · ")) > FOOTER_WIDTH:
                lines.append("")
            lines[-1] += piece
    return [line.strip(" ·") for line in lines]


def ems(text: str) -> float:
    """How wide it is in Chinese characters, which are twice as wide as letters."""
    return sum(1 if ord(character) > 0x24F else 0.55 for character in text)


_WHOLE = ",d"


def count_axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "rangemode": "tozero", "tickformat": _WHOLE}


def count_in_whole_steps(made: go.Figure) -> None:
    """Where counts are few, Plotly would put ticks at halves and write 0, 0, 1, 1."""
    for axis, other in (("x", "y"), ("y", "x")):
        drawn = [
            trace
            for trace in made.data
            if trace.type in ("bar", "scatter") and (trace[f"{axis}axis"] or axis) == axis
        ]
        if made.layout[f"{axis}axis"].tickformat == _WHOLE and _most(drawn, axis, other) <= FEW:
            made.update_layout({f"{axis}axis": {"dtick": 1}})


def _most(traces: Iterable[Any], axis: str, other: str) -> float:
    """How far bars, on top of each other, and lines reach along `axis`."""
    reached: dict[Any, float] = {}
    for trace in traces:
        if trace[axis] is None or trace[other] is None:
            continue
        is_nested = len(trace[other]) > 0 and isinstance(trace[other][0], list | tuple)
        places = list(zip(*trace[other], strict=True)) if is_nested else trace[other]
        for number, (count, place) in enumerate(zip(trace[axis], places, strict=True)):
            at = place if trace.type == "bar" else (trace.name, number)
            reached[at] = reached.get(at, 0) + (0 if pd.isna(count) else count)
    return max(reached.values(), default=0)


def share_axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "rangemode": "tozero", "tickformat": ".0%"}


def time_axis(days: pd.Series, language: Language, by: str) -> dict[str, Any]:
    """Ticks in the language's calendar: `by` is 'year', 'month' or 'day'."""
    first, last = days.min(), days.max()
    if by == "year":
        ticks = pd.date_range(pd.Timestamp(first.year, 1, 1), last, freq="YS")
        written = [year_text(tick, language) for tick in ticks]
    elif by == "month":
        ticks = pd.date_range(first.replace(day=1), last, freq="MS")
        written = [month_text(tick, language) for tick in ticks]
    else:
        ticks = pd.date_range(first, last, freq="7D")
        written = [short_day_text(tick, language) for tick in ticks]
    every = -(-len(ticks) // MOST_TICKS) or 1
    return {
        "type": "date",
        "tickvals": list(ticks[::every]),
        "ticktext": written[::every],
        "autotickangles": [0, 45, 90],  # turned where a phone leaves no room
    }


def months_written(months: pd.Series, language: Language) -> list[str]:
    """For hover labels."""
    return [month_text(month, language) for month in months]


def days_written(days: pd.Series, language: Language) -> list[str]:
    return [day_text(day, language) for day in days]
