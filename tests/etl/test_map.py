"""`etl map`, the guess in the error of a load, and profiles that are kept with the store."""

from pathlib import Path

import pytest

from adoption.command import CommandError
from adoption.store import Store, open_store
from etl.history.ledger import list_flagged, list_rejects
from etl.history.replay import rebuild
from etl.mapping.feeds import FEEDS
from etl.mapping.headers import ColumnTwice
from etl.mapping.kept_profiles import keep_profile, kept_profiles, profile_text, profiles_folder
from etl.mapping.profile import parse_profile
from etl.mapping.source_file import describe
from tests.etl.files import kept, load_files, write
from tests.etl.test_command import Outcome

HEADER = "流水號,憑證識別碼,停用起,停用訖"
ROWS = ["1,A1,102/1/1,102/2/1", "2,A2,102/3/1,", "3,A7,102/4/1,102/4/9"]
CHOSEN = {"serial": "憑證識別碼", "suspended_on": "停用起", "resumed_on": "停用訖"}
SUSPENSIONS = FEEDS["suspensions"]


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    return write(tmp_path / "停用.csv", HEADER, *ROWS)


def test_a_command_to_be_typed_has_its_file_in_quotes_where_it_needs_them(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"etl map '停用 \$\(x\)\.csv' suspensions --out"):
        load_files(
            open_store(f"lake:///{tmp_path}/store"),
            "suspensions",
            write(tmp_path / "停用 $(x).csv", HEADER, *ROWS),
        )


@pytest.mark.parametrize("feed", [(), ("suspensions",)])
def test_map_writes_a_profile_that_load_takes(
    unknown: Path, tmp_path: Path, feed: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "p.toml"
    said = Outcome(capsys, "map", unknown, *feed, "--out", out)
    assert said.code == 0
    assert said.out == [
        "停用.csv：停用，標題在第 1 列；建議的對應：",
        "  憑證序號（serial） ← 憑證識別碼　標題近似「憑證號碼」；3 個值都不相同",
        (
            "  停用日期（suspended_on） ← 停用起"
            "　標題近似「停用起日」；3 個值有 3 個是日期；不晚於「停用訖」"
        ),
        (
            "  復用日期（resumed_on） ← 停用訖"
            "　標題近似「停用迄日」；2 個值有 2 個是日期；不早於「停用起」"
        ),
        (
            f"已寫入 {out}；看過、改對之後執行 "
            f"python -m etl load suspensions {unknown} --profile {out}"
        ),
    ]
    profile = parse_profile(out.read_text("utf-8"), "p.toml")
    assert {column.name: column.source for column in profile.columns} == CHOSEN
    store = open_store(f"lake:///{tmp_path}/store")
    loaded = Outcome(capsys, "load", "suspensions", unknown, "--profile", out, "--store", store.url)
    assert (loaded.code, "  依設定檔「停用」讀取" in loaded.out) == (0, True)
    assert kept(store, "suspensions", "serial") == [("A1",), ("A2",), ("A7",)]


def test_map_as_json_and_without_an_answer(
    unknown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = Outcome(capsys, "map", unknown, "--json").json
    assert (found["feed"], found["header_row"]) == ("suspensions", 1)
    assert {c["column"]: c["header"] for c in found["columns"] if c["header"]} == CHOSEN
    nothing = write(tmp_path / "x.csv", "a,b", "1,2", "2,2")
    said = Outcome(capsys, "map", nothing, "--lang", "en")
    assert (said.code, len(said.err)) == (2, 1)
    assert "like no kind of records; the header row is: a, b" in said.err[0]
    half = write(tmp_path / "y.csv", "憑證識別碼,b", "A1,2", "A2,2")
    said = Outcome(capsys, "map", half, "suspensions", "--out", tmp_path / "p.toml")
    assert (said.code, said.err) == (1, [f"{half}：看不出哪一欄是 停用日期；請自己寫進設定檔"])
    assert 'serial = "憑證識別碼"' in (tmp_path / "p.toml").read_text("utf-8")


def test_a_load_says_the_best_guess_in_its_one_line_and_does_not_use_it(
    unknown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"lake:///{tmp_path}/store"
    said = Outcome(capsys, "load", "suspensions", unknown, "--store", url)
    assert (said.code, said.out) == (2, [])
    assert said.err == [
        (
            "停用.csv：當作「停用」讀，找不到欄位 憑證序號、停用日期；"
            "最可能的是 憑證序號＝「憑證識別碼」、"
            "停用日期＝「停用起」；標題列是：流水號, 憑證識別碼, 停用起, 停用訖；請用 "
            "python -m etl map 停用.csv suspensions --out 設定檔.toml 確認後加 --profile 載入，"
            "或在「資料」頁對應"
        )
    ]
    assert open_store(url).version == "empty"


def test_a_kept_profile_reads_the_next_file_with_its_headers(
    unknown: Path, tmp_path: Path, empty_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_profile(empty_store, SUSPENSIONS, "卡務中心/停用", CHOSEN)
    (profile,) = kept_profiles(empty_store)
    assert (profile.name, profile.title.zh) == ("suspensions-卡務中心-停用.toml", "卡務中心/停用")
    # Next month's has a title, another order, and a column more.
    rows = ["停用清冊", "備註,停用訖,停用起,憑證識別碼", "x,102/5/9,102/5/1,A9"]
    later = write(tmp_path / "下月.csv", *rows)
    command = ("load", "suspensions", unknown, later, "--store", empty_store.url)
    said = Outcome(capsys, *command)
    assert said.out.count("  依設定檔「卡務中心/停用」讀取") == 2
    assert [serial for (serial,) in kept(empty_store, "suspensions", "serial")] == [
        *("A1", "A2", "A7", "A9")
    ]
    # Once loaded, the archive says by which profile: the store can do without the kept one.
    (profiles_folder(empty_store) / profile.name).unlink()
    rebuild(empty_store)
    assert len(kept(empty_store, "suspensions", "serial")) == 4


def test_kept_profiles_do_not_disturb_files_that_need_none(
    tmp_path: Path, empty_store: Store
) -> None:
    keep_profile(empty_store, SUSPENSIONS, "a", CHOSEN)
    keep_profile(empty_store, FEEDS["reminders"], "b", {"serial": "卡號", "sent_on": "停用日期"})
    kept_now = kept_profiles(empty_store)
    plain = write(tmp_path / "a.csv", "卡號,停用日期", "A1,102/1/1")
    assert describe(plain, SUSPENSIONS, None, kept_now).profile is None


def test_the_profile_that_says_most_and_of_those_the_newest(
    unknown: Path, empty_store: Store
) -> None:
    keep_profile(empty_store, SUSPENSIONS, "less", dict(list(CHOSEN.items())[:2]))
    for title in ("first", "second"):
        keep_profile(empty_store, SUSPENSIONS, title, CHOSEN)
    source = describe(unknown, SUSPENSIONS, None, kept_profiles(empty_store))
    assert source.profile is not None
    assert source.profile.title.zh == "second"
    keep_profile(empty_store, SUSPENSIONS, "second", {"serial": "流水號"})  # mended: replaced
    assert len(kept_profiles(empty_store)) == 3


def test_of_two_headers_for_one_column_a_profile_says_which(
    tmp_path: Path, empty_store: Store
) -> None:
    path = write(tmp_path / "a.csv", "卡號,停用日期,停用時間", "A1,102/1/1,102/1/2")
    with pytest.raises(ColumnTwice, match="both mean suspended_on"):
        describe(path, SUSPENSIONS)
    text = profile_text(SUSPENSIONS, "x", {"suspended_on": "停用時間"})
    columns = describe(path, SUSPENSIONS, parse_profile(text, "x.toml")).columns
    assert columns == {"卡號": "serial", "停用日期": None, "停用時間": "suspended_on"}


@pytest.mark.parametrize("header", ['a"b', "a\\b", "a\tb\x7f", "= 1", "]#'"])
def test_any_header_can_stand_in_a_profile(header: str) -> None:
    profile = parse_profile(profile_text(SUSPENSIONS, "../../x\n", {"serial": header}), "x")
    assert profile.columns[0].source == header
    assert profile.title.zh == "../../x"


def test_no_path_comes_from_a_title(empty_store: Store) -> None:
    for title in ("../../x", "/etc/passwd", "..", "", "CON", "a" * 500):
        keep_profile(empty_store, SUSPENSIONS, title, CHOSEN)
    folder = profiles_folder(empty_store)
    names = [path.name for path in folder.iterdir()]
    assert len(names) == 5  # .. and nothing leave nothing
    assert all(name.startswith("suspensions-") and len(name) < 80 for name in names)


def test_a_store_without_a_folder_keeps_none(tmp_path: Path) -> None:
    store = open_store("lake+postgresql://u@h/d?data=s3://bucket/x")
    assert kept_profiles(store) == []
    with pytest.raises(CommandError, match="add &folder=FOLDER"):
        keep_profile(store, SUSPENSIONS, "x", CHOSEN)


def test_reasons_and_flags_call_columns_as_the_file_does(
    tmp_path: Path, empty_store: Store
) -> None:
    header = "卡號,統編,公司別,縣市別,卡種,發卡日,有效期限,作廢原因"
    path = write(
        tmp_path / "a.csv",
        header,
        "A1,12345678,公司,臺北市,正卡,98/1/1,103/1/1,解散",
        "A2,04595257,公司,臺北市,正卡,102/1/1,98/13/1,",
        "A3,04595257,公司,臺北市,正卡,102/1/1,98/1/1,",
    )
    load_files(empty_store, "certificates", path)
    reasons = [r["zh"] for row in list_rejects(empty_store) for r in row["reasons"]]
    assert reasons == [
        "「有效期限」的「98/13/1」沒有這一天（民國 1–200 年）：請更正",
        "「有效期限」早於「發卡日」：請查明兩個日期",
    ]
    (flagged,) = list_flagged(empty_store)
    assert [reason["zh"] for reason in flagged["reasons"]] == [
        "有「作廢原因」但沒有「終止日期」，已保留並標記：請補上日期",
        "「統編」檢查碼不符，已保留並標記：請查明",
    ]
    keep_profile(empty_store, SUSPENSIONS, "x", CHOSEN)
    bad = write(tmp_path / "b.csv", HEADER, "1,A1,102/2/1,102/1/1")
    load_files(empty_store, "suspensions", bad, kept=kept_profiles(empty_store))
    (row,) = list_rejects(empty_store, 2)
    assert row["reasons"][0]["zh"] == "「停用訖」早於「停用起」：請查明兩個日期"
