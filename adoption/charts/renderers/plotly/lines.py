"""Lines along time, and areas one on the other."""

from collections.abc import Sequence
from datetime import timedelta

import plotly.graph_objects as go

from adoption.charts.meanings import colour
from adoption.charts.renderers.plotly.bars import interval
from adoption.charts.renderers.plotly.layout import (
    REFERENCE,
    add_marks,
    figure,
    hover,
    place_axis,
    value_axis,
    without_markup,
)
from adoption.charts.spec import ChartSpec, Place, Series

HEIGHT = 340
NEAR = 0.12  # of the highest point: labels of lines that end closer move apart
APART = 16  # pixels
SYMBOLS = {"dash": "line-ew-open"}


def lines(spec: ChartSpec) -> go.Figure:
    """Named where they end, or, without such a name, in the legend."""
    is_named = any(series.end for series in spec.series)
    made = figure(HEIGHT, showlegend=len(spec.series) > 1 and not is_named)
    for series in spec.series:
        _add_line(made, spec, series)
    for series, shift in zip(spec.series, _shifts(spec), strict=True):
        if series.end:
            _name_end(made, spec, series, shift)
    _shade_unlike(made, spec)
    add_marks(made, spec)
    made.update_xaxes(**place_axis(spec))
    made.update_yaxes(**value_axis(spec))
    return made


def _known(places: Sequence[Place], series: Series) -> list[int]:
    return [number for number, value in enumerate(series.values) if value is not None]


def _add_line(made: go.Figure, spec: ChartSpec, series: Series) -> None:
    known = _known(spec.places.at, series)
    told = hover(spec, spec.texts(series))
    has_line = series.line != "none"
    # A single value has no line to the next.
    symbol = series.symbol or ("circle" if len(known) == 1 else "")
    made.add_scatter(
        name=without_markup(series.name),
        x=[spec.places.at[number] for number in known],
        y=[series.values[number] for number in known],
        mode="+".join(filter(None, ("lines" if has_line else "", "markers" if symbol else ""))),
        line={
            "color": colour(series.meaning),
            "width": 2.5,
            "dash": "dot" if series.line == "dashed" else "solid",
        },
        marker={
            "symbol": SYMBOLS.get(symbol, symbol or "circle"),
            "size": 8,
            "color": colour(series.meaning),
            "line": {"width": 2 if symbol == "dash" else 1, "color": colour(series.meaning)},
        },
        error_y=interval(series, REFERENCE) if series.low else None,
        hovertemplate=told["hovertemplate"],
        customdata=[told["customdata"][number] for number in known],
    )


def _shifts(spec: ChartSpec) -> list[int]:
    """By how many pixels the label of each line moves up or down."""
    ends = [
        next((v for v in reversed(series.values) if v is not None), None) if series.end else None
        for series in spec.series
    ]
    return [
        sum(
            APART if mine > other or (mine == other and place < number) else -APART
            for number, other in enumerate(ends)
            if number != place and other is not None and abs(mine - other) < NEAR * spec.reach
        )
        if mine is not None
        else 0
        for place, mine in enumerate(ends)
    ]


def _name_end(made: go.Figure, spec: ChartSpec, series: Series, shift: int) -> None:
    known = _known(spec.places.at, series)
    if not known:
        return
    made.add_annotation(
        x=max(spec.places.at),
        y=series.values[known[-1]],
        text=without_markup(series.end).replace("\n", "<br>"),
        font={"color": colour(series.meaning), "size": 13},
        align="left",
        showarrow=False,
        xanchor="left",
        xshift=6,
        yshift=shift,
    )


def _shade_unlike(made: go.Figure, spec: ChartSpec) -> None:
    """A band from the first to the last place that is unlike the others, named above."""
    unlike = [at for at, is_so in zip(spec.places.at, spec.places.unlike, strict=False) if is_so]
    if not unlike:
        return
    half = timedelta(days=15 if spec.places.kind == "month" else 0)
    first, last = unlike[0] - half, unlike[-1] + half  # type: ignore[operator]
    made.add_vrect(x0=first, x1=last, fillcolor=REFERENCE, opacity=0.18, line_width=0)
    made.add_annotation(
        text=spec.places.unlike_name,
        x=last,
        xanchor="right",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
    )


def areas(spec: ChartSpec) -> go.Figure:
    """The first series at the foot; the legend has them from the foot up."""
    made = figure(400, hovermode="x unified")
    for series in spec.series:
        made.add_scatter(
            name=without_markup(series.name),
            x=spec.places.at,
            y=series.values,
            stackgroup="all",
            mode="lines",
            line={"color": colour(series.meaning), "width": 1},
            hovertemplate="%{y:.1%}" if spec.is_share else "%{y:,}",
        )
    add_marks(made, spec)
    made.update_xaxes(**place_axis(spec))
    made.update_yaxes(**value_axis(spec))
    return made
