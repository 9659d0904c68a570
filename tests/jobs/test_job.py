"""Jobs: what the process of the 資料 page does with a store, and what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adoption.command import CommandError
from adoption.jobs.bounds import TookTooLong, limit_process
from adoption.jobs.job import (
    Job,
    Kind,
    Request,
    Status,
    clean,
    clean_regularly,
    discard,
    jobs,
    jobs_folder,
    new_job,
    start,
)
from adoption.jobs.kinds import file_kinds
from adoption.jobs.recognised import columns_table, recognised
from adoption.jobs.tables import (
    kept_table,
    ledger_table,
    skipped_table,
)
from adoption.jobs.work import run
from adoption.metrics import METRICS, Selection, data_cut_off, evaluate
from adoption.store import Store, open_store
from etl.history.ledger import list_loads, list_rejects, reject_counts
from etl.history.reject_file import RejectFile, reject_file
from tests.etl.files import CERTIFICATES, GOOD, certificate, kept
from tests.etl.workbooks import xlsx

NOW = datetime(2013, 10, 1, 8, 30, tzinfo=UTC)
CATALOGUE = Path(__file__).resolve().parent.parent.parent / "data" / "catalogue"
# One good row, one with two mistakes, one that comes without its last cells.
MIXED = "\n".join(
    [CERTIFICATES, GOOD, certificate("A2", 統一編號="12", 核發日期="102/13/1"), "A3,04595257"]
)


def asked(store: Store, *files: tuple[str, bytes], kind: Kind = "check", **changes: Any) -> Job:
    request = Request(kind=kind, store=store.url, by="商業司", **changes)
    return new_job(jobs_folder(store), request, files, NOW)


def done(job: Job) -> Status:
    run(job, NOW)
    return job.status


def catalogue(*feeds: str) -> list[tuple[str, bytes]]:
    return [(f"{feed}.csv", (CATALOGUE / f"{feed}.csv").read_bytes()) for feed in feeds]


def test_a_check_says_what_a_load_would_do_and_changes_nothing(empty_store: Store) -> None:
    job = asked(empty_store, ("核發.csv", MIXED.encode()))
    assert done(job).state == "done"
    result = job.result("check")
    (file,) = result["files"]
    assert (file["file"], file["feed"], file["load"]) == ("核發.csv", "certificates", None)
    assert (file["read"], file["kept"], file["rejected"]) == (3, 1, 2)
    assert result["before"] == {"as_of": None, "numbers": [0, 0, 0, 0, 0]}
    assert result["after"] == {"as_of": "2008-10-01", "numbers": [0, 0, 1, 1, 0]}
    assert result["kept"][0]["rows"][0]["serial"] == "A1"
    assert [entry["row"] for entry in result["rejects"]] == [3, 4]
    assert [reason["code"] for reason in result["rejects"][0]["reasons"]] == [
        "bad_holder_id",
        "impossible_date",
    ]
    assert empty_store.version == "empty"
    assert not list(jobs_folder(empty_store).parent.glob("records/**/*.parquet"))
    assert not (jobs_folder(empty_store).parent / "catalog.sqlite").exists()
    assert not (jobs_folder(empty_store).parent / "archive").exists()


def test_a_load_keeps_what_the_check_foresaw_under_the_name_that_the_file_came_with(
    empty_store: Store,
) -> None:
    job = asked(empty_store, ("核發.csv", MIXED.encode()))
    done(job)
    foreseen = job.result("check")
    job.write(
        "request.json", json.loads((job.folder / "request.json").read_text()) | {"kind": "load"}
    )
    job.set_status(Status("load", "starting"))
    assert done(job).state == "done"
    result = job.result("load")
    assert result["after"] == foreseen["after"]
    assert kept(empty_store, "certificates", "serial") == [("A1",)]
    (entry,) = list_loads(empty_store)
    assert (entry["load"], entry["file"], entry["loaded_by"]) == (1, "核發.csv", "商業司")
    assert [entry["row"] for entry in list_rejects(empty_store)] == [3, 4]
    assert not any(path.exists() for path in job.paths())  # the archive has them


def test_files_of_several_feeds_become_one_publication_in_the_order_of_the_feeds(
    empty_store: Store,
) -> None:
    files = [("核發.csv", f"{CERTIFICATES}\n{GOOD}\n".encode()), *catalogue("systems", "units")]
    job = asked(empty_store, *files, kind="load")
    assert done(job).state == "done"
    assert [(e["load"], e["feed"], e["rejected"]) for e in list_loads(empty_store)] == [
        (3, "certificates", 0),
        (2, "systems", 0),  # its units came with it
        (1, "units", 0),
    ]
    assert len(empty_store.versions()) == 1
    day = data_cut_off(empty_store)
    assert day is not None
    totals = evaluate(empty_store, METRICS["integration_totals"], Selection(day))
    assert job.result("load")["after"]["numbers"][:2] == [
        totals["units"].sum(),
        totals["systems"].sum(),
    ]


def test_when_one_file_cannot_be_read_nothing_is_loaded(empty_store: Store) -> None:
    job = asked(empty_store, *catalogue("units"), ("甲.csv", b"a,b\n1,2\n"), kind="load")
    status = done(job)
    assert status.state == "failed"
    assert "甲.csv" in status.zh
    assert "甲.csv" in status.en
    assert "file-" not in status.zh + status.en
    assert empty_store.version == "empty"


def test_a_stated_cut_off_is_the_day_of_the_numbers(empty_store: Store) -> None:
    content = f"{CERTIFICATES}\n{GOOD}\n".encode()
    job = asked(empty_store, ("a.csv", content), cut_off="2013-09-24")
    done(job)
    assert job.result("check")["after"] == {"as_of": "2013-09-24", "numbers": [0, 0, 1, 1, 1]}


@pytest.mark.parametrize(
    ("name", "ending", "shown"),
    [
        ("../../etc/passwd", "", "passwd"),
        ("C:\\temp\\名單.CSV", ".csv", "名單.CSV"),
        ("a.tar.gz", ".gz", "a.tar.gz"),
        ("a.csv.gz", ".csv.gz", "a.csv.gz"),
        ("x.csv/../../y", "", "y"),
        ("a\n<b>\x00.xlsx", ".xlsx", "a<b>.xlsx"),
        ("", "", "?"),
    ],
)
def test_no_path_comes_from_a_file_name(
    empty_store: Store, name: str, ending: str, shown: str
) -> None:
    job = asked(empty_store, (name, b"x"))
    (file,) = job.request.files
    assert file.name == shown
    assert file.stored.startswith("file-1-")
    assert Path(file.stored).name == file.stored
    assert "".join(Path(file.stored).suffixes) == ending
    assert job.paths()[0].read_bytes() == b"x"


def test_a_job_waits_for_another_load(empty_store: Store) -> None:
    job = asked(empty_store, *catalogue("units"), kind="load")
    with empty_store.writing():
        start(job)
        wait_for(lambda: job.status.doing == "wait")
    wait_for(lambda: job.status.is_over)
    assert job.status.state == "done"
    assert len(kept(empty_store, "units", "unit_code")) == 55


def test_a_killed_job_has_failed_and_changed_nothing(empty_store: Store) -> None:
    job = asked(empty_store, *catalogue("units"), kind="load")
    with empty_store.writing():  # holds it where it can be killed
        process = subprocess.Popen([sys.executable, "-m", "adoption.jobs", str(job.folder)])
        wait_for(lambda: job.status.state == "running")
        process.kill()
        process.wait()
    assert job.status.state == "failed"
    assert "再試一次" in job.status.zh
    assert not kept(empty_store, "units", "unit_code")


def test_a_process_that_does_not_even_start_has_failed(empty_store: Store) -> None:
    job = asked(empty_store, *catalogue("units"))
    (job.folder / "request.json").write_text('{"kind": "check", "files": []}', "utf-8")
    with pytest.raises(TypeError):
        start(job)
    job.write("request.json", {"kind": "check", "store": "no:such", "by": "", "files": []})
    start(job)
    wait_for(lambda: job.status.is_over)
    assert job.status.state == "failed"
    assert "no:such" in job.status.en


def test_an_error_that_nobody_foresaw_points_to_the_output(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("adoption.jobs.work.load_also", broken)
    job = asked(empty_store, *catalogue("units"))
    assert done(job).state == "failed"
    assert job.id in job.status.zh


def test_jobs_are_found_again_and_old_ones_cleaned_up(empty_store: Store) -> None:
    folder = jobs_folder(empty_store)
    old, new = asked(empty_store, ("a.csv", b"1")), asked(empty_store, ("b.csv", b"2"))
    assert set(jobs(folder)) == {old, new}
    eight_days_ago = (NOW - timedelta(days=8)).timestamp()
    os.utime(old.folder, (eight_days_ago, eight_days_ago))
    os.utime(new.folder, (NOW.timestamp(), NOW.timestamp()))
    clean(folder, NOW)
    assert jobs(folder) == [new]
    with new.held():
        discard(new)
        assert jobs(folder) == [new]  # it runs
    discard(new)
    assert jobs(folder) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_rejects_of_a_check_come_mended_through_another_job(
    empty_store: Store, ending: str
) -> None:
    job = asked(empty_store, ("核發.csv", MIXED.encode()))
    done(job)
    (part,) = job.result("check")["reject_sheets"]
    assert part == {"feed": "certificates", "rows": 2}
    made = RejectFile.from_json(json.loads((job.folder / "rejects.json").read_text("utf-8")))
    (downloaded,) = made.sheets
    assert downloaded.headers[1:-5] == CERTIFICATES.split(",")
    # Another load comes between, so the numbers in the file are not those of its own load.
    done(asked(empty_store, *catalogue("units"), kind="load"))
    start(job, kind="load")
    wait_for(lambda: job.status.is_over)
    assert reject_counts(empty_store) == {2: 2}
    assert reject_file(empty_store, 2).sheets[0].rows[0][1:] == downloaded.rows[0][1:]
    good = GOOD.replace("A1", "A2"), GOOD.replace("A1", "A3")
    rows = [
        [number, *mended.split(","), *why[-5:]]
        for (number, *why), mended in zip(downloaded.rows, good, strict=True)
    ]
    mended = replace(downloaded, rows=rows)
    content = mended.as_csv() if ending == "csv" else RejectFile([mended]).as_xlsx()
    again = asked(empty_store, (f"退回.{ending}", content))
    assert done(again).state == "done"
    (file,) = again.result("check")["files"]
    assert (file["kept"], file["rejected"], file["cleared"]) == (2, 0, 2)
    assert again.result("check")["reject_sheets"] == []
    start(again, kind="load")
    wait_for(lambda: again.status.is_over)
    assert reject_counts(empty_store) == {}
    assert kept(empty_store, "certificates", "serial") == [("A1",), ("A2",), ("A3",)]


def test_a_job_reads_by_the_profile_that_was_chosen(empty_store: Store) -> None:
    line = "V\t131001155959Z\t\t1A2B\tunknown\t/C=TW/L=Taipei/serialNumber=04595257\n"
    content = line.replace("Taipei", "臺北市").encode()
    kind = file_kinds()["openssl-index.toml"]
    assert kind.title == (
        "憑證：OpenSSL 憑證管理中心 index.txt",
        "Certificates: OpenSSL CA index.txt",
    )
    asked_for = {"feed": kind.feed, "profile": kind.profile, "profile_name": "p.toml"}
    job = asked(empty_store, ("index.txt", content), **asked_for)
    assert done(job).state == "done"
    (file,) = job.result("check")["files"]
    assert (file["kept"], file["header_row"], file["rejected"]) == (1, 0, 0)
    assert recognised("en", file) == (
        "index.txt: CSV UTF-8, no header row, read by the profile “OpenSSL CA index.txt”\n"
        "1 line = records 1"
    )
    meanings = columns_table("zh", [file]).set_index("檔案中的標題")["視為"].to_dict()
    assert meanings == {
        "status": "用不到",
        "expiry": "到期日期、核發日期",
        "revocation": "終止日期、終止原因",
        "serial": "憑證序號",
        "file": "用不到",
        "subject": "統一編號、縣市",
        "（設定檔指定）": "組織別、卡別",
    }
    (row,) = kept_table("zh", job.result("check")["kept"][0]).to_dict("records")
    assert (row["組織別"], row["核發日期"]) == ("公司", "97/10/01")
    assert row["標記"].startswith("有欄位不是檔案寫的")
    assert "終止日期" not in row
    other = asked(empty_store, ("a.csv", b"a,b\n1,2\n"), **asked_for)
    assert done(other).state == "done"  # no line of it is as long
    assert other.result("check")["files"][0]["rejected"] == 2


def test_what_was_recognised_and_what_was_not_read(tmp_path: Path, empty_store: Store) -> None:
    header = [*CERTIFICATES.split(","), "聯絡人"]
    rows = [["清冊"], header, [*GOOD.split(","), "王小明"], ["合計", "1"]]
    book = xlsx(tmp_path / "a.xlsx", {"核發": rows, "說明": [["內部使用"]]})
    job = asked(empty_store, ("清冊.xlsx", book.read_bytes()))
    done(job)
    (file,) = job.result("check")["files"]
    assert recognised("zh", file).split("\n") == [
        "清冊.xlsx：XLSX、工作表「核發」、標題在第 2 列、略過 1 列（不是資料）",
        "檔案共 4 行 = 標題 1 + 表頭說明 1 + 略過 1 + 資料 1",
        "沒有讀的工作表：說明",
        "疑似個人資料，未讀取：聯絡人",
    ]
    (skipped,) = skipped_table("zh", [file]).to_dict("records")
    assert skipped == {"檔案": "清冊.xlsx", "列號": 4, "視為": "小計或總計", "內容": "合計,1"}


def test_a_revert_is_a_job_and_says_what_it_did(empty_store: Store) -> None:
    done(asked(empty_store, *catalogue("units"), kind="load"))
    done(asked(empty_store, *catalogue("systems"), kind="load"))
    job = asked(empty_store, kind="revert", loads=(1,))
    assert done(job).state == "done"
    result = job.result("revert")
    assert result["before"]["numbers"][:2] == [50, 166]
    assert result["after"]["numbers"][:2] == [0, 0]
    assert (result["replayed"], result["changed"]) == ([2], [])
    (second, first) = list_loads(empty_store)
    assert (first["reverted_by"], second["reverted_by"]) == ("商業司", None)
    again = asked(empty_store, kind="revert", loads=(1,))
    assert done(again).state == "failed"
    assert "載入 1 已於" in again.status.zh


def test_what_a_revert_would_do_is_worked_out_without_doing_it(empty_store: Store) -> None:
    done(asked(empty_store, *catalogue("units"), kind="load"))
    done(asked(empty_store, *catalogue("systems"), kind="load"))
    version = empty_store.version
    job = asked(empty_store, kind="revert_check", loads=(1, 2))
    assert done(job).state == "done"
    foreseen = job.result("revert_check")
    assert foreseen["version"] == empty_store.version == version
    assert foreseen["before"]["numbers"][:2] == [50, 166]
    assert foreseen["after"]["numbers"][:2] == [0, 0]
    start(job, kind="revert")
    wait_for(lambda: job.status.is_over)
    assert job.result("revert")["after"] == foreseen["after"]
    assert all(entry["reverted_by"] == "商業司" for entry in list_loads(empty_store))


def test_the_ledger_says_when_in_the_time_of_taiwan(empty_store: Store) -> None:
    done(asked(empty_store, *catalogue("units"), kind="load", cut_off="2013-09-24"))
    (row,) = ledger_table("zh", list_loads(open_store(empty_store.url))).to_dict("records")
    assert row["時間"] == "102/10/01 16:30"
    assert row["經手人"] == "商業司"
    assert row["種類"] == "單位"
    assert row["資料統計至"] == "102/09/24"
    assert (row["讀入"], row["新增或更新"], row["退回"]) == (55, 55, 0)


def wait_for(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_workbook_brings_the_rejects_of_several_feeds_back(empty_store: Store) -> None:
    job = asked(
        empty_store,
        ("核發.csv", MIXED.encode()),
        ("單位.csv", "unit_code,name,side,sector\nU1,甲,外邊,民間\n".encode()),
        kind="load",
    )
    assert done(job).state == "done"
    made = reject_file(empty_store)
    assert [sheet.name for sheet in made.sheets] == ["單位", "憑證"]
    units = made.sheets[0]
    units.rows[0][units.headers.index("side")] = "外部"
    again = asked(empty_store, ("退回.xlsx", made.as_xlsx()), kind="load")
    assert done(again).state == "done"
    of_units, of_certificates = again.result("load")["files"]
    assert (of_units["feed"], of_units["cleared"], of_units["rejected"]) == ("units", 1, 0)
    assert (of_certificates["sheet"], of_certificates["refused_again"]) == ("憑證", 2)
    assert reject_counts(empty_store) == {of_certificates["load"]: 2}


def test_nobody_else_may_read_what_was_uploaded(empty_store: Store) -> None:
    job = asked(empty_store, ("a.csv", MIXED.encode()))
    assert job.folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in job.paths()] == [0o600]


def test_an_upload_that_there_is_no_room_for_leaves_nothing(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int, mode: str) -> Any:
        os.close(handle)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fdopen", full)
    with pytest.raises(CommandError, match="No space left on device"):
        asked(empty_store, ("a.csv", MIXED.encode()))
    assert list(jobs_folder(empty_store).iterdir()) == []


def test_the_uploads_of_a_check_are_removed_before_other_jobs(empty_store: Store) -> None:
    check = asked(empty_store, ("a.csv", MIXED.encode()))
    loaded = asked(empty_store, ("a.csv", GOOD.encode()))
    loaded.paths()[0].unlink()  # as after a load
    written = check.folder.stat().st_mtime
    clean(jobs_folder(empty_store), datetime.fromtimestamp(written, UTC) + timedelta(hours=11))
    assert len(jobs(jobs_folder(empty_store))) == 2
    clean(jobs_folder(empty_store), datetime.fromtimestamp(written, UTC) + timedelta(hours=13))
    assert jobs(jobs_folder(empty_store)) == [loaded]
    (check.folder).mkdir()
    (check.folder / "file-1-a.csv").touch()
    os.utime(check.folder, (0, 0))
    clean_regularly(jobs_folder(empty_store), seconds=0.01)
    wait_for(lambda: not check.folder.exists())


def test_a_job_is_stopped_when_asked(empty_store: Store) -> None:
    job = asked(empty_store, ("a.csv", f"{CERTIFICATES}\n{GOOD}\n".encode()), kind="load")
    with empty_store.writing():  # it waits for this one, and would for ever
        start(job)
        wait_for(lambda: job.status.state == "running")
        job.stop()
        wait_for(lambda: job.status.is_over)
    assert job.status.zh.startswith("已依要求停止")
    wait_for(lambda: not job.is_held())
    assert not kept(empty_store, "certificates", "serial")


def test_the_time_and_memory_of_a_job_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    kept: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", kept.__setitem__)
    before = signal.getsignal(signal.SIGXCPU)
    try:
        limit_process()
        assert kept[resource.RLIMIT_AS] == (8 << 30, 8 << 30)
        assert kept[resource.RLIMIT_CPU][0] == 1_800
        with pytest.raises(TookTooLong):
            signal.raise_signal(signal.SIGXCPU)
    finally:
        signal.signal(signal.SIGXCPU, before)


def test_a_ledger_of_a_ca_brings_its_holds_with_it(empty_store: Store) -> None:
    root = Path(__file__).parents[2]
    index = root / "tests" / "etl" / "ca_exports" / "index.txt"
    profile = (root / "data" / "profiles" / "openssl-index.toml").read_text("utf-8")
    job = asked(
        empty_store,
        ("index.txt", index.read_bytes()),
        kind="load",
        feed="certificates",
        profile=profile,
        profile_name="openssl-index.toml",
    )
    assert done(job).state == "done"
    certificates, suspensions = job.result("load")["files"]
    assert (certificates["kept"], suspensions["kept"]) == (4, 2)
    assert len(empty_store.versions()) == 1
