"""A row a name, bars from a day to a day, and signs on single days."""

from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go

from adoption.charts.meanings import colour
from adoption.charts.renderers.plotly.bars import DAY
from adoption.charts.renderers.plotly.layout import REFERENCE, figure, time_ticks, without_markup
from adoption.charts.renderers.plotly.rows import annotations, headings, height
from adoption.charts.spec import ChartSpec, Series
from adoption.formats import day_text


def timeline(spec: ChartSpec) -> go.Figure:
    rows, heads = len(spec.places.at), headings(spec)
    made = figure(100 + height(heads) * rows, right=24, bargap=0.66)
    for series in spec.series:
        _add(made, spec, series)
    ends = [
        pd.Timestamp(start + timedelta(days=value or 0))
        for series in spec.series
        for start, value in zip(series.starts, series.values, strict=True)
        if start is not None
    ]
    starts = [pd.Timestamp(s) for series in spec.series for s in series.starts if s is not None]
    marked = [pd.Timestamp(mark.at) for mark in spec.marks]
    reached = [*starts, *ends, *marked]
    made.update_xaxes(
        **time_ticks(ChartSpec("", "", spec.language), *reached),
        range=[min(reached) - timedelta(days=30), max(reached) + timedelta(days=60)],
    )
    made.update_yaxes(
        range=[rows - 0.5, -0.9],
        tickvals=list(range(rows)),
        showticklabels=False,
        showgrid=False,
    )
    made.update_layout(annotations=annotations(heads))
    for mark in marked:
        made.add_vline(mark, line={"color": REFERENCE, "width": 1})
    return made


def _add(made: go.Figure, spec: ChartSpec, series: Series) -> None:
    known = [number for number, start in enumerate(series.starts) if start is not None]
    begins = [pd.Timestamp(series.starts[number]) for number in known]
    shared = {
        "name": without_markup(series.name),
        "y": known,
        "customdata": [day_text(day, spec.language) for day in begins],
        "hovertemplate": "%{customdata}",
    }
    if series.symbol:
        marker = {
            "symbol": "diamond-tall",
            "size": 13,
            "color": colour(series.meaning),
            "line": {"color": "white", "width": 1.5},
        }
        made.add_scatter(x=begins, mode="markers", marker=marker, **shared)
    else:
        lengths = [DAY * (series.values[number] or 0) for number in known]
        marker = {"color": colour(series.meaning)}
        made.add_bar(base=begins, x=lengths, orientation="h", marker=marker, **shared)
