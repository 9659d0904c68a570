"""One look for every figure: colours that always mean the same, axes, margins.

Colours are told apart by people with any of the common colour-vision deficiencies and stand out at
3:1 from white and from the dark theme's background alike. Colour is never the only sign: series are
labelled where they end. Fonts and grid come from Streamlit's theme, light or dark, in the browser.
"""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from adoption.formats import day_text, month_text, short_day_text, year_text
from adoption.language import Language
from adoption.policy import STAGE_DAYS

SIDE = {"ministry": "#2f7fbf", "external": "#c9760a"}
STAGE = dict(zip(STAGE_DAYS, ("#4a90a4", "#6f80c4", "#a468b0", "#c8467f"), strict=True))
ORG_TYPE = {"company": "#3f7cac", "business": "#5f9e6e", "branch": "#a8842c", "other": "#8a8f98"}
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
VALID, HOLDERS = "#2b8a7e", "#7a6bb8"
TO_RENEW, RENEWED = "#c0562f", "#8aa39b"
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

HEIGHT = 320
# Bars on a date axis, in milliseconds: a lone one would fill the axis, or not show at all.
DAY_WIDTH = 0.75 * 86_400_000
MONTH_WIDTH = 25 * 86_400_000
MOST_TICKS = 7


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
    made = go.Figure(list(traces))
    made.update_layout(settings | layout)
    made.update_xaxes(automargin=True, fixedrange=True)
    made.update_yaxes(automargin=True, fixedrange=True)
    return made


def count_axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "rangemode": "tozero", "tickformat": ",d"}


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
