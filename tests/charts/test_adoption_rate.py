"""Charts of the adoption rate: denominators said, great changes marked, places on the map."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from adoption.charts import adoption_rate
from adoption.charts.adoption_rate import OUTLINES_OF
from adoption.charts.chart import Chart, Question
from adoption.charts.differences import differing
from adoption.charts.renderers.plotly.map import outlines
from adoption.metrics import METRICS, Selection, evaluate
from adoption.places import counties, name_on
from adoption.store import Store
from tests.reference import Certificate, Entity
from tests.stores import store_of

DAY = date(2013, 9, 24)


def asked(store: Store, day: date = DAY, **narrowed: tuple[str, ...]) -> Question:
    def answer(key, selection):  # type: ignore[no-untyped-def]
        return evaluate(store, METRICS[key], selection)

    return Question(Selection(day, **narrowed), "zh", answer)  # type: ignore[arg-type]


def held(number: int, county: str = "臺北市", org_type: str = "company") -> Certificate:
    holder = f"{number:08d}"
    return Certificate(holder, holder, date(2009, 1, 5), date(2014, 1, 4), org_type, county)


def shaded(chart: Chart) -> dict[str, float]:
    """County of today -> the share that it is shaded by."""
    (series,) = chart.spec.series
    return dict(zip(chart.spec.places.at, series.values, strict=True))  # type: ignore[arg-type]


def test_the_rate_is_said_with_its_denominator(tmp_path: Path) -> None:
    counted = [Entity(date(2013, 7, 1), "臺北市", "company", 8)]
    store = store_of(tmp_path, certificates=[held(1), held(2)], entities=counted)
    chart = adoption_rate.over_time(asked(store))
    assert chart.spec.places.notes[-1] == "2／8 家（102年7月）"
    says = chart.says
    assert says == "登記的 8 家中 25.0% 持有有效憑證。"


def test_a_great_change_of_the_denominator_is_marked(tmp_path: Path) -> None:
    counted = [
        Entity(date(2013, 5, 1), "臺北市", "company", 100),
        Entity(date(2013, 6, 1), "臺北市", "company", 110),  # +10 %: not more than that
        Entity(date(2013, 7, 1), "臺北市", "company", 122),  # +10.9 %
        Entity(date(2013, 8, 1), "臺北市", "company", 61),
    ]
    store = store_of(tmp_path, certificates=[held(1)], entities=counted)
    chart = adoption_rate.over_time(asked(store))
    assert [(mark.at, mark.name) for mark in chart.spec.marks] == [
        (date(2013, 7, 1), "登記家數 +11%"),
        (date(2013, 8, 1), "登記家數 −50%"),
    ]
    assert chart.table["登記家數增減逾10%"].tolist()[-3:] == ["是", "是", "否"]


def test_without_any_count_there_is_no_rate_but_a_table(tmp_path: Path) -> None:
    store = store_of(tmp_path, certificates=[held(1)])
    for draw in (
        adoption_rate.over_time,
        adoption_rate.by_county_map,
        adoption_rate.by_county,
        adoption_rate.by_type,
    ):
        chart = draw(asked(store))
        assert chart.figure is None
        assert "沒有可比的登記家數" in chart.says


def test_holders_without_a_count_are_said_to_be_left_out(tmp_path: Path) -> None:
    store = store_of(
        tmp_path,
        certificates=[held(1), held(2, "基隆市"), held(3, "基隆市"), held(4, "臺北市", "other")],
        entities=[
            Entity(date(2013, 8, 1), "臺北市", "company", 4),
            Entity(date(2013, 6, 1), "臺北市", "branch", 1),
        ],
    )
    says = adoption_rate.by_county(asked(store)).says
    assert "未計入：3 家，其縣市或組織別沒有登記家數或未填。" in says


def test_every_county_has_an_outline_and_only_one() -> None:
    today = [county.name for county in counties() if county.became is None]
    assert sorted(outlines()) == sorted(today)
    assert {name_on(county.name, OUTLINES_OF) for county in counties()} == set(today)


def test_the_map_shades_places_under_their_names_of_today(tmp_path: Path) -> None:
    """On a day before 桃園縣 became a city and 臺中縣 a part of one."""
    day = date(2010, 12, 24)
    counted = [
        Entity(date(2010, 11, 1), "桃園縣", "company", 4),
        Entity(date(2010, 11, 1), "臺中縣", "company", 8),
        Entity(date(2010, 11, 1), "臺中市", "company", 2),
    ]
    holders = [held(1, "桃園縣"), held(2, "臺中縣"), held(3, "臺中縣"), held(4, "臺中市")]
    store = store_of(tmp_path, certificates=holders, entities=counted)
    chart = adoption_rate.by_county_map(asked(store, day))
    assert shaded(chart) == {"桃園市": 0.25, "臺中市": 0.3}
    assert len(chart.figure.data[0].locations) == 20  # the others are there, in grey
    assert "25.0%" in "".join(chart.spec.places.notes)
    assert set(chart.table["縣市"]) == {"桃園縣", "臺中縣", "臺中市"}


def test_the_map_follows_the_filter_and_stays_small(sample_store: Store) -> None:
    everywhere = adoption_rate.by_county_map(asked(sample_store))
    rows = asked(sample_store).rows("adoption_rate_by_county").set_index("county")
    assert shaded(everywhere)["桃園市"] == rows.at["桃園縣", "rate"]
    assert len(shaded(everywhere)) == 22
    size = len(json.dumps(everywhere.figure.to_plotly_json(), default=list))
    assert size < 300_000
    one = adoption_rate.by_county_map(asked(sample_store, county=("連江縣",)))
    assert list(shaded(one)) == ["連江縣"]


def test_every_county_has_its_number_on_the_map(sample_store: Store) -> None:
    figure = adoption_rate.by_county_map(asked(sample_store)).figure
    inland, at_sea = figure.data[2:]
    assert len(inland.text) + len(at_sea.text) == 22
    assert all(text.endswith("%") for text in (*inland.text, *at_sea.text))
    assert any(text.startswith("金門縣 ") for text in at_sea.text)


def test_counties_are_ranked_and_compared_with_the_rate_of_all(sample_store: Store) -> None:
    question = asked(sample_store)
    chart = adoption_rate.by_county(question)
    rates = chart.spec.totals
    assert list(rates) == sorted(rates, reverse=True)
    (line,) = chart.spec.marks
    total = question.rows("adoption_rate_totals")["rate"].iloc[0]
    assert line.at == total


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        (["above", "within", "below", "within"], "明顯偏高：甲 90.0%。明顯偏低：丙 50.0%。"),
        (["within"] * 4, "各項差異都在機遇範圍內。"),
        (["below"] * 4, "明顯偏低：丁 30.0%、丙 50.0%、乙 70.0%等，另 1 個。"),
    ],
)
def test_only_what_differs_beyond_chance_is_named(
    sample_store: Store, sides: list[str], said: str
) -> None:
    rows = pd.DataFrame({"unit": list("甲乙丙丁"), "share": [0.9, 0.7, 0.5, 0.3], "differs": sides})
    assert differing(asked(sample_store), rows, "unit", "share") == said
