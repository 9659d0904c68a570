"""The counties of Taiwan on a map, shaded by a share, with the number on each.

Outlines: data/reference/map, with their source and licence. They are those of today.
"""

import json
from functools import cache
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from adoption.charts.codes import name
from adoption.charts.meanings import DARK, LIGHT
from adoption.charts.renderers.plotly.layout import figure, without_markup
from adoption.charts.spec import ChartSpec
from adoption.policy import DATA

HEIGHT = 540
LONGITUDES, LATITUDES = (118.0, 122.2), (21.8, 26.5)
# From a low share to a high one. Both ends are opaque, so that a label's colour can be chosen for
# what it stands on, in either theme.
SHADES = [[0.0, "#e4def4"], [0.5, "#a79bd3"], [1.0, "#453882"]]
BORDER = "rgba(96,86,150,0.7)"  # keeps a light islet visible on white
UNKNOWN = "rgba(138,143,152,0.35)"
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


def county_map(spec: ChartSpec) -> go.Figure:
    """Places are counties of today, with notes for who points at them; the others are grey."""
    (series,) = spec.series
    shares = {
        str(at): share or 0.0 for at, share in zip(spec.places.at, series.values, strict=True)
    }
    low, high = _range(list(shares.values()))
    made = figure(HEIGHT, showlegend=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    unknown = [county for county in outlines() if county not in shares]
    made.add_choropleth(
        **_areas(unknown),
        z=[0] * len(unknown),
        hoverinfo="skip",
        showscale=False,
        colorscale=[[0, UNKNOWN], [1, UNKNOWN]],
    )
    made.add_choropleth(
        **_areas(list(shares)),
        z=list(shares.values()),
        zmin=low,
        zmax=high,
        colorscale=SHADES,
        customdata=[without_markup(note).replace("\n", "<br>") for note in spec.places.notes],
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
    inland = {county: share for county, share in shares.items() if county not in _AT_SEA}
    letters = [LIGHT if share > (low + high) / 2 else DARK for share in inland.values()]
    _write(
        made,
        [(_INLAND.get(each) or _middle(each), f"{inland[each]:.0%}") for each in inland],
        letters,
    )
    at_sea = {county: place for county, place in _AT_SEA.items() if county in shares}
    _write(
        made,
        [
            (at, f"{_short(name(each, spec.language))} {shares[each]:.0%}")
            for each, at in at_sea.items()
        ],
    )
    made.update_geos(
        visible=False,
        bgcolor="rgba(0,0,0,0)",
        projection={"type": "mercator"},
        lonaxis={"range": LONGITUDES},
        lataxis={"range": LATITUDES},
    )
    return made


def _short(name: str) -> str:
    """Without the kind of county, which English spells out."""
    return name.removesuffix(" County").removesuffix(" City")


def _range(shares: list[float]) -> tuple[float, float]:
    """Full twentieths around the shares: the colours' scale."""
    low, high = min(shares) * 20 // 1 / 20, -(-max(shares) * 20 // 1) / 20
    return (low, high) if low < high else (low, low + 0.05)


def _areas(counties: list[str]) -> dict[str, Any]:
    features = [outlines()[county] for county in counties]
    return {
        "geojson": {"type": "FeatureCollection", "features": features},
        "locations": counties,
        "marker": {"line": {"color": BORDER, "width": 0.7}},
    }


def _write(
    made: go.Figure,
    texts: list[tuple[tuple[float, float], str]],
    letters: list[str] | None = None,
) -> None:
    """Texts at a longitude and latitude, without `letters` in the page's own colour."""
    made.add_scattergeo(
        lon=[place[0] for place, _ in texts],
        lat=[place[1] for place, _ in texts],
        text=[text for _, text in texts],
        mode="text",
        textfont={"size": 11, "color": letters},
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
