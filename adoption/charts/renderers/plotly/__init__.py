"""A ChartSpec as a Plotly figure: on the pages, and in the preview of a briefing."""

from collections.abc import Callable

import plotly.graph_objects as go

from adoption.charts.renderers.plotly.bars import bars
from adoption.charts.renderers.plotly.calendar import calendar
from adoption.charts.renderers.plotly.footer import with_footer
from adoption.charts.renderers.plotly.lines import areas, lines
from adoption.charts.renderers.plotly.map import county_map
from adoption.charts.renderers.plotly.timeline import timeline
from adoption.charts.spec import ChartSpec, Kind

__all__ = ["figure", "with_footer"]

_DRAW: dict[Kind, Callable[[ChartSpec], go.Figure]] = {
    "bar": bars,
    "line": lines,
    "area": areas,
    "calendar": calendar,
    "timeline": timeline,
    "map": county_map,
}


def figure(spec: ChartSpec) -> go.Figure | None:
    """None where there is nothing to draw. Title and sentence stand beside it, on the page."""
    return _DRAW[spec.kind](spec) if spec.series else None
