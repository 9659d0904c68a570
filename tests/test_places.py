"""The names of the counties on any day, and the map that is drawn with them."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from adoption import places

MAP = Path(__file__).resolve().parent.parent / "data" / "reference" / "map" / "counties.geojson"
BRIEFING_DAY = date(2013, 9, 24)


def test_there_are_22_counties_today_and_5_former_names() -> None:
    on_any_day = places.counties()
    today = [county for county in on_any_day if county.is_official_on(date(2020, 1, 1))]
    assert len(on_any_day) == 27
    assert len(today) == 22
    assert all(county.became is None for county in today)
    assert {county.name for county in on_any_day} - {county.name for county in today} == {
        "臺北縣",
        "臺中縣",
        "臺南縣",
        "高雄縣",
        "桃園縣",
    }


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("臺北市", "臺北市"),
        ("台北市", "臺北市"),
        ("台北巿", "臺北市"),  # U+5DFF
        (" 臺 北 市 ", "臺北市"),
        ("臺　北　市", "臺北市"),
        ("台東", "臺東縣"),
        ("桃園", "桃園市"),
        ("桃園縣", "桃園縣"),  # a former name stays what was recorded
        ("台中縣", "臺中縣"),
        ("台中", "臺中市"),
        ("新竹", None),  # a city and a county
        ("嘉義", None),
        ("新竹縣", "新竹縣"),
        ("總計", None),
        ("臺灣地區", None),
        ("", None),
        ("市", None),
    ],
)
def test_official_name(text: str, official: str | None) -> None:
    assert places.official_name(text) == official


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("桃园市", "桃園市"),
        ("彰化县", "彰化縣"),
        ("桃圓縣", "桃園縣"),
        ("台比市", None),  # as near to 臺中市 as to 臺北市
        ("新竹", None),
        ("總計", None),
        ("company", None),
        ("", None),
    ],
)
def test_closest_name(text: str, suggestion: str | None) -> None:
    assert places.closest_name(text) == suggestion


@pytest.mark.parametrize(
    ("name", "day", "then"),
    [
        ("臺中縣", BRIEFING_DAY, "臺中市"),
        ("臺中縣", date(2005, 1, 1), "臺中縣"),
        ("臺中縣", date(2010, 12, 24), "臺中縣"),  # its last day
        ("臺中縣", date(2010, 12, 25), "臺中市"),
        ("臺中市", date(2005, 1, 1), "臺中市"),  # the city existed beside the county
        ("桃園市", BRIEFING_DAY, "桃園縣"),
        ("桃園市", date(2014, 12, 24), "桃園縣"),
        ("桃園市", date(2014, 12, 25), "桃園市"),
        ("桃園縣", date(2014, 12, 24), "桃園縣"),
        ("桃園縣", date(2014, 12, 25), "桃園市"),
        ("桃園縣", date(2020, 1, 1), "桃園市"),
        ("新北市", date(2005, 1, 1), "臺北縣"),
        ("臺北縣", BRIEFING_DAY, "新北市"),
        ("連江縣", BRIEFING_DAY, "連江縣"),
    ],
)
def test_name_on(name: str, day: date, then: str) -> None:
    assert places.name_on(name, day) == then


def test_name_on_knows_no_other_names() -> None:
    with pytest.raises(KeyError):
        places.name_on("台北市", BRIEFING_DAY)


def test_renamed_on_holds_only_the_names_that_differ() -> None:
    assert places.renamed_on(BRIEFING_DAY) == {
        "桃園市": "桃園縣",
        "臺北縣": "新北市",
        "臺中縣": "臺中市",
        "臺南縣": "臺南市",
        "高雄縣": "高雄市",
    }
    assert places.renamed_on(date(2005, 1, 1)) == {"新北市": "臺北縣", "桃園市": "桃園縣"}
    assert places.renamed_on(date(2020, 1, 1))["桃園縣"] == "桃園市"


def test_english_name() -> None:
    assert places.english_name("連江縣") == "Lienchiang County"
    assert places.english_name("桃園縣") == "Taoyuan County"


def test_the_map_has_the_22_names_of_today_as_ids() -> None:
    features = json.loads(MAP.read_text(encoding="utf-8"))["features"]
    today = {county.name for county in places.counties() if county.became is None}
    assert len(features) == 22
    assert {feature["id"] for feature in features} == today
    assert all(
        feature["properties"]["name_en"] == places.english_name(feature["id"])
        for feature in features
    )


def test_the_map_is_small_and_bounded() -> None:
    """東沙 (116.7 E, 20.7 N) or 南沙 would shrink Taiwan to a dot."""
    corners = [corner for ring in _outer_rings() for corner in ring]
    assert MAP.stat().st_size <= 150_000
    assert min(x for x, _ in corners) > 118.0
    assert max(x for x, _ in corners) < 122.2
    assert min(y for _, y in corners) > 21.8
    assert max(y for _, y in corners) < 26.5


def test_outer_rings_are_closed_and_clockwise() -> None:
    """d3, which draws Plotly's maps, takes a counter-clockwise ring for the rest of the world."""
    for ring in _outer_rings():
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
        assert _signed_area(ring) < 0


def _outer_rings() -> list[list[list[float]]]:
    rings = []
    for feature in json.loads(MAP.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        is_one = shape["type"] == "Polygon"
        polygons = [shape["coordinates"]] if is_one else shape["coordinates"]
        rings += [polygon[0] for polygon in polygons]
    return rings


def _signed_area(ring: list[list[float]]) -> float:
    """Positive when the ring runs counter-clockwise, in square degrees."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
