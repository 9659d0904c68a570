"""The adoption rate at its boundaries: which count is the denominator, and who is compared."""

from datetime import date
from pathlib import Path

import pandas as pd

from adoption.metrics import METRICS, Selection, evaluate, records
from tests.reference import Certificate, Entity
from tests.stores import store_of

DAY = date(2013, 9, 24)


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def held(holder: str, county: str = "臺北市", org_type: str = "company") -> Certificate:
    """Valid from 2009-01-05 to 2014-01-04."""
    serial = f"{holder}-{county}-{org_type}"
    return Certificate(serial, holder, date(2009, 1, 5), date(2014, 1, 4), org_type, county)


def rows(
    folder: Path,
    key: str,
    certificates: list[Certificate],
    entities: list[Entity],
    day: date = DAY,
    **narrowed: tuple[str, ...],
) -> list[dict[str, object]]:
    store = store_of(folder, certificates=certificates, entities=entities)
    frame = evaluate(store, METRICS[key], Selection(day, **narrowed))  # type: ignore[arg-type]
    store.close()
    for column in frame.select_dtypes("datetime"):
        frame[column] = frame[column].dt.strftime("%Y-%m")
    told = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in told]


def test_each_county_and_type_has_its_own_last_month(tmp_path: Path) -> None:
    entities = [
        Entity(month("2013-07"), "臺北市", "company", 10),
        Entity(month("2013-09"), "臺北市", "company", 8),  # has begun by the day: counts
        Entity(month("2013-10"), "臺北市", "company", 2),  # has not
        Entity(month("2011-03"), "臺北市", "branch", 4),
    ]
    found = rows(tmp_path, "adoption_rate", [held("1"), held("2", org_type="branch")], entities)
    assert [tuple(row.values()) for row in found] == [
        ("2011-03", "臺北市", "branch", 1, 4, 0.25),
        ("2013-09", "臺北市", "company", 1, 8, 0.125),
    ]


def test_no_count_or_none_registered_is_no_rate(tmp_path: Path) -> None:
    entities = [
        Entity(month("2013-08"), "臺北市", "company", 0),
        Entity(month("2013-08"), "基隆市", "company", 5),  # where nobody holds one
    ]
    certificates = [held("1"), held("2", org_type="other")]
    found = rows(tmp_path, "adoption_rate", certificates, entities)
    assert [tuple(row.values()) for row in found] == [
        ("2013-08", "基隆市", "company", 0, 5, 0.0),
        ("2013-08", "臺北市", "company", 1, 0, None),
        (None, "臺北市", "other", 1, None, None),
    ]


def test_both_sides_are_read_under_the_name_of_the_day(tmp_path: Path) -> None:
    certificates = [held("1", "桃園縣"), held("1", "桃園市"), held("2", "臺中縣")]
    entities = [
        Entity(month("2013-07"), "桃園市", "company", 4),
        Entity(month("2013-06"), "桃園縣", "company", 9),  # the same place, an older month
        Entity(month("2013-07"), "臺中縣", "company", 5),
        Entity(month("2013-07"), "臺中市", "company", 3),  # merged: both are added up
    ]
    now = rows(tmp_path / "now", "adoption_rate", certificates, entities)
    assert [(row["county"], row["holders"], row["registered"]) for row in now] == [
        ("桃園縣", 1, 4),
        ("臺中市", 1, 8),
    ]
    later = rows(tmp_path / "2", "adoption_rate", certificates, entities, date(2014, 12, 25))
    assert [row["county"] for row in later] == ["桃園市", "臺中市"]


def test_a_holder_in_several_places_counts_once_in_their_sum(tmp_path: Path) -> None:
    certificates = [
        held("1"),
        held("1", org_type="branch"),
        held("1", "基隆市"),
        held("2", "基隆市"),
    ]
    entities = [
        Entity(month("2013-08"), "臺北市", "company", 4),
        Entity(month("2013-07"), "臺北市", "branch", 1),
        Entity(month("2013-08"), "基隆市", "company", 5),
    ]
    (total,) = rows(tmp_path / "1", "adoption_rate_totals", certificates, entities)
    assert total == {
        "holders": 2,
        "registered": 10,
        "oldest_month": "2013-07",
        "registered_month": "2013-08",
        "rate": 0.2,
        "unstated": 0,
    }
    counties = rows(tmp_path / "2", "adoption_rate_by_county", certificates, entities)
    assert [(row["county"], row["holders"]) for row in counties] == [("基隆市", 2), ("臺北市", 1)]
    types = rows(tmp_path / "3", "adoption_rate_by_type", certificates, entities)
    assert [(row["org_type"], row["holders"]) for row in types] == [("branch", 1), ("company", 2)]


def test_whom_nobody_counted_is_on_neither_side_of_a_sum(tmp_path: Path) -> None:
    certificates = [held("1"), held("2", org_type="other"), held("3", "基隆市")]
    entities = [Entity(month("2013-08"), "臺北市", "company", 4)]
    (total,) = rows(tmp_path / "1", "adoption_rate_totals", certificates, entities)
    assert (total["holders"], total["registered"], total["rate"]) == (1, 4, 0.25)
    store = store_of(tmp_path / "2", certificates=certificates, entities=entities)
    compared = records(store, METRICS["adoption_rate_totals"], Selection(DAY), 10)
    assert list(compared["holder_id"]) == ["1"]
    store.close()


def test_filters_narrow_both_sides(tmp_path: Path) -> None:
    certificates = [held("1"), held("2", "基隆市"), held("3", "基隆市", "branch")]
    entities = [
        Entity(month("2013-08"), county, org_type, 4)
        for county in ("臺北市", "基隆市")
        for org_type in ("company", "branch")
    ]
    (total,) = rows(
        tmp_path,
        "adoption_rate_totals",
        certificates,
        entities,
        county=("基隆市",),
        org_type=("company",),
    )
    assert (total["holders"], total["registered"]) == (1, 4)


def test_over_time_a_place_is_in_from_its_first_count(tmp_path: Path) -> None:
    certificates = [held("1"), held("2", "基隆市")]  # both since 2009-01-05
    entities = [
        Entity(month("2009-02"), "臺北市", "company", 10),
        Entity(month("2009-04"), "基隆市", "company", 2),
    ]
    over_time = rows(tmp_path, "adoption_rate_over_time", certificates, entities, date(2009, 5, 31))
    assert [tuple(row.values()) for row in over_time] == [
        ("2009-01", 0, None, None, None, False),
        ("2009-02", 1, 10, "2009-02", 0.1, False),
        ("2009-03", 1, 10, "2009-02", 0.1, False),
        ("2009-04", 2, 12, "2009-04", 2 / 12, True),  # +20 %
        ("2009-05", 2, 12, "2009-04", 2 / 12, False),
    ]


def test_over_time_ends_in_the_totals(sample_store) -> None:  # type: ignore[no-untyped-def]
    for day in (DAY, date(2010, 12, 25), date(2012, 2, 29)):
        (total,) = evaluate(
            sample_store, METRICS["adoption_rate_totals"], Selection(day)
        ).itertuples()
        over_time = evaluate(sample_store, METRICS["adoption_rate_over_time"], Selection(day))
        last = over_time.iloc[-1]
        assert (last["holders"], last["registered"]) == (total.holders, total.registered)
        assert last["rate"] == total.rate
        assert last["registered_month"] == total.registered_month


def test_cards_are_grouped_up_to_four_or_more(tmp_path: Path) -> None:
    def cards(holder: str, count: int) -> list[Certificate]:
        return [
            Certificate(f"{holder}-{n}", holder, date(2012, 1, 1), date(2016, 12, 31))
            for n in range(count)
        ]

    over = Certificate("over", "5", date(2008, 1, 1), date(2013, 9, 23))  # no longer valid
    certificates = [*cards("1", 1), *cards("2", 3), *cards("3", 4), *cards("4", 6), over]
    store = store_of(tmp_path, certificates=certificates)
    found = evaluate(store, METRICS["cards_per_holder"], Selection(DAY))
    store.close()
    pd.testing.assert_frame_equal(
        found,
        pd.DataFrame(
            {
                "cards": [1, 3, 4],
                "holders": [1, 1, 2],
                "certificates": [1, 3, 10],
                "share": [0.25, 0.25, 0.5],
                "mean": [3.5, 3.5, 3.5],
            }
        ),
    )
