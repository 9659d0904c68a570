"""A briefing's charts as the dashboard draws them: what the deck will show, before there is one."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from adoption.briefing.content import Plot, Series
from adoption.charts import theme
from adoption.charts.named_bars import shortened
from adoption.language import Language

_INSIDE = {
    "textposition": "inside",
    "insidetextanchor": "middle",
    "textangle": 0,
    "textfont": {"size": 11, "color": "white"},
}
MOST_LETTERS = 32  # of a name beside its bar, to leave a phone room
YEARS_FROM = 36  # months: a longer axis has years


def drawn(plot: Plot, language: Language) -> go.Figure:
    """The figure of `plot`, without its title; hover labels say what is not written in it."""
    made = _lying(plot) if plot.kind.endswith("bars") else _standing(plot, language)
    if not plot.is_share:
        theme.count_in_whole_steps(made)
    return made


def _axis(plot: Plot) -> dict[str, object]:
    axis = theme.share_axis if plot.is_share else theme.count_axis
    return axis(plot.value_title)


def _colours(series: Series) -> str | list[str]:
    return list(series.colours) or series.colour


def _lying(plot: Plot) -> go.Figure:
    names = [theme.without_markup(name) for name in plot.categories]
    is_stacked = plot.kind == "stacked_bars"
    made = theme.figure(
        # On a phone the legend has a line a series.
        height=90 + 26 * len(names) + 18 * len(plot.series),
        right=56,
        barmode="stack" if is_stacked else "group",
        showlegend=len(plot.series) > 1,
    )
    for series in plot.series:
        made.add_bar(
            name=theme.without_markup(series.name),
            x=series.values,
            # A row stands at its number: names can be the same.
            y=list(range(len(names))),
            customdata=names,
            orientation="h",
            marker={"color": _colours(series)},
            text=plot.texts(series),
            cliponaxis=False,
            hovertemplate="%{customdata}　%{text}",
            **(_INSIDE if is_stacked else {"textposition": "outside"}),
        )
    made.update_xaxes(**_axis(plot))
    made.update_yaxes(
        range=[len(names) - 0.5, -0.5],
        tickvals=list(range(len(names))),
        ticktext=[theme.without_markup(shortened(name, MOST_LETTERS)) for name in plot.categories],
        showgrid=False,
        zeroline=False,
    )
    return made


def _standing(plot: Plot, language: Language) -> go.Figure:
    names = [theme.without_markup(name) for name in plot.categories]
    places = list(plot.months) or names
    made = theme.figure(
        barmode="stack" if plot.kind == "stacked_columns" else "group",
        showlegend=len(plot.series) > 1,
        right=56,
    )
    for series in plot.series:
        shared = {
            "name": theme.without_markup(series.name),
            "x": places,
            "y": series.values,
            "customdata": [
                f"{name}　{value}" for name, value in zip(names, plot.texts(series), strict=True)
            ],
            "hovertemplate": "%{customdata}",
        }
        if plot.kind == "lines":
            made.add_scatter(mode="lines", line={"color": series.colour, "width": 2.5}, **shared)
            _name_end(made, plot, series, places)
        else:
            width = theme.MONTH_WIDTH if plot.months else None
            made.add_bar(marker={"color": _colours(series)}, width=width, **shared)
    if plot.months:
        by = "year" if len(places) > YEARS_FROM else "month"
        made.update_xaxes(**theme.time_axis(pd.Series(pd.to_datetime(places)), language, by))
    made.update_yaxes(**_axis(plot))
    return made


def _name_end(made: go.Figure, plot: Plot, series: Series, places: Sequence[object]) -> None:
    """The last value, where the line ends."""
    known = [number for number, value in enumerate(series.values) if value is not None]
    if known:
        made.add_annotation(
            x=places[known[-1]],
            y=series.values[known[-1]],
            text=plot.texts(series)[known[-1]],
            font={"color": series.colour},
            showarrow=False,
            xanchor="left",
            xshift=4,
        )
