"""Charts of renewal and of the forecast: what is incomplete or only forecast looks so."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from adoption.charts import expiry_calendar, forecast, renewal
from adoption.charts.chart import Question
from adoption.formats import number_text
from adoption.metrics import Selection
from adoption.store import Store
from tests.charts.test_charts import AS_OF, asked, certificate, store_with

COHORTS = pd.DataFrame(
    {
        "expiry_month": pd.to_datetime(["2012-07-01", "2012-08-01", "2013-08-01", "2013-09-01"]),
        "due": [100, 200, 400, 100],
        "renewed_in_time": [50, 120, 240, 10],
        "late": [10, 20, 0, 0],
        "lapsed": [40, 60, 160, 20],
        "ended": 0,
        "open": [0, 0, 0, 70],
        "rate": [0.5, 0.6, 0.6, 0.1],
        "complete": [True, True, True, False],
        "rate_with_late": [0.6, 0.7, 0.6, 0.1],
        "late_complete": [True, True, False, False],
    }
)


def of(rows: pd.DataFrame, **more: pd.DataFrame) -> Question:
    """A question that every metric but `more` answers with `rows`."""
    return Question(Selection(AS_OF), "en", lambda key, selection: more.get(key, rows))


def test_an_incomplete_month_is_hollow_and_not_joined_to_the_others() -> None:
    drawn = renewal.rate(of(COHORTS)).figure
    assert drawn is not None
    traces = {trace.name: trace for trace in drawn.data}
    in_time, open_ones = traces["Renewed in time"], traces["Renewed in time, incomplete"]
    assert (in_time.mode, list(in_time.y)) == ("lines+markers", [0.5, 0.6, 0.6])
    assert (open_ones.mode, list(open_ones.y)) == ("markers", [0.1])
    assert open_ones.marker.symbol.endswith("-open")
    assert list(traces["With late renewals"].y) == [0.6, 0.7]
    assert list(traces["With late renewals, incomplete"].y) == [0.6, 0.1]


def test_only_complete_months_are_compared() -> None:
    says = renewal.rate(of(COHORTS)).says
    assert "400 certificates due in Aug 2013" in says
    assert "60.0% were renewed in time" in says
    # The twelve months to August 2013 are one cohort here; those before it (50 + 120) of 300.
    assert "up to it 60.0%, over the twelve before 56.7%" in says
    assert "it was 70.0% in Aug 2012" in says
    assert "10.0%" not in says


def test_without_an_earlier_year_nothing_is_compared() -> None:
    assert "twelve" not in renewal.rate(of(COHORTS.tail(2))).says


def test_without_a_complete_month_it_says_so() -> None:
    assert renewal.rate(of(COHORTS.tail(1))).says == "No expiry month is complete yet."


def test_lapses_and_renewals_add_up_to_what_comes_up_for_renewal(sample_store: Store) -> None:
    question = asked(sample_store)
    rows = question.rows("lapse_forecast")
    drawn = forecast.ahead(question).figure
    assert drawn is not None
    lapses, renewals, interval = drawn.data
    assert np.allclose(np.add(lapses.y, renewals.y), rows["expiries"])
    assert np.allclose(np.add(interval.y, interval.error_y.array), rows["lapses_high"])
    assert np.allclose(np.subtract(interval.y, interval.error_y.arrayminus), rows["lapses_low"])
    assert all(bar.marker.pattern.shape for bar in (lapses, renewals))


def test_too_short_a_past_gives_no_forecast_but_says_why(tmp_path: Path) -> None:
    few = store_with(tmp_path, certificate("A", date(2009, 1, 1), date(2014, 1, 1)))
    chart = forecast.ahead(asked(few, "en"))
    assert chart.figure is None
    assert chart.says == "No forecast: it takes 6 finished expiry months."
    assert chart.table.shape[0] == 1


def test_a_month_outside_its_interval_has_another_sign() -> None:
    rows = pd.DataFrame(
        {
            "expiry_month": pd.to_datetime(["2013-06-01", "2013-07-01", "2013-08-01"]),
            "months_ahead": [12, 12, 3],
            "lapses": [100.0, 100.0, 100.0],
            "lapses_low": 90.0,
            "lapses_high": 110.0,
            "actual": [110, 111, 100],
            "within": [True, False, True],
        }
    )
    chart = forecast.back_test(of(rows))
    assert chart.figure is not None
    _, within, outside = chart.figure.data
    assert (list(within.y), list(outside.y)) == ([110], [111])
    assert within.marker.symbol != outside.marker.symbol
    assert "1 of 2 months" in chart.says
    assert "2 of 3 such forecasts" in chart.says


def test_the_calendar_marks_the_peaks_on_their_day(sample_store: Store) -> None:
    question = asked(sample_store)
    busiest = question.rows("busiest_days").assign(peak=lambda rows: rows["expiring"] > 4)
    peaks = busiest[busiest["peak"]]

    def with_peaks(key: str, selection: Selection) -> pd.DataFrame:
        return busiest if key == "busiest_days" else question.answer(key, selection)

    chart = expiry_calendar.calendar(Question(question.selection, "en", with_peaks))
    assert chart.figure is not None
    heat, *_, marks = chart.figure.data
    assert len(marks.x) == len(peaks) > 0
    for week, weekday, count in zip(marks.x, marks.y, peaks["expiring"], strict=True):
        column = list(pd.to_datetime(heat.x)).index(pd.Timestamp(week))
        assert heat.z[list(heat.y).index(weekday)][column] == count
    assert f"◆ marks {number_text(len(peaks))} peaks" in chart.says
