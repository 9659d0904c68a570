"""A bar a reminder stage, cut into parts, with a line of words over each: read on a phone too."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme

ROW = 66  # of a bar and its two lines


def stage_bars(
    names: Sequence[str],
    words: Sequence[str],
    parts: Mapping[str, tuple[pd.Series, str]],
    axis: str,
) -> go.Figure:
    """`parts`: what a part is called -> its counts, one a bar, and its colour."""
    figure = theme.figure(height=100 + ROW * len(names), bargap=0.62, right=24)
    for part, (counts, colour) in parts.items():
        figure.add_bar(
            name=part,
            x=counts,
            y=list(range(len(names))),
            customdata=list(names),
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{customdata}　%{x:,}",
        )
    for place, (name, line) in enumerate(zip(names, words, strict=True)):
        figure.add_annotation(
            text=f"<b>{name}</b><br>{line}",
            x=0,
            xref="paper",
            xanchor="left",
            y=place - 0.2,
            yanchor="bottom",
            align="left",
            showarrow=False,
            font={"size": 12},
        )
    figure.update_xaxes(**theme.count_axis(axis))
    figure.update_yaxes(
        range=[len(names) - 0.75, -0.85],
        tickvals=list(range(len(names))),
        ticktext=list(names),
        showticklabels=False,
        showgrid=False,
        zeroline=False,
    )
    return figure
