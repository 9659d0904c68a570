"""Loads by the real loader into a Spark store: as on DuckDB, and nothing is left half done."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adoption.store import Store, open_store
from etl.history import ledger, replay
from tests.engines.samples import NOW, load_sample, load_the_same, tables_of
from tests.engines.spark_cluster import ROOT, SparkCluster
from tests.etl.files import CERTIFICATES, certificate, counts, load_files, write

pytestmark = pytest.mark.spark
SEED = 20130924


@pytest.fixture
def both(spark: SparkCluster, tmp_path: Path) -> list[Store]:
    duckdb = open_store(f"lake:///{tmp_path}/duckdb")
    return [duckdb, open_store(spark.url(tmp_path / "warehouse"))]


def dirty_rows(rng: random.Random, number: int) -> list[str]:
    """Certificates as an office has them: some repeated, some changed, some that no rule lets by,
    notes and totals among them."""
    rows: list[str] = []
    for n in range(number):
        serial = f"A{rng.randint(0, number)}"
        changes = rng.choice(
            (
                {},
                {"換發前序號": f"A{rng.randint(0, number)}"},
                {"核發日期": f"{rng.randint(90, 101)}/{rng.randint(1, 12)}/{rng.randint(1, 28)}"},
                {"統一編號": "04595258"},
                {"卡別": "?"},
                {"縣市": "高雄縣", "到期日期": "90/1/1"},
                {"終止日期": "101/2/30", "終止原因": "停用"},
            )
        )
        rows.append(certificate(serial, **changes))
        if n % 50 == 10:
            rows.append(rng.choice(("總計" + "," * 10, CERTIFICATES, "資料來源：示範", "a,b")))
    return rows


@pytest.mark.parametrize("is_spread", [False, True], ids=["here", "on the cluster"])
def test_dirty_files_fare_as_on_duckdb(
    both: list[Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_spread: bool
) -> None:
    if is_spread:
        monkeypatch.setattr(spread, "LEAST_BYTES", 0)
    monkeypatch.setattr("etl.csvfile.BLOCK_BYTES", 2_000)  # many batches
    rng = random.Random(SEED)
    first = write(tmp_path / "a.csv", CERTIFICATES, *dirty_rows(rng, 300))
    second = write(tmp_path / "b.csv", CERTIFICATES, *dirty_rows(rng, 200))
    third = write(tmp_path / "c.csv", CERTIFICATES, *dirty_rows(rng, 200))
    result = load_the_same(both, "certificates", first)
    assert min(result.kept, result.duplicate, result.rejected, result.skipped) > 0
    assert tables_of(both[1]) == tables_of(both[0])
    result = load_the_same(both, "certificates", second, third)
    assert min(result.kept, result.duplicate, result.rejected, result.flagged) > 0
    again = load_the_same(both, "certificates", second, third)
    assert again.kept == 0
    assert again.unchanged > 0
    assert tables_of(both[1]) == tables_of(both[0])
    assert list(ledger.list_rejects(both[1])) == list(ledger.list_rejects(both[0]))


def test_a_sample_of_all_feeds_is_as_on_duckdb(both: list[Store], tmp_path: Path) -> None:
    load_sample(both, tmp_path, 1_500)
    assert tables_of(both[1]) == tables_of(both[0])


def test_loads_are_taken_back_and_done_again(both: list[Store], tmp_path: Path) -> None:
    for name in ("A", "B", "C"):
        path = write(tmp_path / f"{name}.csv", CERTIFICATES, certificate(name), certificate("X"))
        load_the_same(both, "certificates", path)
    for store in both:
        replay.revert(store, 2, by="tests", now=NOW)
    assert tables_of(both[1]) == tables_of(both[0])
    before = tables_of(both[1])
    replay.rebuild(both[1])
    assert tables_of(both[1]) == before


def started(store: Store, path: Path) -> subprocess.Popen[bytes]:
    """The real loader, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "etl", "load", "certificates", str(path), "--store", store.url],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def moments(store: Store) -> dict[str, Callable[[], bool]]:
    """What can be seen of a load from outside, in the order in which it happens."""
    assert store.folder is not None
    drafts, tables, versions = (store.folder / name for name in ("drafts", "tables", "versions"))
    files, published = set(tables.glob("*/*")), set(versions.glob("*"))
    return {
        "its first draft": lambda: any(drafts.glob("*/*")),
        "new files of records": lambda: bool(set(tables.glob("certificates/*")) - files),
        "links": lambda: any(drafts.glob("*/link_changed-*")),
        "the ledger": lambda: any(set(tables.glob("loads/*")) - files),
        "its version": lambda: bool(set(versions.glob("*")) - published),
    }


@pytest.mark.parametrize("moment", moments(open_store("lake:///nowhere")))
def test_a_loader_killed_at_any_moment_leaves_the_old_state_or_the_new(
    spark_store: Store, tmp_path: Path, moment: str
) -> None:
    old = write(tmp_path / "old.csv", CERTIFICATES, certificate("A1"), certificate("A2"))
    load_files(spark_store, "certificates", old)
    before, version = tables_of(spark_store), spark_store.version
    rows = [certificate(f"B{n}") for n in range(2_000)]
    path = write(tmp_path / "new.csv", CERTIFICATES, *rows, certificate("A1", 縣市="高雄縣"))
    is_there = moments(spark_store)[moment]
    process = started(spark_store, path)
    while process.poll() is None and not is_there():
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    reader = open_store(spark_store.url)
    if reader.version == version:
        assert tables_of(reader) == before
        kept = 2_001
    else:
        assert moment == "its version"
        kept = 0
    result = load_files(reader, "certificates", path)[0]
    assert counts(result) == (2_001, kept, 2_001 - kept, 0, 0)
    assert spark_store.folder is not None
    assert list(spark_store.folder.glob("drafts/*")) == []
    assert reader.notice is None


def test_a_worker_killed_in_mid_load_changes_nothing(
    spark: SparkCluster, both: list[Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spread, "LEAST_BYTES", 0)
    monkeypatch.setattr("etl.csvfile.BLOCK_BYTES", 20_000)
    rows = dirty_rows(random.Random(SEED), 5_000)
    path = write(tmp_path / "a.csv", CERTIFICATES, *rows)
    folder = tmp_path / "warehouse" / "drafts"
    killed = threading.Event()

    def kill() -> None:
        while not any(folder.glob("*/checked-*/_temporary/0/*")):  # tasks write what they checked
            time.sleep(0.002)
        spark.kill("worker1")
        killed.set()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    try:
        load_the_same(both, "certificates", path)
    finally:
        killer.join(10)
        if killed.is_set():
            spark.start_worker(1)
    assert killed.is_set()
    assert tables_of(both[1]) == tables_of(both[0])


def test_of_two_loaders_one_is_told_to_wait(spark_store: Store, tmp_path: Path) -> None:
    one = write(tmp_path / "one.csv", CERTIFICATES, *[certificate(f"A{n}") for n in range(3_000)])
    two = write(tmp_path / "two.csv", CERTIFICATES, certificate("B1"))
    load_files(
        spark_store, "certificates", write(tmp_path / "c.csv", CERTIFICATES, certificate("C1"))
    )
    loaders = [started(spark_store, one), started(spark_store, two)]
    codes = sorted(loader.wait() for loader in loaders)
    reader = open_store(spark_store.url)
    loaded = {entry["file"] for entry in ledger.list_loads(reader)}
    # Whoever came second either found the lock taken, or came when the first was done.
    assert (codes, len(loaded)) in (([0, 2], 2), ([0, 0], 3))
    assert reader.notice is None
