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
    series = {each.name: each for each in renewal.rate(of(COHORTS)).spec.series}
    in_time, ahead = series["Renewed in time"], series["Renewed in time, incomplete"]
    assert (in_time.line, in_time.values) == ("solid", (0.5, 0.6, 0.6, None))
    assert (ahead.line, ahead.values) == ("none", (None, None, None, 0.1))
    assert ahead.symbol == "circle-open"
    assert series["With late renewals"].values == (0.6, 0.7, None, None)
    assert series["With late renewals, incomplete"].values == (None, None, 0.6, 0.1)


def test_only_complete_months_are_compared() -> None:
    # The twelve months to August 2013 are one cohort here; those before it (50 + 120) of 300.
    assert renewal.rate(of(COHORTS)).says == (
        "60.0% were renewed in time in the latest twelve complete months, 56.7% in the twelve "
        "before."
    )


def test_without_an_earlier_year_nothing_is_compared() -> None:
    assert "before" not in renewal.rate(of(COHORTS.tail(2))).says


def test_without_a_complete_month_it_says_so() -> None:
    assert renewal.rate(of(COHORTS.tail(1))).says == "No expiry month is complete yet."


def test_lapses_and_renewals_add_up_to_what_comes_up_for_renewal(sample_store: Store) -> None:
    question = asked(sample_store)
    rows = question.rows("lapse_forecast")
    chart = forecast.ahead(question)
    lapses, _ = chart.spec.series
    assert np.allclose(chart.spec.totals, rows["expiries"])
    assert (lapses.low, lapses.high) == (tuple(rows["lapses_low"]), tuple(rows["lapses_high"]))
    assert all(chart.spec.places.unlike)
    assert all(chart.figure.data[0].marker.pattern.shape)


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
    _, within, outside = chart.spec.series
    assert (within.values, outside.values) == ((110, None), (None, 111))
    assert within.symbol != outside.symbol
    assert "2 of 3 earlier forecasts" in chart.says


def test_the_calendar_marks_the_peaks_on_their_day(sample_store: Store) -> None:
    question = asked(sample_store)
    busiest = question.rows("busiest_days").assign(peak=lambda rows: rows["expiring"] > 4)
    peaks = busiest[busiest["peak"]]

    def with_peaks(key: str, selection: Selection) -> pd.DataFrame:
        return busiest if key == "busiest_days" else question.answer(key, selection)

    chart = expiry_calendar.calendar(Question(question.selection, "en", with_peaks))
    heat, *_, marks = chart.figure.data
    assert len(marks.x) == len(peaks) > 0
    for week, weekday, count in zip(marks.x, marks.y, peaks["expiring"], strict=True):
        column = list(pd.to_datetime(heat.x)).index(pd.Timestamp(week))
        assert heat.z[list(heat.y).index(weekday)][column] == count
    assert f"◆ marks {number_text(len(peaks))} peaks" in chart.says
