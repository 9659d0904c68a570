"""The counties of Taiwan on a map, shaded by a share, with the number on each.

Outlines: data/reference/map, with their source and licence. They are those of today.
"""

import json
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from adoption.charts import theme
from adoption.places import name_on
from adoption.policy import DATA

HEIGHT = 540
OUTLINES_OF = date(2020, 1, 1)  # a day on which the counties were named as in the outlines
LONGITUDES, LATITUDES = (118.0, 122.2), (21.8, 26.5)
# Where a number stands if not in the middle of its county: a neighbour's would be in the way.
_INLAND = {"新北市": (121.62, 24.89), "嘉義縣": (120.68, 23.42), "嘉義市": (120.45, 23.48)}
# Too small to write on: beside the county, in the sea, with its name.
_AT_SEA = {
    "金門縣": (118.55, 24.62),
    "連江縣": (119.75, 26.02),
    "澎湖縣": (119.45, 23.9),
    "基隆市": (121.7, 25.4),
    "新竹市": (120.6, 24.92),
}


@cache
def outlines() -> dict[str, dict[str, Any]]:
    """County of today -> its GeoJSON feature."""
    text = (DATA / "reference" / "map" / "counties.geojson").read_text("utf-8")
    return {feature["id"]: feature for feature in json.loads(text)["features"]}


def outline_of(county: str) -> str:
    """The county of today that a county of any day is in."""
    return name_on(county, OUTLINES_OF)


def shaded(shares: pd.DataFrame) -> go.Figure:
    """`shares`: by outline (index), share (0 to 1), name, written and hover text.

    Counties without a share are grey.
    """
    low, high = _range(shares["share"])
    figure = theme.figure(height=HEIGHT, showlegend=False)
    unknown = [county for county in outlines() if county not in shares.index]
    figure.add_choropleth(
        **_areas(unknown),
        z=[0] * len(unknown),
        hoverinfo="skip",
        showscale=False,
        colorscale=[[0, theme.UNKNOWN], [1, theme.UNKNOWN]],
    )
    figure.add_choropleth(
        **_areas(list(shares.index)),
        z=shares["share"],
        zmin=low,
        zmax=high,
        colorscale=theme.RATE_SHADES,
        customdata=shares["hover"],
        hovertemplate="%{customdata}<extra></extra>",
        colorbar={
            "tickformat": ".0%",
            "thickness": 12,
            "len": 0.35,
            "x": 0.0,
            "xanchor": "left",
            "y": 0.0,
            "yanchor": "bottom",
        },
    )
    _write(figure, shares, (low + high) / 2)
    figure.update_geos(
        visible=False,
        bgcolor="rgba(0,0,0,0)",
        projection={"type": "mercator"},
        lonaxis={"range": LONGITUDES},
        lataxis={"range": LATITUDES},
    )
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def _range(shares: pd.Series) -> tuple[float, float]:
    """Full twentieths around the shares: the colours' scale."""
    low, high = shares.min() * 20 // 1 / 20, -(-shares.max() * 20 // 1) / 20
    return (low, high) if low < high else (low, low + 0.05)


def _areas(counties: list[str]) -> dict[str, Any]:
    features = [outlines()[county] for county in counties]
    return {
        "geojson": {"type": "FeatureCollection", "features": features},
        "locations": counties,
        "marker": {"line": {"color": theme.BORDER, "width": 0.7}},
    }


def _write(figure: go.Figure, shares: pd.DataFrame, middle: float) -> None:
    """The numbers: dark on light counties, light on dark ones, in the page's colour at sea."""
    at_sea = shares[shares.index.isin(list(_AT_SEA))]
    inland = shares.drop(at_sea.index)
    places = [_INLAND.get(county) or _middle(county) for county in inland.index]
    figure.add_scattergeo(
        lon=[place[0] for place in places],
        lat=[place[1] for place in places],
        text=inland["written"],
        mode="text",
        textfont={
            "size": 11,
            "color": [theme.ON_DARK if s > middle else theme.ON_LIGHT for s in inland["share"]],
        },
        hoverinfo="skip",
    )
    figure.add_scattergeo(
        lon=[_AT_SEA[county][0] for county in at_sea.index],
        lat=[_AT_SEA[county][1] for county in at_sea.index],
        text=at_sea["name"] + " " + at_sea["written"],
        mode="text",
        textfont={"size": 11},
        hoverinfo="skip",
    )


@cache
def _middle(county: str) -> tuple[float, float]:
    """The centre of gravity of the county's largest part."""
    geometry = outlines()[county]["geometry"]
    is_one = geometry["type"] == "Polygon"
    parts = [geometry["coordinates"]] if is_one else geometry["coordinates"]
    return max((_centre(part[0]) for part in parts), key=lambda found: found[0])[1]


def _centre(ring: list[list[float]]) -> tuple[float, tuple[float, float]]:
    """The area that a closed ring encloses, and its centre of gravity."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        area, x, y = area + cross / 2, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return abs(area), (x / (6 * area), y / (6 * area))
