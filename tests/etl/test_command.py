"""python -m etl: what it prints, and that wrong use is one line, exit 2, the store untouched."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from adoption.command import CommandError, language, run
from adoption.store import open_store
from etl.__main__ import app
from tests.etl.files import CERTIFICATES, UNITS, certificate, load_files, write
from tests.etl.workbooks import xlsx

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADOPTION_LANG", "en")
    monkeypatch.setenv("ADOPTION_STORE", f"lake:///{tmp_path}/store")
    monkeypatch.delenv("ADOPTION_DEBUG", raising=False)


class Outcome:
    """The exit code of a command, and its lines."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> None:
        with pytest.raises(SystemExit) as left:
            run(app, "python -m etl", [str(argument) for argument in arguments])
        printed = capsys.readouterr()
        self.code = left.value.code
        self.out = printed.out.splitlines()
        self.err = printed.err.splitlines()

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "good.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    write(folder / "bad_row.csv", CERTIFICATES, certificate("A3"), certificate("A4", 卡別="金卡"))
    write(folder / "headers.csv", "憑證序號,備註", "A1,x")
    write(folder / "empty.csv")
    (folder / "broken.csv").write_bytes(b"a,b\n\xff\xff\n")
    (folder / "book.csv").write_bytes(b"PK\x03\x04 not really")
    write(folder / "a_file", "not a folder")
    return folder


WRONG = [
    ([], "command"),
    (["lod"], "lod"),
    (["load"], "FEED"),
    (["load", "units"], "FILE"),
    (["load", "cards", "{files}/good.csv"], "cards: no such feed; use one of units, systems"),
    (["load", "certificates", "{files}/none.csv"], "none.csv: cannot be read (No such file"),
    (["load", "certificates", "{files}"], "cannot be read (Is a directory)"),
    (["load", "certificates", "{files}/headers.csv"], "columns missing: issued_on"),
    (["load", "certificates", "{files}/empty.csv"], "empty.csv: the file is empty"),
    (
        ["load", "certificates", "{files}/broken.csv"],
        "broken.csv: byte 4 (from 0) is not UTF-8/Big5",
    ),
    (["load", "certificates", "{files}/book.csv"], "book.csv: this ZIP file is damaged"),
    (["load", "certificates", "{files}/good.csv", "--profile", "{files}/good.csv"], "not TOML"),
    (["load", "certificates", "{files}/good.csv", "--profile", "{files}/none.toml"], "none.toml"),
    (["load", "certificates", "{files}/good.csv", "{files}/none.csv"], "none.csv"),
    (["load", "certificates", "{files}/good.csv", "--cut-off", "102/13/1"], "102/13/1: not a date"),
    (["load", "certificates", "{files}/good.csv", "--store", "mysql://x"], "mysql://x"),
    (["load", "certificates", "{files}/good.csv", "--store", "lake:///{files}/a_file"], "a_file"),
    (["load", "certificates", "{files}/good.csv", "--fast"], "--fast"),
    (["load", "certificates", "{files}/good.csv", "--lang", "fr"], "--lang"),
    (["loads", "--store", "mysql://x"], "mysql://x"),
    (["loads", "extra"], "extra"),
    (["rejects", "99"], "load 99: there is none"),
    (["rejects", "first"], "LOAD"),
    (["rejects", "--out", "{files}/new"], "end it in .csv or .xlsx"),
    (["rejects", "--out", "{files}/new.csv"], "no rejected rows, nothing to write"),
    (["flagged", "99"], "load 99: there is none"),
    (["revert"], "LOAD"),
    (["revert", "99"], "load 99: there is none"),
    (["revert", "1", "--store", "mysql://x"], "mysql://x"),
    (["rebuild", "--store", "mysql://x"], "mysql://x"),
    (["rebuild", "--store", "lake:///{files}/nothing"], "nothing to rebuild from"),
    (["rejects", "--store", "mysql://x"], "mysql://x"),
    (["totals", "--store", "mysql://x"], "mysql://x"),
    (["totals", "--as"], "--as"),
    (["sample", "--out", "{files}/new"], "--certificates"),
    (["sample", "--certificates", "10"], "--out"),
    (["sample", "--certificates", "-1", "--out", "{files}/new"], "--certificates"),
    (["sample", "--certificates", "ten", "--out", "{files}/new"], "--certificates"),
    (["sample", "--certificates", "10", "--out", "{files}/a_file"], "a_file"),
    (["sample", "--certificates", "10", "--out", "{files}/a_file/x"], "cannot be written to"),
]


@pytest.fixture(scope="module")
def one_load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store of one load, to copy."""
    folder = tmp_path_factory.mktemp("one_load")
    path = write(folder / "good.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    store = open_store(f"lake:///{folder}/store")
    load_files(store, "certificates", path)
    store.close()
    return folder / "store"


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[" ".join(w[0])[:60] for w in WRONG])
def test_wrong_use_is_one_line_and_changes_nothing(
    arguments: list[str],
    says: str,
    files: Path,
    one_load: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(one_load, tmp_path / "store")
    before = open_store().version
    outcome = Outcome(capsys, *[argument.format(files=files) for argument in arguments])
    assert outcome.code == 2
    assert outcome.out == []
    assert len(outcome.err) == 1
    assert says in outcome.err[0]
    assert "Traceback" not in outcome.err[0]
    assert "unexpected error" not in outcome.err[0]
    assert open_store().version == before
    assert not (files / "new").exists()


def test_a_busy_store_is_one_line(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store().writing():
        outcome = Outcome(capsys, "load", "certificates", files / "good.csv")
    assert (outcome.code, outcome.out, len(outcome.err)) == (2, [], 1)
    assert "another load is writing" in outcome.err[0]


def test_load_in_json(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(
        capsys, "load", "certificates", files / "good.csv", files / "bad_row.csv", "--json"
    )
    assert (outcome.code, outcome.err) == (0, [])
    first, second = outcome.json
    keys = [
        "file",
        "feed",
        "format",
        "encoding",
        "read",
        "kept",
        "unchanged",
        "duplicate",
        "rejected",
        "flagged",
        "load",
    ]
    assert [first[key] for key in keys] == [
        *["good.csv", "certificates", "csv", "utf-8"],
        *[2, 2, 0, 0, 0, 0, 1],
    ]
    assert [second[key] for key in keys[4:]] == [2, 1, 0, 0, 1, 0, 1]
    assert {"columns", "ignored", "dropped", "seconds", "totals", "reasons"} <= set(second)
    assert second["totals"][0]["metric"] == "integration_totals"


def test_load_in_words(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(capsys, "load", "certificates", files / "bad_row.csv")
    assert "bad_row.csv: certificates, csv utf-8, header in row 1" in outcome.out
    assert "published as load 1" in outcome.out
    assert any("read 2 = kept 1 + unchanged 0" in line for line in outcome.out)
    assert any("expected 28, the records give 0 (-28)" in line for line in outcome.out)
    chinese = Outcome(capsys, "load", "certificates", files / "bad_row.csv", "--lang", "zh")
    assert any("讀入 2 = 新增或更新 0 + 相同 1" in line for line in chinese.out)


def test_what_was_skipped_and_not_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [CERTIFICATES.split(","), certificate("A1").split(","), ["合計", 1], ["A2"]]
    path = xlsx(tmp_path / "a.xlsx", {"封面": [["說明"]], "清冊": rows})
    outcome = Outcome(capsys, "load", "certificates", path)
    assert "a.xlsx > 清冊: certificates, xlsx, header in row 1" in outcome.out
    assert "  skipped 1 rows that are no records: 3 (a subtotal or total)" in outcome.out
    assert "  sheets not read: 封面" in outcome.out
    chinese = Outcome(capsys, "load", "certificates", path, "--lang", "zh")
    assert "  略過 1 列，不是資料：第 3 列（小計或總計）" in chinese.out
    (told,) = Outcome(capsys, "load", "certificates", path, "--json").json
    assert (told["read"], told["skipped"], told["sheet"]) == (2, 1, "清冊")
    assert told["skipped_rows"][0]["row"] == 3
    (reject,) = Outcome(capsys, "rejects", "3", "--json").json
    assert (reject["sheet"], reject["row"]) == ("清冊", 4)
    assert Outcome(capsys, "rejects", "3").out[0].startswith("a.xlsx > 清冊 row 4: ")


def test_a_profile_is_given_by_its_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subject = "/C=TW/L=臺北市/serialNumber=04595257"
    line = f"V\t131001155959Z\t\t1A\tunknown\t{subject}"
    path = write(tmp_path / "index.txt", line)
    profile = ROOT / "data" / "profiles" / "openssl-index.toml"
    outcome = Outcome(capsys, "load", "certificates", path, "--profile", profile)
    assert "index.txt: certificates, csv utf-8, no header row" in outcome.out
    assert any("kept 1 + unchanged 0" in line and "flagged 1" in line for line in outcome.out)


def test_a_dry_run_publishes_nothing(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(capsys, "load", "certificates", files / "good.csv", "--dry-run", "--json")
    assert (outcome.code, outcome.json[0]["kept"], outcome.json[0]["load"]) == (0, 2, None)
    assert open_store().version == "empty"


def test_strict_exits_1_with_the_counts(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = Outcome(capsys, "load", "certificates", files / "bad_row.csv", "--strict", "--json")
    assert (outcome.code, len(outcome.err)) == (1, 1)
    assert "1 rows rejected, nothing loaded" in outcome.err[0]
    assert (outcome.json[0]["rejected"], outcome.json[0]["load"]) == (1, None)
    assert open_store().version == "empty"
    good = Outcome(capsys, "load", "certificates", files / "good.csv", "--strict")
    assert (good.code, good.err) == (0, [])


def test_rejects_in_json_and_in_words(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Outcome(capsys, "load", "certificates", files / "bad_row.csv")
    (reject,) = Outcome(capsys, "rejects", "1", "--json").json
    assert (reject["file"], reject["sheet"], reject["row"]) == ("bad_row.csv", "", 3)
    assert [set(reason) >= {"code", "zh", "en"} for reason in reject["reasons"]] == [True]
    assert reject["text"]["憑證序號"] == "A4"
    assert Outcome(capsys, "rejects").out == [
        "bad_row.csv row 3: 卡別 “金卡” is unknown: use one of primary, additional"
    ]


@pytest.mark.parametrize("ending", ["csv", "CSV", "xlsx"])
def test_rejects_as_a_file_to_mend(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    Outcome(capsys, "load", "certificates", files / "bad_row.csv")
    out = tmp_path / f"退回.{ending}"
    (line,) = Outcome(capsys, "rejects", "--out", out).out
    assert line == (
        f"退回.{ending}: 1 rows; mend them (not the column 退回編號), then "
        f"python -m etl load certificates 退回.{ending}"
    )
    assert out.read_bytes()[:3] == (b"PK\x03" if ending == "xlsx" else b"\xef\xbb\xbf")
    (said,) = Outcome(capsys, "rejects", "1", "--out", out, "--json").json
    assert said == {"out": str(out), "feed": "certificates", "rows": 1}
    nowhere = Outcome(capsys, "rejects", "--out", tmp_path / "none" / f"a.{ending}")
    assert (nowhere.code, len(nowhere.err)) == (2, 1)


def test_a_mended_file_says_what_it_cleared(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Outcome(capsys, "load", "certificates", files / "bad_row.csv")
    mended = tmp_path / "mended.csv"
    Outcome(capsys, "rejects", "--out", mended)
    text = mended.read_text("utf-8-sig")
    mended.write_text(text.replace("金卡,", "正卡,", 1), "utf-8-sig")
    loaded = Outcome(capsys, "load", "certificates", mended, "--strict")
    assert "earlier rejects that are mended now: 1" in loaded.out
    assert Outcome(capsys, "rejects").out == ["no rejected rows"]


def test_flagged_rows_in_json_and_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Outcome(capsys, "flagged").out == ["no flagged rows"]
    path = write(tmp_path / "f.csv", CERTIFICATES, certificate("A1", 統一編號="12345678"))
    Outcome(capsys, "load", "certificates", path)
    (row,) = Outcome(capsys, "flagged", "1", "--json").json
    assert (row["key"], row["reasons"][0]["code"]) == ({"serial": "A1"}, "unlikely_holder_id")
    assert row["row"]["expires_on"] == "2013-10-01"
    assert Outcome(capsys, "flagged").out == [
        "certificates A1: 統一編號 fails its checksum; kept and flagged: check it"
    ]


def test_revert_and_rebuild_in_json_and_in_words(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Outcome(capsys, "load", "certificates", files / "good.csv")
    Outcome(capsys, "load", "certificates", files / "bad_row.csv")
    (said,) = Outcome(capsys, "revert", "1", "--json").json
    assert (said["reverted"], said["replayed"], said["changed"]) == ([1], [2], [])
    assert {"at", "by", "files", "totals"} <= set(said)
    newest, oldest = Outcome(capsys, "loads", "--json").json
    assert (newest["reverted_at"], oldest["reverted_at"]) == (None, said["at"])
    assert "reverted at" in Outcome(capsys, "loads").out[1]
    assert "撤回" in Outcome(capsys, "loads", "--lang", "zh").out[1]
    again = Outcome(capsys, "revert", "1")
    assert (again.code, len(again.err)) == (2, 1)
    (rebuilt,) = Outcome(capsys, "rebuild", "--json").json
    assert (rebuilt["replayed"], rebuilt["changed"]) == ([1, 2], [])
    assert Outcome(capsys, "rebuild").out[:2] == [
        "the store is made again from the archive",
        "loads done again: 1, 2",
    ]
    assert Outcome(capsys, "revert", "2").out[0] == (
        "load 2 reverted, as if never loaded; still in the ledger"
    )


def test_loads_in_json_and_in_words(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Outcome(capsys, "loads").out == ["nothing has been loaded yet"]
    Outcome(capsys, "load", "certificates", files / "good.csv", "--cut-off", "102/9/24")
    Outcome(capsys, "load", "certificates", files / "bad_row.csv")
    newest, oldest = Outcome(capsys, "loads", "--json").json
    assert (newest["load"], newest["file"], newest["rejected"]) == (2, "bad_row.csv", 1)
    assert (oldest["load"], oldest["cut_off"], oldest["read"]) == (1, "2013-09-24", 2)
    assert len(Outcome(capsys, "loads").out) == 2


def test_a_copy_in_json_and_in_words(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Outcome(capsys, "load", "certificates", files / "good.csv")
    source, target = f"lake:///{tmp_path}/store", f"lake:///{tmp_path}/copy"
    (copied,) = Outcome(capsys, "copy", source, target, "--json").json
    assert (copied["from"], copied["to"], copied["files"]) == (source, target, 1)
    assert {part["table"]: part["rows"] for part in copied["tables"]}["certificates"] == 2
    assert all(len(part["sha256"]) == 64 for part in copied["tables"])
    again = Outcome(capsys, "copy", source, target)
    assert (again.code, len(again.err)) == (2, 1)
    assert "give an empty database and an empty folder" in again.err[0]
    said = Outcome(capsys, "copy", source, f"lake:///{tmp_path}/other").out
    assert any(line.startswith("certificates: 2 rows, SHA-256 ") for line in said)
    assert said[-1] == "copied and published"
    assert Outcome(capsys, "copy", "lake:////none", target).code == 2


def test_upgrade_in_json_and_in_words(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty,) = Outcome(capsys, "upgrade", "--json").json
    assert empty["before"] is None
    Outcome(capsys, "load", "certificates", files / "good.csv")
    assert Outcome(capsys, "upgrade").out == [f"the layout is up to date ({empty['after']})"]


def test_totals_exit_1_until_they_agree(capsys: pytest.CaptureFixture[str]) -> None:
    off = Outcome(capsys, "totals", "--json")
    assert (off.code, len(off.json), len(off.err)) == (1, 4, 1)
    assert {"metric", "scope", "measure", "as_of", "expected", "actual", "difference"} <= set(
        off.json[0]
    )
    for feed in ("units", "systems"):
        Outcome(capsys, "load", feed, ROOT / "data" / "catalogue" / f"{feed}.csv")
    agreed = Outcome(capsys, "totals")
    assert (agreed.code, agreed.err) == (0, [])
    assert agreed.out[-1] == "control totals agree"


def test_a_sample_loads_without_a_reject(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = Outcome(capsys, "sample", "--certificates", "300", "--out", tmp_path / "sample")
    assert outcome.code == 0
    files = [line.split("\t") for line in outcome.out]
    assert [feed for _, feed, _ in files][:3] == ["units", "systems", "certificates"]
    for received, feed, path in files:
        options = ["--received", received, *(["--whole"] if feed == "systems" else [])]
        (result,) = Outcome(capsys, "load", feed, path, *options, "--strict", "--json").json
        assert result["rejected"] == 0
        assert result["kept"] + result["unchanged"] == result["read"] > 0
        assert result["unchanged"] == 0 or feed == "systems"  # which comes whole
    assert Outcome(capsys, "totals").code == 0


def test_an_unexpected_error_is_one_line_too(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("etl.__main__.load_also", fails)
    outcome = Outcome(capsys, "load", "certificates", files / "good.csv")
    assert (outcome.code, len(outcome.err)) == (2, 1)
    assert "RuntimeError: two lines" in outcome.err[0]
    monkeypatch.setenv("ADOPTION_DEBUG", "1")
    debugged = Outcome(capsys, "load", "certificates", files / "good.csv")
    assert "Traceback (most recent call last):" in debugged.err


@pytest.mark.parametrize(
    ("stated", "environ", "spoken"),
    [
        (None, {}, "zh"),
        (None, {"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "zh"),
        (None, {"ADOPTION_LANG": "en"}, "en"),
        ("zh", {"ADOPTION_LANG": "en"}, "zh"),
        ("en", {}, "en"),
    ],
)
def test_the_language_of_messages(stated: str | None, environ: dict[str, str], spoken: str) -> None:
    assert language(stated, environ) == spoken


def test_errors_speak_chinese_where_the_user_does(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for arguments in (["load", "cards", "x"], ["load", "--nonsense"], ["loads", "--store", "x:"]):
        by_option = Outcome(capsys, *arguments, "--lang", "zh").err
        monkeypatch.setenv("ADOPTION_LANG", "zh")
        assert Outcome(capsys, *arguments).err == by_option
        monkeypatch.setenv("ADOPTION_LANG", "en")
        assert any("\u4e00" <= sign <= "\u9fff" for sign in by_option[0])


def test_another_command_line_can_use_the_same_errors(capsys: pytest.CaptureFixture[str]) -> None:
    other = typer.Typer()

    @other.command()
    def check() -> None:
        raise CommandError("不符", "off", 1)

    with pytest.raises(SystemExit, match="1"):
        run(other, "python -m other", [])
    assert capsys.readouterr().err == "off\n"


def test_the_real_process(tmp_path: Path) -> None:
    units = write(tmp_path / "units.csv", UNITS, "A,甲,外部,民間")
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}

    def etl(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "etl", *arguments]
        return subprocess.run(
            command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    loaded = etl("load", "units", str(units), "--json")
    assert (loaded.returncode, loaded.stderr) == (0, "")
    assert json.loads(loaded.stdout)["kept"] == 1
    wrong = etl("load", "unit", str(units))
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
