"""kill -9 of a real load at any moment: readers see the old state or the new, never a mix."""

import hashlib
import os
import random
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from adoption.store import Store, open_store
from adoption.store.address import address
from adoption.store.catalog import catalog_of
from adoption.store.schema import certificates, loads
from etl.history import ledger, replay
from etl.history.log import log_of
from tests.etl.files import CERTIFICATES, certificate, counts, load_files, write
from tests.etl.stores import contents
from tests.soak.loader import ended, killed, started
from tests.soak.size import many

KILLS = many(6, 1000, "SOAK_KILLS")
ROWS = 300
SEED = many(20130924, 20130924, "SOAK_SEED")
LOADS_OF_A_STORE = 50  # then a new one, so that the store stays as quick as at first


def files(folder: Path, name: str) -> Path:
    """New certificates, a refused row, and a change to the one that every file has."""
    rows = [certificate(f"{name}-{number}") for number in range(ROWS - 2)]
    common = certificate("COMMON", 換發前序號=f"{name}-1")
    return write(folder / f"{name}.csv", CERTIFICATES, *rows, common, certificate("BAD", 卡別="?"))


def data_files(store: Store) -> set[Path]:
    assert store.folder is not None
    return set(store.folder.glob("records/*/*/*/*.parquet"))


def load_and_kill(store: Store, path: Path, moment: float, since: str) -> bool:
    """Kill the load so many seconds after it began, wrote its first data file, or wrote down what
    it is about to publish. True: it was killed."""
    assert store.folder is not None
    draft = store.folder / "archive" / "ledger.jsonl.new"
    before = data_files(store)
    process = started(store, path)
    while process.exitcode is None and (
        (since == "writing" and data_files(store) == before)
        or (since == "publishing" and not draft.exists())
    ):
        time.sleep(0.001)
    time.sleep(moment)
    return killed(process)


def state(store: Store) -> tuple[int, int, int]:
    """How many loads the ledger has, how many certificates there are, how many rows were kept."""
    of_loads = select(func.count()).select_from(loads)
    of_rows = select(func.count()).select_from(certificates)
    kept = sum(entry["kept"] for entry in ledger.list_loads(store))
    return int(store.frame(of_loads).iat[0, 0]), int(store.frame(of_rows).iat[0, 0]), kept


def after(published_loads: int, published_files: int) -> tuple[int, int, int]:
    """Each file brings ROWS - 2 certificates of its own, the common one, and a refused row."""
    common = 1 if published_files else 0
    return published_loads, (ROWS - 2) * published_files + common, (ROWS - 1) * published_files


def check_nothing_is_left_over(store: Store) -> None:
    """No draft, no half-written file; the archive knows the same loads as the store, and after
    upkeep there is no file of data but those that versions need."""
    folder = store.folder
    assert folder is not None
    assert [path.name for path in folder.rglob("*") if ".new" in path.name] == []
    archive = folder / "archive"
    logged = [entry for recorded in log_of(archive) for entry in recorded.entries]
    assert [entry.load_id for entry in logged] == [e.load_id for e in ledger.entries(store)]
    assert [entry.files for entry in logged] == [e.files for e in ledger.entries(store)]
    hour_ago = time.time() - 3_600
    for path in data_files(store):
        os.utime(path, (hour_ago, hour_ago))
    store.maintain()
    catalog = catalog_of(address(store.url))
    seen = catalog.seen()
    assert seen is not None
    known = {file.name for file in catalog.files(0, seen.newest)}
    scheduled = catalog.query("SELECT path FROM ducklake_files_scheduled_for_deletion")
    left = {Path(path).name for (path,) in scheduled}  # for whoever reads a file that was merged
    assert known <= {path.name for path in data_files(store)} <= known | left
    catalog.close()
    for entry in ledger.entries(store):
        for file in entry.files:
            content = (archive / file["archived"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["archived"]


def check_it_can_be_rebuilt(store: Store) -> None:
    before = contents(store)
    replay.rebuild(store)
    assert contents(store) == before


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_a_load_killed_at_any_moment_leaves_the_old_state_or_the_new(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    warm_up = open_store(f"lake:///{tmp_path}/warm_up")
    assert ended(started(warm_up, files(tmp_path, "w"))) == 0
    began = time.perf_counter()
    assert ended(started(warm_up, files(tmp_path, "x"))) == 0
    duration = time.perf_counter() - began
    outcomes = {"old": 0, "new": 0, "finished before it was killed": 0}
    store, published_loads, published_files = warm_up, 0, LOADS_OF_A_STORE
    for number in range(KILLS):
        if published_files == LOADS_OF_A_STORE:
            store = open_store(f"lake:///{tmp_path}/store{number}")
            published_loads = published_files = 0
        path = files(tmp_path, f"F{published_files}")
        # Over the whole process, the time in which it writes, and that in which it publishes.
        since, share = rng.choice([("start", 1.2), ("writing", 0.5), ("publishing", 0.2)])
        moment = rng.uniform(0, duration * share)
        was_killed = load_and_kill(store, path, moment, since)
        reader = open_store(store.url)
        seen = state(reader)
        old, new = (
            after(published_loads, published_files),
            after(published_loads + 1, published_files + 1),
        )
        assert seen in (old, new), f"kill {number} of seed {SEED}, after {moment:.3f} s"
        assert was_killed or seen == new
        outcome = "new" if seen == new else "old"
        outcomes[outcome if was_killed else "finished before it was killed"] += 1
        # The next load works: the same file, which is new to it or changes nothing.
        result = load_files(reader, "certificates", path)[0]
        kept = ROWS - 1 if seen == old else 0
        assert counts(result) == (ROWS, kept, ROWS - 1 - kept, 0, 1)
        published_loads += 1 if seen == old else 2
        published_files += 1
        assert state(reader) == after(published_loads, published_files)
        check_nothing_is_left_over(reader)
        if published_files == LOADS_OF_A_STORE or number == KILLS - 1:
            check_it_can_be_rebuilt(reader)
            print(f"\nkill -9, seed {SEED}: {number + 1} of {KILLS}, {outcomes}", flush=True)
        reader.close()
    print(f"a load takes {duration:.2f} s")
    assert sum(outcomes.values()) == KILLS
