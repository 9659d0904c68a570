"""The charts of the 提醒 page: no share counts anyone too early, days off are told apart."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from adoption.charts import conversion, mails, outcomes, reminders
from adoption.charts.chart import Chart, readable
from adoption.language import LANGUAGES, Language
from adoption.metrics import METRICS
from adoption.policy import STAGE_DAYS
from adoption.store import Store
from tests.charts.test_charts import AS_OF, asked
from tests.reference import Certificate, Mail
from tests.stores import store_of

A = Certificate("A", "04595257", date(2008, 10, 1), date(2013, 10, 1))


def drawn(chart: Chart) -> dict[str, list[object]]:
    assert chart.figure is not None
    return {trace.name: list(trace.x) for trace in chart.figure.data}


def test_the_funnel_takes_shares_only_of_those_whose_next_due_day_is_past(tmp_path: Path) -> None:
    """As of 2013-09-24 A has reached 45, 30 and 15, and its last due day is 2013-09-30."""
    renewed = Certificate(
        "B", "22099131", date(2008, 9, 1), date(2013, 9, 1), renewal_applied_on=date(2013, 8, 10)
    )  # reached 45 and 30, renewed before the 15 days' mail
    chart = reminders.funnel(asked(store_of(tmp_path, certificates=[A, renewed]), "en"))
    assert chart.figure is not None
    assert drawn(chart) == {
        "Renewed": [0, 1, 0, 0],
        "Ended": [0, 0, 0, 0],
        "Not renewed": [2, 1, 0, 0],
        "Next due day ahead": [0, 0, 1, 0],
    }
    lines = [note.text.split("<br>")[1] for note in chart.figure.layout.annotations]
    assert lines == [
        "2 reached: 0.0% renewed, 0.0% ended, 100.0% not",
        "2 reached: 50.0% renewed, 0.0% ended, 50.0% not",
        "1 reached: — renewed, — ended, — not",
        "0 reached: — renewed, — ended, — not",
    ]
    assert "0.0, 50.0 renewed" in chart.says
    assert "1 are left out of the shares" in chart.says


def test_the_shares_of_outcomes_add_up(sample_store: Store) -> None:
    chart = outcomes.outcomes(asked(sample_store))
    assert chart.figure is not None
    (bar,) = chart.figure.data
    assert sum(round(10 * float(text.split("%")[0])) for text in bar.text) == 1000


def test_certificates_holders_and_mails_are_three_panels(tmp_path: Path) -> None:
    """Two certificates of one holder reached three stages each; two of the six mails went out."""
    other = Certificate("B", A.holder_id, A.issued_on, A.expires_on, card="additional")
    log = [
        Mail("A", 45, date(2013, 8, 17), "delivered"),
        Mail("B", 45, date(2013, 8, 17), "bounced"),
    ]
    store = store_of(tmp_path, certificates=[A, other], reminders=log)
    chart = reminders.counted(asked(store, "en"))
    assert chart.figure is not None
    assert [list(trace.x) for trace in chart.figure.data] == [
        [2, 2, 2, 0],  # certificates
        [1, 1, 1, 0],  # holders
        [2, 0, 0, 0],  # mails
    ]
    assert "2 certificates of 1 holders" in chart.says
    assert "6 mails were due" in chart.says
    assert "the send log has 2 of them" in chart.says


def test_without_a_send_log_nothing_is_called_missing(tmp_path: Path) -> None:
    question = asked(store_of(tmp_path, certificates=[A]))
    assert "尚未載入寄送紀錄" in mails.delivery(question).says
    missing = mails.missing(question)
    assert "尚未載入寄送紀錄" in missing.says
    assert missing.figure is None
    assert missing.table.empty


def test_the_list_has_what_should_have_gone_out(tmp_path: Path) -> None:
    log = [Mail("A", 45, date(2013, 8, 17), "bounced")]
    chart = mails.missing(asked(store_of(tmp_path, certificates=[A], reminders=log), "en"))
    assert chart.table["Due on"].tolist() == ["2013-09-16", "2013-09-01"]
    assert chart.table["Serial"].tolist() == ["A", "A"]
    assert "2 mails that were due" in chart.says


@pytest.mark.parametrize("language", LANGUAGES)
def test_days_off_are_striped_and_said(tmp_path: Path, language: Language) -> None:
    """A's last mail is due on Monday 2013-09-30; B's is due on the holiday of 2013-10-10."""
    holiday = Certificate("B", "22099131", date(2008, 10, 11), date(2013, 10, 11))
    store = store_of(tmp_path, certificates=[A, holiday])
    chart = mails.workload(asked(store, language))
    assert chart.figure is not None
    (last,) = [trace for trace in chart.figure.data if pd.Timestamp(2013, 9, 30) in trace.x]
    assert list(last.marker.pattern.shape) == ["", "/"]
    # B's 15 days' mail falls on Thursday 2013-09-26.
    assert ("3 封" in chart.says) if language == "zh" else ("3 mails" in chart.says)
    assert "33.3%" in chart.says
    names = [note.text for note in chart.figure.layout.annotations]
    assert names == ["國慶日" if language == "zh" else "National Day"]


def test_a_make_up_workday_is_told(tmp_path: Path) -> None:
    """Saturday 2013-09-14 was worked for Friday the 20th."""
    store = store_of(tmp_path, certificates=[A])
    question = asked(store)
    early = type(question)(question.selection.on(date(2013, 9, 1)), "zh", question.answer)
    assert "補班日" not in mails.workload(early).says
    due_then = Certificate("B", "22099131", date(2008, 9, 15), date(2013, 9, 15))
    again = asked(store_of(tmp_path / "again", certificates=[due_then]))
    chart = mails.workload(type(again)(again.selection.on(date(2013, 9, 1)), "zh", again.answer))
    assert "補班日：102/09/14。" in chart.says


def quarters(*renewed: int, of: int = 40) -> list[Certificate]:
    """`of` certificates a quarter from 2012 on, expiring on the first of its second month, of which
    so many renewed two days after their first due day."""
    found = []
    for quarter, count in enumerate(renewed):
        expires = date(2012 + quarter // 4, quarter % 4 * 3 + 2, 1)
        for number in range(of):
            applied = expires - timedelta(days=43) if number < count else None
            serial = f"{quarter}-{number}"
            issued = expires.replace(year=expires.year - 5)
            found.append(Certificate(serial, serial, issued, expires, renewal_applied_on=applied))
    return found


def test_what_if_every_month_were_as_the_best_quarter(tmp_path: Path) -> None:
    # 2012 Q1 to 2013 Q2; the year to 2013-08 holds 2012 Q4 to 2013 Q3 (expired 2013-08-01).
    store = store_of(tmp_path, certificates=quarters(10, 30, 10, 10, 10, 10, 10))
    chart = conversion.WHAT_IF[45](asked(store, "en"))
    # 160 certificates, 40 of them renewed; at 30 of 40 it would have been 120.
    assert "Of 160 certificates" in chart.says
    assert "40 (25.0%) renewed" in chart.says
    assert "At 75.0%, the share of Apr 2012 to Jun 2012, it would have been 80 more." in chart.says


def test_a_quarter_of_few_is_not_the_best(tmp_path: Path) -> None:
    few = quarters(0, 29, of=29)  # all of 2012 Q2 renewed, but they are only 29
    many = [
        Certificate(f"M{each.serial}", f"M{each.serial}", each.issued_on, each.expires_on)
        for each in quarters(*[0] * 7)[80:]
    ]
    chart = conversion.WHAT_IF[45](asked(store_of(tmp_path, certificates=[*few, *many]), "en"))
    assert "it would have been 0 more" in chart.says


@pytest.mark.parametrize("stage", STAGE_DAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_if_works_for_every_stage_and_an_empty_store(
    sample_store: Store, empty_store: Store, stage: int, language: Language
) -> None:
    chart = conversion.WHAT_IF[stage](asked(sample_store, language))
    assert "{" not in chart.says
    assert conversion.WHAT_IF[stage](asked(empty_store, language)).figure is None


def test_incomplete_months_are_framed_and_named(sample_store: Store) -> None:
    chart = conversion.by_month(asked(sample_store))
    assert chart.figure is not None
    marked = [text for text in chart.figure.layout.yaxis.ticktext if "未完整" in text]
    # September and the two months of which some have reached a stage by 2013-09-24.
    assert marked == ["102年11月（未完整）", "102年10月（未完整）", "102年9月（未完整）"]
    assert len(chart.figure.layout.shapes) == len(marked)
    assert date(2013, 9, 24) == AS_OF


def test_the_curve_starts_with_all_and_never_rises(sample_store: Store) -> None:
    chart = outcomes.survival(asked(sample_store))
    assert chart.figure is not None
    to_renew = list(chart.figure.data[0].y)
    assert to_renew[0] == 1
    assert to_renew == sorted(to_renew, reverse=True)


def test_a_chart_shows_its_metric_and_two_metrics_agree_on_who_came_to_a_stage(
    sample_store: Store,
) -> None:
    question = asked(sample_store)
    by_month = question.rows("reminder_conversion_by_month")
    columns = ["expiry_month", "stage", "certificates"]
    stages = question.rows("reminder_stages_by_month")
    pd.testing.assert_frame_equal(by_month[columns].reset_index(drop=True), stages)
    for key, draw in {
        "reminder_stages_by_month": reminders.by_month,
        "reminder_conversion": reminders.funnel,
        "reminder_what_if": conversion.WHAT_IF[45],
        "reminder_outcomes": outcomes.outcomes,
    }.items():
        chart = draw(question)
        expected = readable(METRICS[key], question.rows(key), "zh")
        assert chart.metric.key == key
        pd.testing.assert_frame_equal(
            chart.table.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
        )
