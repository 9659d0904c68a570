"""What a number does not need never loses a row: county, type, card and 統一編號 may be missing."""

from datetime import date
from pathlib import Path

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store, open_store
from etl.history import ledger
from tests.etl.files import CERTIFICATES, certificate, counts, day, kept, load_files, write
from tests.etl.test_validate import GOOD, checked, flags, reasons
from tests.reference import Certificate
from tests.stores import load_certificates

D = date(2013, 9, 24)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path / 'store'}")


@pytest.mark.parametrize("written", ["", "-", "N/A", "未填", "unstated"])
@pytest.mark.parametrize("column", ["org_type", "county", "card"])
def test_what_is_not_stated_is_kept_as_a_code_and_flagged(column: str, written: str) -> None:
    result = checked("certificates", GOOD | {column: written})
    assert result.kept[column].to_pylist() == ["unstated"]
    assert flags(result) == [f"unstated_{column}"]


def test_a_file_without_those_columns_is_kept_whole_and_told(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "c.csv",
        "憑證序號,核發日期,到期日期",
        "B1,97/10/1,102/10/1",
        "B2,97/10/2,102/10/2",
    )
    (result,) = load_files(store, "certificates", path)
    assert (counts(result), result.flagged) == ((2, 2, 0, 0, 0), 2)
    assert result.doubts == dict.fromkeys(
        ("no_holder_id", "unstated_org_type", "unstated_county", "unstated_card"), 2
    )
    assert [entry["key"]["serial"] for entry in ledger.list_flagged(store)] == ["B1", "B2"]
    assert all(reason["zh"] for e in ledger.list_flagged(store) for reason in e["reasons"])
    assert load_files(store, "certificates", path)[0].unchanged == 2


@pytest.mark.parametrize(
    ("column", "text", "code", "hint"),
    [
        ("org_type", "公師", "unknown_word", "最接近的「公司」"),
        ("card", "正卡片", "unknown_word", "最接近的「正卡」"),
        ("county", "新北是", "unknown_county", "新北市"),
        ("holder_id", "1234", "bad_holder_id", ""),
    ],
)
def test_a_name_that_is_there_and_unknown_is_refused_with_the_closest(
    column: str, text: str, code: str, hint: str
) -> None:
    result = checked("certificates", GOOD | {column: text})
    assert reasons(result) == [[(code, column)]]
    assert result.rejected[0].reasons[0].hint.startswith(hint)


def test_it_is_in_every_total_and_on_neither_side_of_the_rate(tmp_path: Path, store: Store) -> None:
    path = write(
        tmp_path / "c.csv",
        CERTIFICATES,
        certificate("B1"),
        certificate("B2", 縣市="", 統一編號="22099131"),
        certificate("B3", 組織別="", 統一編號=""),
    )
    entities = write(
        tmp_path / "e.csv",
        "月份,縣市,組織別,登記家數",
        "102/8,臺北市,公司,10",
        "102/8,基隆市,公司,5",
    )
    load_files(store, "certificates", path)
    load_files(store, "entities", entities)
    (total,) = evaluate(store, METRICS["valid_totals"], Selection(D)).to_dict("records")
    assert (total["valid"], total["holders"]) == (3, 2)
    places = evaluate(store, METRICS["valid_by_county"], Selection(D))
    assert [tuple(row) for row in places.itertuples(index=False)] == [
        ("unstated", "company", 1, 1),
        ("臺北市", "company", 1, 1),
        ("臺北市", "unstated", 1, 0),
    ]
    (rate,) = evaluate(store, METRICS["adoption_rate_totals"], Selection(D)).to_dict("records")
    assert (rate["holders"], rate["registered"], rate["unstated"]) == (1, 15, 1)
    (there,) = evaluate(store, METRICS["valid_totals"], Selection(D, county=("unstated",))).to_dict(
        "records"
    )
    assert there["valid"] == 1


def linked(store: Store) -> dict[str, date | None]:
    return dict(kept(store, "certificates", "serial", "renewed_on"))


def test_an_unstated_card_links_only_with_unstated(store: Store) -> None:
    old = Certificate("1", "04595257", date(2008, 10, 1), date(2013, 10, 1), card="unstated")
    other = Certificate("2", "04595257", date(2013, 9, 1), date(2018, 9, 1), card="primary")
    same = Certificate("3", "04595257", date(2013, 9, 2), date(2018, 9, 2), card="unstated")
    load_certificates(store, [old, other], 1)
    assert linked(store)["1"] is None
    load_certificates(store, [same], 2)
    assert linked(store) == {"1": day("2013-09-02"), "2": None, "3": None}


def test_certificates_without_a_holder_are_no_one_holders(store: Store) -> None:
    """They follow one another only where they say so, also when that comes with a later load."""
    first = Certificate("1", None, date(2008, 10, 1), date(2013, 10, 1))
    second = Certificate("2", None, date(2013, 9, 1), date(2018, 9, 1))
    load_certificates(store, [first, second], 1)
    assert linked(store) == {"1": None, "2": None}
    third = Certificate("3", None, date(2013, 9, 5), date(2018, 9, 5), replaces="1")
    load_certificates(store, [third], 2)
    assert linked(store) == {"1": day("2013-09-05"), "2": None, "3": None}
    applied = Certificate(
        "2", None, date(2013, 9, 1), date(2018, 9, 1), renewal_applied_on=date(2018, 8, 1)
    )
    load_certificates(
        store, [applied, Certificate("3", None, date(2013, 9, 5), date(2018, 9, 5))], 3
    )
    assert linked(store) == {"1": None, "2": day("2018-08-01"), "3": None}
