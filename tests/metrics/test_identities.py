"""What must hold between the metrics on every data set: docs/domain.md, section 3, identities.

Asked of the store alone; only what no metric gives (endings between two due days) is counted here.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store
from etl.sample import write_sample
from tests.records import random_records
from tests.reference import STAGES, Certificate, Records, due, renewed_on
from tests.reference.calendar import month_of, next_month
from tests.soak.size import many
from tests.stores import store_of

OUTCOMES = {
    *("before_first", "after_45", "after_30", "after_15", "after_1"),
    *("late", "ended", "lapsed", "open"),
}


@dataclass(frozen=True)
class DataSet:
    records: Records
    store: Store
    as_of: date

    def __getitem__(self, key: str) -> pd.DataFrame:
        return evaluate(self.store, METRICS[key], Selection(as_of=self.as_of, days=3000))

    def by_month(self, key: str, column: str, value: object) -> Counter[date]:
        """expiry month -> certificates, of the rows with this value."""
        frame = self[key]
        frame = frame[frame[column] == value]
        return Counter(
            dict(zip(frame["expiry_month"].dt.date, frame["certificates"].tolist(), strict=True))
        )


def _day(text: str) -> date | None:
    """Of 102/09/24."""
    if not text:
        return None
    year, month, day = (int(part) for part in text.split("/"))
    return date(year + 1911, month, day)


def sample_certificates(folder: Path) -> list[Certificate]:
    """Read anew, so that this does not lean on loading."""
    files = {feed: path for _, feed, path in write_sample(folder, 2000, history=False)}
    org_types = {"公司": "company", "商號": "business", "分公司": "branch", "其他": "other"}
    with files["certificates"].open(encoding="utf-8", newline="") as file:
        return [
            Certificate(
                row["憑證序號"],
                row["統一編號"],
                _day(row["核發日期"]),
                _day(row["到期日期"]),
                org_types[row["組織別"]],
                row["縣市"],
                {"正卡": "primary", "附卡": "additional"}[row["卡別"]],
                _day(row["終止日期"]),
                None,
                _day(row["申請換發日期"]),
                row["換發前序號"] or None,
            )
            for row in csv.DictReader(file)
        ]


def issued_by_first_due_day(records: Records) -> Records:
    """Without those that were issued within 45 days of their expiry: see the exception below."""
    kept = [each for each in records.certificates if each.issued_on <= due(each, STAGES[0])]
    return replace(records, certificates=kept)


DATA_SETS = [*range(many(3, 40)), "sample"]


@pytest.fixture(scope="module", params=[*[(each, 0) for each in DATA_SETS], (3, 400), (4, -200)])
def data(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DataSet]:
    name, days_later = request.param
    if name == "sample":
        certificates = sample_certificates(tmp_path_factory.mktemp("sample"))
        records = Records(date(2013, 9, 24), certificates=certificates)
    else:
        records = random_records(name)
    records = issued_by_first_due_day(records)
    store = store_of(
        tmp_path_factory.mktemp("store"),
        records.units,
        records.systems,
        records.certificates,
        records.suspensions,
    )
    yield DataSet(records, store, records.as_of + timedelta(days=days_later))
    store.close()


def test_a_later_stage_is_reached_by_no_more(data: DataSet) -> None:
    reached = dict(data["reminder_stages"][["stage", "certificates"]].itertuples(index=False))
    assert list(reached) == list(STAGES)
    assert reached[45] >= reached[30] >= reached[15] >= reached[1] > 0


def test_the_exception_a_card_issued_after_its_first_due_day(tmp_path: Path) -> None:
    """By the letter of reached_k it can come to a later stage without the earlier ones."""
    day = date(2013, 9, 24)
    short = Certificate("1", "04595257", day - timedelta(days=20), day + timedelta(days=20))
    store = store_of(tmp_path, certificates=[short])
    selection = Selection(as_of=day + timedelta(days=6))
    stages = evaluate(store, METRICS["reminder_stages"], selection)
    assert stages["certificates"].tolist() == [0, 1, 1, 0]
    assert evaluate(store, METRICS["reminder_journey"], selection).empty
    store.close()


def test_the_outcomes_partition_the_certificates_on_the_journey(data: DataSet) -> None:
    renewed, _ = renewed_on(data.records.certificates)
    on_journey: Counter[date] = Counter()
    for each in data.records.certificates:
        first, ended, replaced = due(each, 45), each.ended_on, renewed[each.serial]
        in_use = ended is None or ended > first or (replaced is not None and replaced <= ended)
        on_journey[month_of(each.expires_on)] += each.issued_on <= first <= data.as_of and in_use
    journey = data["reminder_journey"]
    assert not journey.duplicated(["expiry_month", "outcome"]).any()
    assert set(journey["outcome"]) <= OUTCOMES
    total = journey.groupby("expiry_month")["certificates"].sum()
    assert dict(zip(total.index.date, total, strict=True)) == dict(+on_journey)


def test_all_on_the_journey_but_the_early_reach_the_first_stage(data: DataSet) -> None:
    others = Counter[date]()
    for outcome in OUTCOMES - {"before_first"}:
        others += data.by_month("reminder_journey", "outcome", outcome)
    assert data.by_month("reminder_stages_by_month", "stage", 45) == others


@pytest.mark.parametrize(("stage", "following"), [(45, 30), (30, 15), (15, 1)])
def test_between_stages_some_renew_and_some_end(data: DataSet, stage: int, following: int) -> None:
    """reached_k - reached_next = renewed in the gap + ended in the gap, once due_next <= D."""
    renewed, _ = renewed_on(data.records.certificates)
    ended_in_gap: Counter[date] = Counter()
    for each in data.records.certificates:
        ended, replaced = each.ended_on, renewed[each.serial]
        if ended is not None and due(each, stage) < ended <= due(each, following):
            ended_in_gap[month_of(each.expires_on)] += replaced is None or replaced > ended
    reached = data.by_month("reminder_stages_by_month", "stage", stage)
    reached_next = data.by_month("reminder_stages_by_month", "stage", following)
    renewed_in_gap = data.by_month("reminder_journey", "outcome", f"after_{stage}")
    past = [
        month
        for month in reached
        if next_month(month) - timedelta(days=1 + following) <= data.as_of
    ]
    assert len(past) > 3
    assert {month: reached[month] - reached_next[month] for month in past} == {
        month: renewed_in_gap[month] + ended_in_gap[month] for month in past
    }


def test_the_months_add_up_to_the_stages(data: DataSet) -> None:
    by_month = data["reminder_stages_by_month"].groupby("stage")["certificates"].sum()
    assert by_month.to_dict() == dict(
        data["reminder_stages"][["stage", "certificates"]].itertuples(index=False)
    )


def test_counties_add_up_to_the_last_month(data: DataSet) -> None:
    over_time, by_county = data["valid_over_time"], data["valid_by_county"]
    assert by_county["valid"].sum() == over_time["valid"].iloc[-1]
    assert by_county["holders"].sum() >= over_time["holders"].iloc[-1]
    assert (over_time["holders"] <= over_time["valid"]).all()


def test_days_add_up_to_months(data: DataSet) -> None:
    days, months = data["expiring"], data["expiring_by_month"]
    days = days.groupby(days["day"].dt.to_period("M"))[["expiring", "to_renew"]].sum()
    assert len(months) > 0
    for row in months.itertuples():
        assert tuple(days.loc[row.month.to_period("M")]) == (row.expiring, row.to_renew)
    assert (months["to_renew"] <= months["expiring"]).all()


def test_what_was_issued_is_first_or_renewal(data: DataSet) -> None:
    issued = data["certificates_issued"]
    assert (issued["first_time"] + issued["renewals"] == issued["issued"]).all()
    on_or_before = [each.issued_on <= data.as_of for each in data.records.certificates]
    assert issued["issued"].sum() == sum(on_or_before)


def test_integration_ends_in_its_totals_and_its_units_add_up(data: DataSet) -> None:
    totals = data["integration_totals"]
    over_time, by_unit = data["integration_over_time"], data["systems_by_unit"]
    for side, units, systems in totals[["side", "units", "systems"]].itertuples(index=False):
        of_side = by_unit[by_unit["side"] == side]
        assert (of_side["integrated"] > 0).sum() == units
        assert of_side["integrated"].sum() == systems
        last = over_time[over_time["side"] == side].tail(1)
        assert last[["units", "systems"]].values.tolist() in ([[units, systems]], [])
        assert systems == 0 or not last.empty
