"""What stands under every figure, in the figure."""

import plotly.graph_objects as go
import pytest

from adoption.charts.renderers.plotly.footer import WIDTH, with_footer
from adoption.charts.renderers.plotly.layout import figure
from adoption.text.fit import ems


def lines(words: str) -> list[str]:
    text = with_footer(go.Figure().to_dict(), words)["layout"]["title"]["text"]
    return (
        text.removeprefix("<span style='font-weight: 400'>").removesuffix("</span>").split("<br>")
    )


def test_it_breaks_between_its_parts() -> None:
    assert lines("資料來源：憑證 · 統計截止日 民國102年9月24日 · 示範資料") == [
        "資料來源：憑證 · 統計截止日 民國102年9月24日 · 示範資料"
    ]
    assert lines("資料來源：單位、應用系統 · 統計截止日 民國102年9月24日 · 示範資料") == [
        "資料來源：單位、應用系統 · 統計截止日 民國102年9月24日",
        "示範資料",
    ]


@pytest.mark.parametrize(
    "words", ["篩選：" + "臺北市、" * 20, "Filters: " + "Taipei City, " * 20, "A · B", ""]
)
def test_a_long_part_breaks_where_its_language_may(words: str) -> None:
    made = lines(words)
    assert all(ems(line) <= WIDTH for line in made)
    assert "".join(made).replace(" ", "") == words.replace(" ", "")


def test_names_in_it_are_no_markup() -> None:
    assert lines("<b>&甲</b>") == ["&lt;b>&amp;甲&lt;/b>"]


def test_a_figure_grows_by_its_footer() -> None:
    made = figure(height=300).to_dict()
    short, long = (with_footer(made, "甲" * times)["layout"]["height"] for times in (1, 100))
    assert 300 < short < long
    assert made["layout"]["height"] == 300
