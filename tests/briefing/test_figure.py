"""What is read from the dashboard's figures, to be drawn natively."""

import pandas as pd
import plotly.graph_objects as go
import pytest

from adoption.briefing.workbook.figure import Drawing, drawing
from adoption.charts import theme
from adoption.charts.chart import Chart, Question
from adoption.language import Language
from adoption.metrics import METRICS, Selection

DAYS = pd.Series(pd.to_datetime(["2013-09-25", "2013-09-28"]))
MONTHS = pd.Series(pd.to_datetime(["2013-07-01", "2013-09-01"]))


def read(
    figure: go.Figure, key: str, along: str | None = None, language: Language = "zh"
) -> Drawing:
    question = Question(
        Selection(pd.Timestamp("2013-09-24").date()), language, lambda key, _: pd.DataFrame()
    )
    found = drawing(question, Chart(METRICS[key], "題", "", figure, pd.DataFrame()), along)
    assert found is not None
    return found


def test_time_goes_on_where_there_is_nothing() -> None:
    days = read(theme.figure(go.Bar(x=DAYS, y=[3, 4])), "expiring", "day")
    assert days.categories == ("102/09/25", "102/09/26", "102/09/27", "102/09/28")
    assert days.series[0].values == (3, None, None, 4)
    assert days.category_title == "日期"
    months = read(theme.figure(go.Bar(x=MONTHS, y=[3, 4])), "certificates_issued", "month", "en")
    assert months.categories == ("Jul 2013", "Aug 2013", "Sep 2013")
    assert months.series[0].values == (3, None, 4)


def test_series_of_other_months_stand_on_one_axis() -> None:
    figure = theme.figure(
        go.Scatter(name="後", x=MONTHS[1:], y=[0.5], mode="markers"),
        go.Scatter(name="前", x=MONTHS[:1], y=[float("nan")], mode="lines"),
        go.Scatter(name="全", x=MONTHS, y=[0.1, 0.2], mode="lines", line={"dash": "dot"}),
    )
    figure.update_yaxes(tickformat=".0%", title={"text": "比率"})
    found = read(figure, "renewal_rate", "expiry_month")
    assert [(series.name, series.values) for series in found.series] == [
        ("後", (None, None, 0.5)),
        ("全", (0.1, None, 0.2)),
    ]
    assert [series.is_dashed for series in found.series] == [False, True]
    assert (found.is_share, found.is_stacked, found.value_title) == (True, False, "比率")


def test_the_first_bar_is_on_top_and_names_are_as_recorded() -> None:
    names = ["<b>&甲</b>", "<b>&甲</b>", "乙<br>"]
    series = [theme.Series("系統", [3, 2, 1], "#123456")]
    found = read(theme.stacked_rows(names, series, theme.count_axis("數")), "systems_by_unit")
    assert found.lies
    assert found.categories == tuple(names)
    assert found.series[0].values == (3, 2, 1)
    assert found.series[0].colours == ("#123456",)


def test_an_axis_that_runs_backwards_is_kept() -> None:
    figure = theme.figure(go.Scatter(x=[-1, 0, 1], y=[1, 2, 3], mode="lines", stackgroup="all"))
    figure.update_xaxes(range=[1, -1])
    found = read(figure, "renewal_survival")
    assert found.categories == ("1", "0", "−1")
    assert found.series[0].values == (3, 2, 1)
    assert (found.series[0].look, found.is_stacked) == ("area", True)


def test_a_mark_on_bars_gives_them_their_interval() -> None:
    figure = theme.figure(go.Bar(name="預測", x=MONTHS, y=[3, 4]), go.Bar(x=MONTHS, y=[1, 1]))
    reach = {"array": [1, 2], "arrayminus": [2, 1], "symmetric": False}
    figure.add_scatter(x=MONTHS, y=[3, 4], mode="markers", error_y=reach)
    found = read(figure, "lapse_forecast", "month")
    assert [series.look for series in found.series] == ["bar", "bar"]
    assert (found.series[0].above, found.series[0].below) == ((1, 0, 2), (2, 0, 1))
    assert found.series[1].above == ()


def test_incomplete_months_are_marked() -> None:
    figure = theme.figure(go.Bar(x=MONTHS, y=[3, 4]))
    figure.add_vrect(x0=pd.Timestamp("2013-08-15"), x1=pd.Timestamp("2013-09-15"))
    found = read(figure, "reminder_journey", "expiry_month")
    assert found.categories == ("102年7月", "102年8月", "102年9月 *")
    assert found.category_title == "到期月份（*：未完整）"


@pytest.mark.parametrize(
    "figure",
    [None, theme.figure(go.Heatmap(z=[[1]])), theme.figure(go.Bar(x=[None], y=[None]))],
)
def test_what_office_cannot_draw_has_no_drawing(figure: go.Figure | None) -> None:
    question = Question(Selection(pd.Timestamp("2013-09-24").date()), "zh", lambda *_: None)
    chart = Chart(METRICS["expiring"], "題", "", figure, pd.DataFrame())
    assert drawing(question, chart, "day") is None


def test_it_is_told_in_words() -> None:
    figure = theme.figure(go.Bar(name="甲", x=["A", "B"], y=[1234, 5]))
    question = Question(Selection(pd.Timestamp("2013-09-24").date()), "en", lambda *_: None)
    assert read(figure, "expiring").in_words(question) == "題; 甲: at most 1,234 (A)"
