"""Files checked by the workers: the same rows and rejects as checked here, also when one dies."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adoption.store import Store, open_store
from etl.commit import pieces
from etl.history import ledger, replay
from tests.engines.samples import NOW, load_sample, load_the_same, tables_of
from tests.engines.spark_cluster import SparkCluster
from tests.etl.files import CERTIFICATES, certificate, write

pytestmark = pytest.mark.spark
SEED = 20130924


@pytest.fixture
def both(
    by_spark: Callable[[Store], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Store]:
    """One that checks here, and one whose workers check every file, in many pieces."""
    monkeypatch.setattr(pieces, "LEAST_BYTES_TO_SPREAD", 0)
    monkeypatch.setattr("etl.files.csvfile.BLOCK_BYTES", 2_000)
    here, spread = (open_store(f"lake:///{tmp_path}/{name}") for name in ("here", "spread"))
    return [here, by_spark(spread)]


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


def check_same(both: list[Store]) -> None:
    here, spread = both
    assert tables_of(spread) == tables_of(here)
    assert list(ledger.list_rejects(spread)) == list(ledger.list_rejects(here))


def test_dirty_files_fare_as_checked_here(both: list[Store], tmp_path: Path) -> None:
    rng = random.Random(SEED)
    first = write(tmp_path / "a.csv", CERTIFICATES, *dirty_rows(rng, 300))
    second = write(tmp_path / "b.csv", CERTIFICATES, *dirty_rows(rng, 200))
    third = write(tmp_path / "c.csv", CERTIFICATES, *dirty_rows(rng, 200))
    result = load_the_same(both, "certificates", first)
    assert min(result.kept, result.duplicate, result.rejected, result.skipped) > 0
    check_same(both)
    result = load_the_same(both, "certificates", second, third)
    assert min(result.kept, result.duplicate, result.rejected, result.flagged) > 0
    again = load_the_same(both, "certificates", second, third)
    assert (again.kept, again.unchanged > 0) == (0, True)
    check_same(both)
    for store in both:
        replay.revert(store, [2], by="tests", now=NOW)
    check_same(both)
    before = tables_of(both[1])
    replay.rebuild(both[1])
    assert tables_of(both[1]) == before


def test_a_sample_of_all_feeds_is_the_same(both: list[Store], tmp_path: Path) -> None:
    load_sample(both, tmp_path, 1_500)
    check_same(both)


def test_a_worker_killed_in_mid_check_changes_nothing(
    spark: SparkCluster, both: list[Store], tmp_path: Path
) -> None:
    rows = dirty_rows(random.Random(SEED), 5_000)
    path = write(tmp_path / "a.csv", CERTIFICATES, *rows)
    killed = threading.Event()

    def kill() -> None:
        while not any((tmp_path / "spread").glob("scratch-*/*.made")):
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
            spark.start_workers(1)
    assert killed.is_set()
    check_same(both)
