"""What can be read but cannot be true: days in the future, short years, odd lengths of validity."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from adoption.command import CommandError
from adoption.store import Store, open_store
from adoption.store.schema import loads
from etl.commit.account import orders_told
from etl.history import ledger
from etl.history.replay import rebuild, revert
from etl.mapping.feeds import FEEDS
from etl.validation.short_years import Evidence
from etl.validation.validate import Memory
from tests.etl.files import CERTIFICATES, NOW, certificate, counts, day, kept, load_files, write
from tests.etl.test_validate import GOOD, checked, flags, reasons


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path / 'store'}")


# In Taiwan it is 2013-10-01.
TODAY, TOMORROW = "102/10/1", "102/10/2"


def rejected(store: Store) -> list[tuple[int, str, str, str]]:
    """row, code, column, the sentence's English."""
    return [
        (entry["row"], reason["code"], reason["column"], reason["en"])
        for entry in ledger.list_rejects(store)
        for reason in entry["reasons"]
    ]


EVENTS = [
    ("certificates", GOOD | {"expires_on": "110/1/1"}, name)
    for name in ("issued_on", "ended_on", "renewal_applied_on")
] + [
    ("suspensions", {"serial": "A1", "suspended_on": "101/1/1"}, "suspended_on"),
    ("suspensions", {"serial": "A1", "suspended_on": "101/1/1"}, "resumed_on"),
    ("reminders", {"serial": "A1", "stage": "30", "result": "送達"}, "sent_on"),
    ("systems", {"system_code": "S", "unit_code": "U", "name": "n", "category": "c"}, "testing_on"),
    (
        "systems",
        {"system_code": "S", "unit_code": "U", "name": "n", "category": "c"},
        "integrated_on",
    ),
]


@pytest.mark.parametrize(("feed", "row", "column"), EVENTS)
def test_an_event_after_the_day_of_loading_is_refused(
    feed: str, row: dict[str, str], column: str
) -> None:
    today = date(2013, 10, 1)
    assert checked(feed, row | {column: TODAY}, today=today).rejected == []
    found = checked(feed, row | {column: TOMORROW}, today=today)
    assert reasons(found) == [[("in_the_future", column)]]
    assert found.rejected[0].reasons[0].hint == "2013-10-01"


def test_what_is_planned_or_announced_may_lie_ahead() -> None:
    days = {"planned_on": "110/1/1", "retired_on": "111/1/1", "target_on": "112/1/1"}
    row = {"system_code": "S", "unit_code": "U", "name": "n", "category": "c"}
    assert checked("systems", row | days, today=date(2013, 10, 1)).rejected == []
    target = {"metric": "valid_totals", "due_on": "112/1/1", "value": "1"}
    assert checked("targets", target, today=date(2013, 10, 1)).rejected == []


@pytest.mark.parametrize("option", ["received", "cut_off"])
def test_a_stated_day_after_that_of_loading_is_refused(
    tmp_path: Path, store: Store, option: str
) -> None:
    path = write(tmp_path / "c.csv", CERTIFICATES, certificate("A1"))
    with pytest.raises(CommandError, match="after the day of loading"):
        load_files(store, "certificates", path, **{option: date(2013, 10, 2)})
    assert load_files(store, "certificates", path, **{option: date(2013, 10, 1)})[0].kept == 1


def test_the_first_day_of_loading_decides_again_years_later(tmp_path: Path, store: Store) -> None:
    """A rebuild and a revert refuse what was refused, though the day has come meanwhile."""
    other = write(tmp_path / "o.csv", CERTIFICATES, certificate("A9"))
    path = write(
        tmp_path / "c.csv",
        CERTIFICATES,
        certificate("A1"),
        certificate("A2", 核發日期="102/10/2", 到期日期="107/10/2"),
    )
    load_files(store, "certificates", other)
    load_files(store, "certificates", path, received=date(2013, 10, 1))
    before = rejected(store)
    assert [row[:3] for row in before] == [(3, "in_the_future", "issued_on")]
    done = rebuild(store)
    assert (rejected(store), done.changed) == (before, [])
    revert(store, [1], by="tester", now=NOW.replace(year=2020))
    assert rejected(store) == before
    assert kept(store, "certificates", "serial") == [("A1",)]
    assert set(store.frame(select(loads.c.loaded_at))["loaded_at"]) == {NOW.isoformat()}


def test_f04_short_years_with_several_readings_are_refused(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "short.csv",
        "憑證序號,統一編號,組織別,縣市,卡別,核發日期,到期日期",
        "D1,04595257,公司,臺北市,正卡,9/3/13,9/3/18",
        "D2,04595257,公司,臺北市,正卡,13/9/24,18/9/24",
        "D3,04595257,公司,臺北市,正卡,08-10-01,13-10-01",
        "D4,04595257,公司,臺北市,正卡,97/10/1,102/10/1",
    )
    (result,) = load_files(store, "certificates", path)
    assert (counts(result), result.orders) == ((4, 1, 0, 0, 3), {})
    assert kept(store, "certificates", "serial", "issued_on", "expires_on", "flags") == [
        ("D4", day("2008-10-01"), day("2013-10-01"), None)
    ]
    found = [row for row in rejected(store) if row[2] == "issued_on"]
    assert [row[1] for row in found] == ["ambiguous_date"] * 3
    # 1920 is before the programme, so that is no reading of a day of issue.
    assert "9/3/13” could be different days (2009-03-13／2013-03-09／2013-09-03)" in found[0][3]
    assert "(2013-09-24)" in found[1][3]


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        # Month first: 24 and 31 are no months, 2024 and 2031 have not come.
        (("9/24/08", "12/31/08", "1/5/09"), ("2008-09-24", "2008-12-31", "2009-01-05")),
        (("24/9/08", "31/12/08", "5/1/09"), ("2008-09-24", "2008-12-31", "2009-01-05")),
        (("08-10-24", "09-01-31", "09-1-5"), ("2008-10-24", "2009-01-31", "2009-01-05")),
        (
            ("8年10月24日", "9年1月5日", "9年1月6日"),
            ("2008-10-24", "2009-01-05", "2009-01-06"),
        ),
    ],
)
def test_a_column_that_can_be_read_one_way_only_is_taken_and_told(
    tmp_path: Path, store: Store, texts: tuple[str, ...], days: tuple[str, ...]
) -> None:
    rows = [certificate(f"B{n}", 核發日期=text) for n, text in enumerate(texts)]
    (result,) = load_files(store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, *rows))
    assert (result.kept, result.rejected) == (len(texts), 0)
    assert kept(store, "certificates", "issued_on") == [(day(text),) for text in sorted(days)]
    assert list(result.orders) == ["issued_on"]
    told = result.orders["issued_on"]
    assert f"{texts[0]} 是 {days[0]}" in told["zh"]
    assert f"{texts[0]} is {days[0]}" in told["en"]


@pytest.mark.parametrize(
    "others",
    [
        ("97/10/1",),  # an ROC year: then 24 would be 1935
        ("2008-10-24",),  # written otherwise, so nothing is said about how these are
        ("102/9/1",),
        ("5/6/08", "24/6/08"),  # no order fits all
    ],
)
def test_a_value_that_contradicts_the_order_leaves_all_refused(
    tmp_path: Path, store: Store, others: tuple[str, ...]
) -> None:
    rows = [certificate(f"B{n}", 核發日期=text) for n, text in enumerate(("9/24/08", *others))]
    (result,) = load_files(store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, *rows))
    assert result.orders == {}
    assert {row[1] for row in rejected(store)} == {"ambiguous_date"}
    assert "B0" not in [serial for (serial,) in kept(store, "certificates", "serial")]


def test_how_days_were_read_is_told_by_the_file_s_own_header(tmp_path: Path, store: Store) -> None:
    header = CERTIFICATES.replace("核發日期", "發卡日")
    path = write(tmp_path / "c.csv", header, certificate("B1", 核發日期="9/24/08"))
    told = load_files(store, "certificates", path)[0].orders["issued_on"]
    assert told["zh"].startswith("「發卡日」的短年份整欄只有一種讀法")
    assert told["en"].startswith("發卡日: all its values")
    memory = Memory(evidence=Evidence({"issued_on": frozenset({"mdy"})}, {"issued_on"}))
    told = orders_told(FEEDS["certificates"], memory, {})["issued_on"]  # no value is remembered
    assert told["en"] == "issued_on: all its values together admit month/day/year only"


def test_the_evidence_is_that_of_one_file(tmp_path: Path, store: Store) -> None:
    one = write(tmp_path / "a.csv", CERTIFICATES, certificate("A1", 核發日期="9/24/08"))
    two = write(tmp_path / "b.csv", CERTIFICATES, certificate("A2", 核發日期="9/3/08"))
    results = load_files(store, "certificates", one, two)
    assert [counts(result) for result in results] == [(1, 1, 0, 0, 0), (1, 0, 0, 0, 1)]


def test_the_last_row_of_a_key_counts_though_an_earlier_one_was_decided_later(
    tmp_path: Path, store: Store
) -> None:
    path = write(
        tmp_path / "s.csv",
        "憑證序號,停用日期,復用日期",
        "A1,101/9/1,9/24/12",
        "A1,101/9/1,",
    )
    (result,) = load_files(store, "suspensions", path)
    assert counts(result) == (2, 1, 0, 1, 0)
    assert kept(store, "suspensions", "resumed_on", "flags") == [(None, "conflicting_rows")]


def test_a_day_of_anybodys_own_history_may_be_before_the_programme(
    tmp_path: Path, store: Store
) -> None:
    """With 97 beside it, 38 can only be 民國38年."""
    path = write(
        tmp_path / "u.csv",
        "unit_code,name,side,sector,valid_from",
        "U1,甲,本部,政府,38/1/1",
        "U2,乙,本部,政府,97/1/1",
    )
    load_files(store, "units", path)
    assert kept(store, "units", "valid_from") == [(day("1949-01-01"),), (day("2008-01-01"),)]


@pytest.mark.parametrize(
    ("issued_on", "expires_on", "expected"),
    [
        ("2003-01-01", "2008-01-01", None),
        ("2002-12-31", "2007-12-31", "before_programme"),
        ("2008-10-01", "2013-09-01", None),  # 30 days short of five years
        ("2008-10-01", "2013-08-31", None),  # 31
        ("2008-10-01", "2013-08-30", "odd_validity"),
        ("2008-10-01", "2013-11-01", None),
        ("2008-10-01", "2013-11-02", "odd_validity"),
        ("2008-02-29", "2013-02-28", None),
        ("1998-10-01", "2013-10-01", "before_programme,odd_validity"),
    ],
)
def test_an_unlikely_day_written_in_full_is_kept_and_flagged(
    issued_on: str, expires_on: str, expected: str | None
) -> None:
    row = GOOD | {"issued_on": issued_on, "expires_on": expires_on}
    assert flags(checked("certificates", row)) == [expected]


def test_the_load_tells_what_its_rows_are_doubted_for(tmp_path: Path, store: Store) -> None:
    rows = [
        certificate("A1"),
        certificate("A2", 到期日期="103/10/1"),
        certificate("A3", 統一編號="1" * 8),
    ]
    (result,) = load_files(store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, *rows))
    assert (result.flagged, result.doubts) == (
        2,
        {"odd_validity": 1, "unlikely_holder_id": 1, "placeholder_holder_id": 1},
    )
