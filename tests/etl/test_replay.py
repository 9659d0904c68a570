"""Revert and rebuild: loads done again give the same store, to the last row of every table."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from adoption.command import CommandError
from adoption.store import Store, StoreError, open_store
from etl.history import ledger, log, replay
from etl.mapping.headers import UnreadableFile
from tests.engines import ENGINES, Engine
from tests.etl.files import CERTIFICATES, NOW, UNITS, certificate, column, kept, load_files, write
from tests.etl.stores import contents, copied
from tests.etl.workbooks import xlsx

LATER = datetime(2013, 10, 2, 9, 0, tzinfo=UTC)
CATALOGUE = Path(__file__).parents[2] / "data" / "catalogue"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


def loads_of(folder: Path) -> list[tuple[str, list[Path]]]:
    """Six loads that need one another: changes, rejects that come mended, links, personal data."""
    old = certificate("OLD"), certificate("SAME"), certificate("BAD", 卡別="?")
    new = certificate("NEW", 核發日期="102/9/1", 到期日期="107/9/1")
    changed = certificate("OLD", 終止日期="99/1/1", 終止原因="換發")
    personal = [
        "",
        CERTIFICATES + ",負責人,備註,承辦",
        certificate("P1", 統一編號="12345678") + ",王小明,可,wang@example.com",
        "P2,malformed,王小明",
        certificate("P3", 卡別="wang@example.com") + ",王小明,可,",
    ]
    unit = "聯絡 wang@example.com"
    return [
        ("units", [CATALOGUE / "units.csv"]),
        ("certificates", [write(folder / "a.csv", CERTIFICATES, *old)]),
        ("certificates", [write(folder / "b.csv", CERTIFICATES, new, certificate("BAD"))]),
        ("systems", [CATALOGUE / "systems.csv"]),
        (
            "certificates",
            [
                write(folder / "c.csv", CERTIFICATES, changed),
                write(folder / "p.csv", *personal),
            ],
        ),
        ("units", [write(folder / "u.csv", UNITS, f"A,{unit},外部,民間", "B,乙,外部,民間")]),
    ]


def load_all(store: Store, folder: Path, without: int = 0) -> None:
    """The six loads; number `without` is left out but its number is not given to another."""
    for number, (feed, paths) in enumerate(loads_of(folder), 1):
        if number != without:
            load_files(store, feed, *paths)
            continue
        empty = write(folder / "empty.csv", UNITS)
        load_files(store, "units", empty)


Contents = dict[str, list[tuple[object, ...]]]


def records_and_rejects(store: Store) -> Contents:
    found = contents(store)
    return {name: rows for name, rows in found.items() if name not in ("loads", "source_files")}


@pytest.fixture(scope="module")
def six_loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the files of the six loads and, in `store`, of what they gave."""
    folder = tmp_path_factory.mktemp("six_loads")
    store = open_store(f"lake:///{folder}/store")
    load_all(store, folder)
    store.close()
    return folder


@pytest.fixture
def loaded(six_loads: Path, tmp_path: Path) -> Store:
    """The six loads in a store of the test's own: a copy, for a store is its folder."""
    return copied(six_loads, tmp_path)


@pytest.fixture
def any_loaded(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """The six loads on each engine."""
    if engine.name == "lake":
        copy: Store = request.getfixturevalue("loaded")
        return copy
    store = engine.new(tmp_path)
    load_all(store, tmp_path)
    return store


@pytest.fixture(scope="module")
def never_loaded(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[int], tuple[Contents, list[dict[str, Any]]]]:
    """What a store holds, and its ledger, into which load `load_id` was never loaded."""

    @cache
    def without(load_id: int) -> tuple[Contents, list[dict[str, Any]]]:
        folder = tmp_path_factory.mktemp("without")
        store = open_store(f"lake:///{folder}/store")
        load_all(store, folder, without=load_id)
        return records_and_rejects(store), list(ledger.list_loads(store))

    return without


@pytest.mark.parametrize(
    ("engine", "load_id"),
    [("lake_engine", load_id) for load_id in range(1, 7)]
    + [(engine, load_id) for engine in ENGINES[1:] for load_id in (2, 6)],
    indirect=["engine"],
)
def test_after_a_revert_the_store_is_as_if_the_load_had_never_happened(
    any_loaded: Store,
    never_loaded: Callable[[int], tuple[Contents, list[dict[str, Any]]]],
    load_id: int,
) -> None:
    store = any_loaded
    replay.revert(store, [load_id], by="chief", now=LATER)
    expected, loads = never_loaded(load_id)
    assert records_and_rejects(store) == expected
    # What became of the later loads' rows is in the ledger as if it had been so from the start.
    for one, other in zip(ledger.list_loads(store), loads, strict=False):
        if one["load"] > load_id:
            assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_a_revert_stays_in_the_ledger(tmp_path: Path, loaded: Store) -> None:
    replay.revert(loaded, [3], by="chief", now=LATER)
    reverted = {e["load"]: (e["reverted_at"], e["reverted_by"]) for e in ledger.list_loads(loaded)}
    assert reverted.pop(3) == ("2013-10-02T09:00:00+00:00", "chief")
    assert set(reverted.values()) == {(None, None)}
    entry = next(e for e in ledger.list_loads(loaded) if e["load"] == 3)
    assert (entry["file"], entry["kept"], entry["loaded_by"]) == ("b.csv", 2, "tester")
    # The reject that it had mended is there again, and the next load gets a number of its own.
    assert ("a.csv", 4) in [(r["file"], r["row"]) for r in ledger.list_rejects(loaded)]
    again = load_files(loaded, "certificates", tmp_path / "b.csv")[0]
    assert (again.load, again.kept) == (7, 2)


def test_the_last_load_is_reverted_without_doing_another_again(
    any_loaded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = any_loaded
    monkeypatch.setattr(
        "etl.history.replay.Entering", lambda *_: pytest.fail("a load was done again")
    )
    assert replay.revert(store, [6], by="chief", now=LATER).results == []
    assert kept(store, "units", "unit_code")[-1] != ("B",)


def test_several_reverts_in_any_order(tmp_path: Path, loaded: Store) -> None:
    for load_id in (2, 6, 5, 1, 4, 3):
        replay.revert(loaded, [load_id], by="chief", now=LATER)
    empty = open_store(f"lake:///{tmp_path}/other")
    load_files(empty, "units", write(tmp_path / "none.csv", UNITS))
    assert records_and_rejects(loaded) == records_and_rejects(empty)
    assert len(list(ledger.list_loads(loaded))) == 7  # six loads, one of two files
    assert all(entry["reverted_at"] for entry in ledger.list_loads(loaded))


def test_what_cannot_be_reverted(tmp_path: Path, loaded: Store) -> None:
    with pytest.raises(CommandError, match="load 1: there is none"):
        replay.revert(open_store(f"lake:///{tmp_path}/other"), [1], by="chief", now=LATER)
    replay.revert(loaded, [2], by="chief", now=LATER)
    with pytest.raises(CommandError, match="reverted at 2013-10-02T09:00:00"):
        replay.revert(loaded, [2], by="chief", now=LATER)


def test_a_rebuild_gives_an_identical_store(loaded: Store) -> None:
    before, version = contents(loaded), loaded.version
    done = replay.rebuild(loaded)
    assert contents(loaded) == before
    assert loaded.version != version
    assert done.changed == []
    replay.revert(loaded, [3], by="chief", now=LATER)
    reverted = contents(loaded)
    replay.rebuild(loaded)
    assert contents(loaded) == reverted


def a_personal_workbook(path: Path) -> Path:
    """As an office keeps it: titles, a header of two rows, numbers for text, a total, an address.

    It is archived as a CSV without what is about persons.
    """
    header = ("憑證序號", "統一編號", "組織別", "縣市", "卡別", "日期", "", "聯絡人")
    below = ("", "", "", "", "", "核發", "到期", "")
    good = ("A1", 4595257.0, "公司", "台北市", "正卡", date(2008, 10, 1), "102/10/1", "王小明")
    bad = ("A2", "12", "公司", "台北市", "正卡", "97/10/1", "102/10/1", "wang@example.com")
    wide = ("A3", "04595257", "公司", "台北市", "正卡", "97/10/1", "102/10/1", "", "急", "件")
    rows = [
        ("工商憑證核發清冊",), (), header, below, good, bad, (), wide, ("合計", 3), ("※ 內部使用",)
    ]  # fmt: skip
    return xlsx(path, {"核發清冊": rows, "說明": [("本表由業務單位維護",)]})


def test_a_workbook_with_persons_in_it_is_rebuilt_as_what_it_was(
    tmp_path: Path, store: Store
) -> None:
    rows = "1020924", certificate("B1", 卡別="?") + ",王小明", "B2,王小明", "資料來源：各縣市"
    csv_file = write(tmp_path / "b.csv", CERTIFICATES + ",負責人", *rows)
    load_files(store, "certificates", a_personal_workbook(tmp_path / "a.xlsx"), csv_file)
    loaded = list(ledger.list_loads(store))
    assert column(loaded, "format") == ["xlsx", "csv"]
    assert [(e["sheet"], e["unread_sheets"], e["header_row"]) for e in loaded] == [
        ("核發清冊", ["說明"], 4),
        ("", [], 1),
    ]
    assert [(e["read"], e["kept"], e["rejected"], e["skipped"]) for e in loaded] == [
        (3, 2, 1, 2),
        (2, 0, 2, 2),
    ]
    assert {(r["file"], r["sheet"]) for r in ledger.list_rejects(store)} == {
        ("a.xlsx", "核發清冊"),
        ("b.csv", ""),
    }
    before = contents(store)
    assert replay.rebuild(store).changed == []
    assert contents(store) == before
    # In the archive there is nothing about persons.
    for path in (tmp_path / "store" / "archive").iterdir():
        assert "王小明" not in path.read_text("utf-8-sig")
        assert "wang@example" not in path.read_text("utf-8-sig")


def test_a_lost_store_is_rebuilt_from_the_archive_alone(
    tmp_path: Path, engine: Engine, any_loaded: Store
) -> None:
    store = any_loaded
    replay.revert(store, [2], by="chief", now=LATER)
    before = contents(store)
    elsewhere = tmp_path / "elsewhere" / "store"
    shutil.copytree(tmp_path / "store" / "archive", elsewhere / "archive")
    for path in tmp_path.glob("*.csv"):
        path.unlink()
    other = engine.new(elsewhere.parent)
    with pytest.raises(StoreError, match=r"no tables|python -m etl rebuild"):
        other.version  # noqa: B018
    replay.rebuild(other)
    assert contents(other) == before
    known = [each.entries for each in log.log_of(elsewhere / "archive") if each.entries]
    assert [entry.load_id for (entry,) in known] == [e.load_id for e in ledger.entries(other)]


def published(store: Store) -> list[tuple[int, object, dict[str, int]]]:
    return [(v.number, v.publication, dict(v.rows)) for v in store.versions()]


def test_a_rebuild_gives_every_version_again(tmp_path: Path, loaded: Store) -> None:
    replay.revert(loaded, [2, 5], by="chief", now=LATER)
    load_files(loaded, "certificates", write(tmp_path / "n.csv", CERTIFICATES, certificate("N")))
    before = published(loaded)
    then = {}
    for version in loaded.versions():
        with loaded.at(version.name) as reader:
            then[version.number] = contents(reader)
    shutil.rmtree(tmp_path / "store" / "records")
    (tmp_path / "store" / "catalog.sqlite").unlink()
    again = open_store(loaded.url)
    replay.rebuild(again)
    assert published(again) == before
    for version in again.versions():
        with again.at(version.name) as reader:
            assert contents(reader) == then[version.number], version.number


def test_loads_that_a_backup_lacks_come_back_with_a_rebuild(tmp_path: Path, loaded: Store) -> None:
    """A store put back from a backup that is older than its archive."""
    saved = tmp_path / "saved"
    shutil.copytree(tmp_path / "store", saved, ignore=shutil.ignore_patterns("archive"))
    path = write(tmp_path / "lost.csv", CERTIFICATES, certificate("LOST"))
    assert load_files(loaded, "certificates", path)[0].load == 7
    loaded.close()
    for name in ("records", "catalog.sqlite"):
        old = tmp_path / "store" / name
        shutil.rmtree(old) if old.is_dir() else old.unlink()
        (saved / name).rename(old)
    again = open_store(loaded.url)
    assert ("LOST",) not in kept(again, "certificates", "serial")
    # The next load does not take the number of the one that is lost.
    path = write(tmp_path / "next.csv", CERTIFICATES, certificate("NEXT"))
    assert load_files(again, "certificates", path)[0].load == 8
    assert again.versions()[0].number == 8
    replay.rebuild(again)
    assert {("LOST",), ("NEXT",)} <= set(kept(again, "certificates", "serial"))


def test_an_archive_with_a_file_missing_or_damaged_changes_nothing(
    tmp_path: Path, loaded: Store
) -> None:
    before, version = contents(loaded), loaded.version
    entry = next(e for e in ledger.list_loads(loaded) if e["file"] == "b.csv")
    archived = tmp_path / "store" / "archive" / entry["archived"]
    content = archived.read_bytes()
    archived.write_bytes(content + certificate("X").encode() + b"\n")
    with pytest.raises(UnreadableFile, match=r"b\.csv: the archived file .* is damaged"):
        replay.rebuild(loaded)
    archived.unlink()
    with pytest.raises(UnreadableFile, match=r"b\.csv: not in the archive"):
        replay.rebuild(loaded)
    assert (contents(loaded), loaded.version) == (before, version)
    replay.revert(loaded, [6], by="chief", now=LATER)  # needs none of the archived files
    archived.write_bytes(content)
    replay.rebuild(loaded)


def test_a_damaged_copy_of_the_ledger_says_so(tmp_path: Path, loaded: Store) -> None:
    (tmp_path / "store" / "archive" / "ledger.jsonl").write_text('{"load": {\n', "utf-8")
    with pytest.raises(UnreadableFile, match="the archived ledger is damaged"):
        replay.rebuild(loaded)


def test_nothing_to_rebuild_from(store: Store) -> None:
    with pytest.raises(CommandError, match="nothing to rebuild from"):
        replay.rebuild(store)


def test_the_copy_of_the_ledger_is_lines_of_json(tmp_path: Path, loaded: Store) -> None:
    text = (tmp_path / "store" / "archive" / "ledger.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line["publication"]["loads"] for line in lines] == [[n] for n in range(1, 7)]
    (load,) = lines[4]["loads"]
    assert [file["name"] for file in load["files"]] == ["c.csv", "p.csv"]
    assert load["files"][1]["archived"] != load["files"][1]["sha256"]


def test_files_without_rows_stand_in_no_way(tmp_path: Path, store: Store) -> None:
    """Done again in one transaction, each as the first load of its feed."""
    load_files(store, "units", write(tmp_path / "u.csv", UNITS, "U1,甲,ministry,government"))
    load_files(store, "certificates", write(tmp_path / "none.csv", CERTIFICATES))
    load_files(store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, certificate("A1")))
    replay.revert(store, [1], by="tester", now=NOW)
    assert kept(store, "certificates", "serial") == [("A1",)]
