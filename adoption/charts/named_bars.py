"""Horizontal bars with their names above them: long names leave room for the bars on a phone."""

from collections.abc import Sequence

import plotly.graph_objects as go

from adoption.charts import theme

_ROW = 44  # pixels: a line of text and a bar


def shortened(name: str, most: int = 16) -> str:
    """A long name leaves no room for the bars."""
    return name if len(name) <= most else name[: most - 1] + "…"


def rows_figure(names: Sequence[str], legend: bool = False) -> go.Figure:
    """An empty figure with a row for each of `names`, the first on top; bars go to y = 0, 1 ..."""
    figure = theme.figure(
        height=64 + _ROW * len(names) + (28 if legend else 0),
        right=24,
        bargap=0.66,
        showlegend=legend,
        annotations=[
            {
                "text": theme.without_markup(name),
                "x": 0,
                "xref": "x domain",
                "xanchor": "left",
                "y": row,
                "yshift": 15,
                "align": "left",
                "showarrow": False,
            }
            for row, name in enumerate(names)
        ],
    )
    figure.update_layout(margin={"t": 40 if legend else 8})
    # Room above the first bar for its name.
    figure.update_yaxes(
        range=[len(names) - 0.6, -0.8],
        tickvals=list(range(len(names))),
        ticktext=[theme.without_markup(name) for name in names],
        showticklabels=False,
        showgrid=False,
    )
    return figure
