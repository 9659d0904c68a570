"""What expires, whether it is renewed and whom to call: rows in, rows out, at the boundaries."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate
from tests.reference import Certificate
from tests.stores import store_of

D = date(2013, 9, 24)  # a Tuesday
A = Certificate("A", "04595257", date(2008, 10, 1), date(2013, 10, 1))


def asked(
    folder: Path, key: str, certificates: list[Certificate], as_of: date = D, **narrowed: object
) -> pd.DataFrame:
    store = store_of(folder, certificates=certificates)
    rows = evaluate(store, METRICS[key], Selection(as_of, **narrowed))  # type: ignore[arg-type]
    store.close()
    return rows


def expiring_on(days: list[date]) -> list[Certificate]:
    return [
        replace(A, serial=f"A{number}", holder_id=f"{number:08d}", expires_on=day)
        for number, day in enumerate(days)
    ]


def test_a_week_runs_from_monday_to_sunday(tmp_path: Path) -> None:
    days = [
        date(2013, 9, 24),  # today: not ahead
        date(2013, 9, 25),  # what is left of this week
        date(2013, 9, 29),  # its Sunday
        date(2013, 9, 30),  # Monday
        date(2014, 9, 21),  # the Sunday of the 52nd week
        date(2014, 9, 22),  # a day later
    ]
    rows = asked(tmp_path, "expiring_by_week", expiring_on(days))
    assert dict(zip(rows["week"].dt.date, rows["expiring"], strict=True)) == {
        date(2013, 9, 23): 2,
        date(2013, 9, 30): 1,
        date(2014, 9, 15): 1,
    }


def test_a_certificate_can_be_renewed_from_60_days_before_it_expires(tmp_path: Path) -> None:
    ahead = expiring_on([D + timedelta(days=days) for days in (1, 60, 61)])
    renewed = replace(A, serial="R", holder_id="R", renewal_applied_on=D)
    renews_tomorrow = replace(renewed, serial="S", renewal_applied_on=D + timedelta(days=1))
    rows = asked(tmp_path, "expiring_totals", [*ahead, renewed, renews_tomorrow])
    assert rows.to_dict("records") == [{"expiring": 5, "to_renew": 4, "renewable": 3}]


@pytest.mark.parametrize(("count", "is_peak"), [(30, True), (29, False)])
def test_a_peak_has_half_as_many_again_as_a_usual_day(
    tmp_path: Path, count: int, is_peak: bool
) -> None:
    usual = [D + timedelta(days=ahead) for ahead in (1, 2, 365) for _ in range(20)]
    rows = asked(tmp_path, "busiest_days", expiring_on([*usual, *[D + timedelta(days=9)] * count]))
    first = rows.iloc[0]
    assert (first["day"].date(), first["expiring"]) == (D + timedelta(days=9), count)
    assert (first["usual"], bool(first["peak"])) == (20.0, is_peak)
    assert not rows["peak"].iloc[1:].any()


def test_the_year_ahead_ends_on_its_365th_day(tmp_path: Path) -> None:
    days = [D, *[D + timedelta(days=365)] * 20, *[D + timedelta(days=366)] * 20]
    rows = asked(tmp_path, "busiest_days", expiring_on(days))
    assert [(row.day.date(), row.expiring) for row in rows.itertuples()] == [
        (D + timedelta(days=365), 20)
    ]


def test_few_certificates_make_no_peak(tmp_path: Path) -> None:
    """19 on one day and one on each of two others: a usual day has one."""
    days = [D + timedelta(days=1), D + timedelta(days=2), *[D + timedelta(days=3)] * 19]
    assert not asked(tmp_path, "busiest_days", expiring_on(days))["peak"].any()


@pytest.mark.parametrize(
    ("as_of", "counts", "rate", "complete"),
    [
        # due, renewed in time, late, lapsed, ended, open
        (date(2013, 9, 24), [4, 1, 0, 0, 1, 2], 0.25, False),
        (date(2013, 10, 1), [4, 1, 0, 0, 1, 2], 0.25, True),  # the last day of the last of them
        (date(2013, 10, 2), [4, 1, 0, 2, 1, 0], 0.25, True),
        (date(2013, 10, 20), [4, 1, 1, 1, 1, 0], 0.25, True),
    ],
)
def test_the_renewal_rate_is_of_all_that_were_due(
    tmp_path: Path, as_of: date, counts: list[int], rate: float, complete: bool
) -> None:
    rows = asked(
        tmp_path,
        "renewal_rate",
        [
            A,
            replace(A, serial="B", holder_id="1", renewal_applied_on=date(2013, 9, 1)),
            replace(A, serial="C", holder_id="2", renewal_applied_on=date(2013, 10, 20)),
            replace(A, serial="D", holder_id="3", ended_on=date(2013, 9, 16)),
            # Ended on the first due day and so not due at all.
            replace(A, serial="E", holder_id="4", ended_on=date(2013, 8, 17)),
        ],
        as_of,
    )
    (row,) = rows.itertuples(index=False)
    assert [row.due, row.renewed_in_time, row.late, row.lapsed, row.ended, row.open] == counts
    assert (row.rate, row.complete) == (rate, complete)
    assert row.rate_with_late == (row.renewed_in_time + row.late) / row.due


def test_late_renewals_are_known_a_year_later(tmp_path: Path) -> None:
    for number, (as_of, known) in enumerate(
        [(date(2014, 9, 30), False), (date(2014, 10, 1), True)]
    ):
        rows = asked(tmp_path / str(number), "renewal_rate", [A], as_of)
        assert rows["late_complete"].tolist() == [known]


@pytest.mark.parametrize(
    ("days_after_first_mail", "week"),
    [(-400, -2), (-14, -2), (-13, -1), (-7, -1), (-6, 0), (0, 0), (1, 1), (7, 1), (8, 2), (91, 13)],
)
def test_weeks_are_counted_from_the_day_after_the_first_mail(
    tmp_path: Path, days_after_first_mail: int, week: int
) -> None:
    first_due = D - timedelta(days=91)  # watched long enough, from today on
    renewed = replace(
        A,
        expires_on=first_due + timedelta(days=45),
        renewal_applied_on=first_due + timedelta(days=days_after_first_mail),
    )
    other = replace(A, serial="B", holder_id="1", expires_on=renewed.expires_on)
    rows = asked(tmp_path, "renewal_timing", [renewed, other])
    assert rows.to_numpy().tolist() == [[week, 1, 0.5]]


@pytest.mark.parametrize("days_ago", [90, 456])
def test_renewals_are_watched_neither_too_short_nor_long_ago(tmp_path: Path, days_ago: int) -> None:
    first_due = D - timedelta(days=days_ago)
    renewed = replace(A, expires_on=first_due + timedelta(days=45), renewal_applied_on=first_due)
    assert asked(tmp_path, "renewal_timing", [renewed]).empty


CALLED = [
    # serial, expires on: the last stage whose due day has come
    ("1", date(2013, 9, 25), "reached_1"),
    ("2", date(2013, 9, 26), "reached_15"),
    ("3", date(2013, 10, 9), "reached_15"),  # due today
    ("4", date(2013, 10, 10), "reached_30"),
    ("5", date(2013, 10, 24), "reached_30"),
    ("6", date(2013, 11, 8), "reached_45"),
    ("7", date(2013, 11, 9), "reached_none"),
]


def test_the_list_names_the_stage_reached_last(tmp_path: Path) -> None:
    listed = [
        replace(A, serial=serial, holder_id=serial * 8, expires_on=day) for serial, day, _ in CALLED
    ]
    renewed = replace(A, serial="8", holder_id="8", renewal_applied_on=D)
    renews_tomorrow = replace(
        A, serial="9", holder_id="9", renewal_applied_on=D + timedelta(days=1)
    )
    ended = replace(A, serial="X", holder_id="X", ended_on=D)
    rows = asked(tmp_path, "outreach", [*listed, renewed, renews_tomorrow, ended])
    assert list(rows) == ["serial", "holder_id", "county", "day", "stage"]
    assert set(zip(rows["serial"], rows["stage"], strict=True)) == {
        *[(serial, stage) for serial, _, stage in CALLED],
        ("9", "reached_15"),
    }
    assert rows["day"].is_monotonic_increasing


def test_the_list_is_narrowed_by_days_and_stage(tmp_path: Path) -> None:
    listed = [
        replace(A, serial=serial, holder_id=serial * 8, expires_on=day) for serial, day, _ in CALLED
    ]
    within = asked(tmp_path / "1", "outreach", listed, days=16)
    assert within["serial"].tolist() == ["1", "2", "3", "4"]
    stages = asked(tmp_path / "2", "outreach", listed, stage=(30, 0))
    assert stages["serial"].tolist() == ["4", "5", "7"]
