"""Days as a calendar: a column a week, a row a weekday, darker where more, a diamond on marks."""

import pandas as pd
import plotly.graph_objects as go
from babel.dates import get_day_names

from adoption.charts.meanings import colour
from adoption.charts.renderers.plotly.layout import figure, time_ticks, without_markup
from adoption.charts.spec import ChartSpec

PALE = 0.1


def calendar(spec: ChartSpec) -> go.Figure:
    (series,) = spec.series
    days = pd.DatetimeIndex(spec.places.at)
    cells = pd.DataFrame({"week": _monday(days), "weekday": days.day_of_week})
    cells = cells.assign(
        count=[value or 0 for value in series.values],
        text=[
            f"{day}　{text}" for day, text in zip(spec.place_texts, spec.texts(series), strict=True)
        ],
    )
    counts, texts = (
        cells.pivot(index="weekday", columns="week", values=v) for v in ("count", "text")
    )
    weekdays = _weekdays(spec)
    made = figure(280)
    shades = [_rgba(colour(series.meaning), PALE), colour(series.meaning)]
    made.add_heatmap(
        x=counts.columns,
        y=[weekdays[day] for day in counts.index],
        z=counts.to_numpy(),
        customdata=texts.to_numpy(),
        colorscale=shades,
        xgap=1,  # more would cover the cells on a phone
        ygap=2,
        zmin=0,
        showscale=False,  # the legend says it in less room
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    for shade, count in zip(shades, (0, spec.reach), strict=True):
        marker = {"symbol": "square", "size": 12, "color": shade}
        made.add_scatter(name=spec.text(count), x=[None], y=[None], mode="markers", marker=marker)
    _add_marks(made, spec, weekdays)
    made.update_xaxes(**time_ticks(spec), showgrid=False)
    made.update_yaxes(autorange="reversed", showgrid=False)
    return made


def _weekdays(spec: ChartSpec) -> list[str]:
    names = get_day_names("abbreviated", locale="zh_TW" if spec.language == "zh" else "en")
    return [names[day] for day in range(7)]


def _monday(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return days - pd.to_timedelta(days.day_of_week, unit="D")


def _rgba(hue: str, opacity: float) -> str:
    return (
        f"rgba({', '.join(str(int(hue[place : place + 2], 16)) for place in (1, 3, 5))}, {opacity})"
    )


def _add_marks(made: go.Figure, spec: ChartSpec, weekdays: list[str]) -> None:
    if not spec.marks:
        return
    days = pd.DatetimeIndex([mark.at for mark in spec.marks])
    made.add_scatter(
        name=without_markup(spec.marks[0].name),
        x=_monday(days),
        y=[weekdays[day] for day in days.day_of_week],
        mode="markers",
        marker={
            "symbol": "diamond",
            "size": 6,
            "color": "white",
            "line": {"color": "#333333", "width": 1},
        },
        hoverinfo="skip",
        showlegend=True,
    )
