"""The charts of the 提醒 page: no share counts anyone too early, days off are told apart."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from adoption.charts import mails, outcomes, reminders
from adoption.charts.chart import Chart, readable
from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS
from adoption.policy import STAGE_DAYS
from adoption.store import Store
from tests.charts.test_charts import asked
from tests.reference import Certificate
from tests.stores import store_of

A = Certificate("A", "04595257", date(2008, 10, 1), date(2013, 10, 1))


def drawn(chart: Chart) -> dict[str, list[object]]:
    return {each.name: list(each.values) for each in chart.spec.series}


def test_the_funnel_takes_shares_only_of_those_whose_next_due_day_is_past(tmp_path: Path) -> None:
    """As of 2013-09-24 A has reached 45, 30 and 15, and its last due day is 2013-09-30."""
    renewed = Certificate(
        "B", "22099131", date(2008, 9, 1), date(2013, 9, 1), renewal_applied_on=date(2013, 8, 10)
    )  # reached 45 and 30, renewed before the 15 days' mail
    chart = reminders.funnel(asked(store_of(tmp_path, certificates=[A, renewed]), "en"))
    assert drawn(chart) == {
        "Renewed": [0, 1, 0, 0],
        "Ended": [0, 0, 0, 0],
        "Not renewed": [2, 1, 0, 0],
        "Next due day ahead": [0, 0, 1, 0],
    }
    assert chart.spec.places.notes == (
        "2 reached, 0.0% renewed",
        "2 reached, 50.0% renewed",
        "1 reached, — renewed",
        "0 reached, — renewed",
    )
    assert chart.says.startswith("Most renew after '30 days before': 50.0%")


def test_the_shares_of_outcomes_add_up(sample_store: Store) -> None:
    chart = outcomes.outcomes(asked(sample_store))
    texts = chart.spec.texts(chart.spec.series[0])
    assert sum(round(10 * float(text.split("%")[0])) for text in texts) == 1000


def test_without_a_send_log_nothing_is_called_missing(tmp_path: Path) -> None:
    question = asked(store_of(tmp_path, certificates=[A]))
    assert "尚未載入寄送紀錄" in mails.delivery(question).says


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_off_are_told_apart_and_said(tmp_path: Path, language: Language) -> None:
    """A's last mail is due on Monday 2013-09-30; B's is due on the holiday of 2013-10-10."""
    holiday = Certificate("B", "22099131", date(2008, 10, 11), date(2013, 10, 11))
    store = store_of(tmp_path, certificates=[A, holiday])
    chart = mails.workload(asked(store, language))
    assert [
        day for day, off in zip(chart.spec.places.at, chart.spec.places.unlike, strict=True) if off
    ] == [date(2013, 10, 10)]
    # B's 15 days' mail falls on Thursday 2013-09-26.
    assert ("3 封" in chart.says) if language == "zh" else ("3 mails" in chart.says)
    assert "33.3%" in chart.says
    (holiday_mark,) = chart.spec.marks
    assert holiday_mark.name == ("國慶日" if language == "zh" else "National Day")


def test_the_curve_starts_with_all_and_never_rises(sample_store: Store) -> None:
    chart = outcomes.survival(asked(sample_store))
    to_renew = list(chart.spec.series[0].values)
    assert to_renew[0] == 1
    assert to_renew == sorted(to_renew, reverse=True)
    assert [mark.at for mark in chart.spec.marks if mark.name] == list(STAGE_DAYS)


def test_the_table_of_a_chart_is_its_metric(sample_store: Store) -> None:
    question = asked(sample_store)
    for key, draw in {
        "reminder_stages_by_month": reminders.by_month,
        "reminder_conversion": reminders.funnel,
        "reminder_outcomes": outcomes.outcomes,
    }.items():
        chart = draw(question)
        expected = readable(METRICS[key], question.rows(key), "zh")
        assert chart.metric.key == key
        pd.testing.assert_frame_equal(
            chart.table.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
        )
