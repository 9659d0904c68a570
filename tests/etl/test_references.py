"""Serials and units that are nowhere: counted, listed, looked at again; one serial in any form."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import Store, open_store
from etl.commit.account import DOUBTS
from etl.history import ledger
from etl.history.originals import NOT_COMPARED
from etl.history.replay import rebuild, revert
from etl.mapping.feeds import FEEDS
from etl.mapping.profile import parse_profile
from etl.report import of_load
from tests.etl.files import NOW, UNITS, counts, day, kept, load_files, write
from tests.etl.stores import contents

CERTS = "憑證序號,統一編號,組織別,縣市,卡別,核發日期,到期日期,換發前序號"
F07 = (
    "1A2B,04595257,公司,臺北市,正卡,97/10/1,102/10/1,",
    "1A2C,04595257,公司,臺北市,正卡,102/1/5,107/1/5,1a2b",
    "3D4E,22099131,公司,臺北市,正卡,99/10/1,104/10/1,",
)
SUSPENSIONS = "憑證序號,停用日期,復用日期"
D = Selection(date(2013, 9, 24))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path / 'store'}")


def load(store: Store, folder: Path, feed: str, *rows: str, **options: Any) -> Any:
    path = write(folder / f"{feed}{len(ledger.entries(store))}.csv", *rows)
    (result,) = load_files(store, feed, path, **options)
    return result


def unknown(store: Store) -> list[tuple[str, str]]:
    """What is listed: the code, and the value that is nowhere."""
    return [
        (reason["code"], reason["value"])
        for entry in ledger.list_flagged(store)
        for reason in entry["reasons"]
        if reason["code"].startswith("unknown_")
    ]


def suspended(store: Store) -> int:
    return int(evaluate(store, METRICS["valid_totals"], D)["suspended"].iloc[0])


@pytest.mark.parametrize("written", ["3D4E", "3d4e", "3D:4E", "3d 4e", "3d-4E"])
def test_f07_a_hexadecimal_serial_is_one_key_however_it_is_written(
    tmp_path: Path, store: Store, written: str
) -> None:
    load(store, tmp_path, "certificates", CERTS, *F07)
    result = load(store, tmp_path, "suspensions", SUSPENSIONS, f"{written},102/9/1,")
    assert (counts(result), result.unknown) == ((1, 1, 0, 0, 0), {})
    assert suspended(store) == 1
    stages = evaluate(store, METRICS["reminder_stages"], D)
    assert dict(zip(stages["stage"], stages["certificates"], strict=True)) == {
        45: 0,
        30: 0,
        15: 0,
        1: 0,
    }
    assert unknown(store) == []


def test_suspensions_that_come_first_are_found_when_the_certificates_come(
    tmp_path: Path, store: Store
) -> None:
    result = load(store, tmp_path, "suspensions", SUSPENSIONS, "3d:4e,102/9/1,", "ff,102/9/1,")
    assert result.unknown == {"suspensions.serial": 2}
    result = load(store, tmp_path, "certificates", CERTS, *F07)
    assert (result.unknown, result.unknown_before) == (
        {"suspensions.serial": 1},
        {"suspensions.serial": 2},
    )
    assert suspended(store) == 1
    assert unknown(store) == [("unknown_serial", "FF")]


def test_a_serial_is_shown_as_it_was_recorded(tmp_path: Path, store: Store) -> None:
    rows = [row.replace("1A2B", "1a:2b").replace("3D4E", "3d:4e") for row in F07]
    load(store, tmp_path, "certificates", CERTS, *rows)
    assert kept(store, "certificates", "serial", "recorded_serial", "replaces") == [
        ("1A2B", "1a:2b", None),
        ("1A2C", None, "1A2B"),
        ("3D4E", "3d:4e", None),
    ]
    records = METRICS["valid_totals"].records
    assert records is not None
    assert list(store.frame(records(D))["serial"]) == ["1a:2b", "1A2C", "3d:4e"]
    outreach = evaluate(store, METRICS["outreach"], D)
    assert list(outreach["serial"]) == []
    again = load(store, tmp_path, "certificates", CERTS, *F07)
    assert (again.unchanged, again.kept) == (3, 0)


def test_a_mended_row_clears_its_reject_however_the_serial_is_written(
    tmp_path: Path, store: Store
) -> None:
    bad = F07[2].replace("3D4E", "3d4e").replace("正卡", "金卡")
    load(store, tmp_path, "certificates", CERTS, "1a:2b" + F07[0][4:], bad)
    result = load(store, tmp_path, "certificates", CERTS, F07[2].replace("3D4E", "3D:4E"))
    assert result.cleared == 1


def test_also_where_only_the_reject_is_written_otherwise(tmp_path: Path, store: Store) -> None:
    bad = F07[2].replace("3D4E", "3d4e").replace("正卡", "金卡")
    load(store, tmp_path, "certificates", CERTS, F07[0], bad)
    assert load(store, tmp_path, "certificates", CERTS, F07[2]).cleared == 1


def test_once_folded_they_stay_so_whatever_comes_beside(tmp_path: Path, store: Store) -> None:
    written = F07[2].replace("3D4E", "3d:4e")
    load(store, tmp_path, "certificates", CERTS, written)
    odd = F07[2].replace("3D4E", "XYZ1")
    result = load(store, tmp_path, "certificates", CERTS, written, odd)
    assert counts(result) == (2, 1, 1, 0, 0)
    assert load(store, tmp_path, "certificates", CERTS, written).unchanged == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("12:34", "1234"),  # numbers alone
        ("A1-2", "A12"),  # not in pairs
        ("ab12", "AB12"),  # beside it stands XYZ, which is no hexadecimal number
    ],
)
def test_serials_that_the_records_do_not_show_to_be_hexadecimal_stay_two(
    tmp_path: Path, store: Store, first: str, second: str
) -> None:
    others = ["XYZ" + F07[0][4:]] if first == "ab12" else []
    rows = [each + F07[0][4:] for each in (first, second)]
    result = load(store, tmp_path, "certificates", CERTS, *rows, *others)
    assert counts(result)[1:4] == (2 + len(others), 0, 0)


def test_a_profile_says_that_they_are(tmp_path: Path, store: Store) -> None:
    profile = parse_profile(
        'feed = "suspensions"\n[columns.serial]\nfrom = "SN"\nhexadecimal = true', "p"
    )
    header = SUSPENSIONS.replace("憑證序號", "SN")
    result = load(store, tmp_path, "suspensions", header, "12:34,102/9/1,", profile=profile)
    assert kept(store, "suspensions", "serial") == [("1234",)]
    assert result.unknown == {"suspensions.serial": 1}


@pytest.mark.parametrize(("one", "other"), [("3d4e", "3D4E"), ("3D4E", "3d4e")])
def test_one_key_in_two_spellings_in_one_file_is_the_later_row(
    tmp_path: Path, store: Store, one: str, other: str
) -> None:
    first = F07[2].replace("3D4E", one).replace("104/10/1", "104/9/30")
    result = load(store, tmp_path, "certificates", CERTS, first, F07[2].replace("3D4E", other))
    assert counts(result) == (2, 1, 0, 1, 0)
    assert kept(store, "certificates", "serial", "expires_on", "flags") == [
        ("3D4E", day("2015-10-01"), "conflicting_rows")
    ]


def test_what_a_row_names_is_looked_at_again_after_each_load(tmp_path: Path, store: Store) -> None:
    """It is known, corrected, taken back; and so after a rebuild and a revert."""
    names = "X1" + F07[0][4:] + "N1"
    result = load(store, tmp_path, "certificates", CERTS, names, "X2" + F07[0][4:] + "N2")
    assert result.unknown == {"certificates.replaces": 2}
    assert unknown(store) == [("unknown_serial", "N1"), ("unknown_serial", "N2")]
    result = load(store, tmp_path, "certificates", CERTS, "N1" + F07[1][4:-4])
    assert (result.unknown, result.unknown_before) == (
        {"certificates.replaces": 1},
        {"certificates.replaces": 2},
    )
    corrected = "X2" + F07[0][4:] + "N1"
    assert load(store, tmp_path, "certificates", CERTS, corrected).unknown == {}
    whole = ("X1" + F07[0][4:] + "N1", corrected)
    result = load(store, tmp_path, "certificates", CERTS, *whole, whole=True, most_taken_back=1.0)
    assert result.unknown == {"certificates.replaces": 1}
    before = contents(store)
    rebuild(store)
    assert contents(store) == before
    revert(store, [4], by="tester", now=NOW)
    assert unknown(store) == []


def test_a_system_whose_unit_is_nowhere_is_kept_and_counted_when_it_comes(
    tmp_path: Path, store: Store
) -> None:
    systems = "system_code,unit_code,name,category,integrated_on"
    result = load(store, tmp_path, "systems", systems, "S1,U1,系統,申辦,100/1/1")
    assert (counts(result), result.unknown) == ((1, 1, 0, 0, 0), {"systems.unit_code": 1})
    assert unknown(store) == [("unknown_unit", "U1")]
    assert evaluate(store, METRICS["integration_totals"], D).empty
    result = load(store, tmp_path, "units", UNITS, "U1,甲,本部,政府")
    assert (result.unknown, result.unknown_before) == ({}, {"systems.unit_code": 1})
    assert list(evaluate(store, METRICS["integration_totals"], D)["systems"]) == [1]


def test_mails_to_unknown_serials_are_kept_and_told(tmp_path: Path, store: Store) -> None:
    header = "憑證序號,提醒階段,寄送日期,寄送結果"
    load(store, tmp_path, "certificates", CERTS, *F07)
    rows = ("1a2b,45,102/8/17,送達", "9999,30,102/9/1,送達", "9999,15,102/9/16,送達")
    result = load(store, tmp_path, "reminders", header, *rows)
    assert result.unknown == {"reminders.serial": 1}
    assert unknown(store) == [("unknown_serial", "9999")] * 2


def test_the_command_tells_what_is_nowhere(tmp_path: Path, store: Store) -> None:
    result = load(store, tmp_path, "suspensions", SUSPENSIONS, "FF,102/9/1,")
    said = list(of_load([result], "en"))
    assert "serials of suspensions nowhere in the records: 1 (0 before)" in said
    assert "停用紀錄有 1 個序號不在憑證資料裡（先前 0）" in list(of_load([result], "zh"))
    result = load(store, tmp_path, "certificates", CERTS, "FF" + F07[0][4:])
    assert "serials of suspensions nowhere in the records: 0 (1 before)" in list(
        of_load([result], "en")
    )


def test_every_flag_has_its_few_words() -> None:
    of_rules = {rule.code for feed in FEEDS.values() for rule in feed.rules if rule.flags}
    assert of_rules | {"set_by_profile", NOT_COMPARED} == set(DOUBTS)
