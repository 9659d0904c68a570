"""kill -9 of a client or of the server at any moment of a load into PostgreSQL: old or new."""

import random
import time
from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from adoption.store import Store, StoreBusyError, open_store
from etl.commit.result import FileResult
from tests.engines.postgresql import Server
from tests.etl.files import counts, load_files
from tests.soak.loader import ended, killed, started
from tests.soak.size import many
from tests.soak.test_kill import (
    ROWS,
    SEED,
    after,
    check_it_can_be_rebuilt,
    check_nothing_is_left_over,
    files,
    state,
)

CLIENTS = many(2, 300, "SOAK_KILLS")
SERVERS = many(1, 100, "SOAK_SERVER_KILLS")
LOADS_OF_A_STORE = 30


def loaded(store: Store, path: Path) -> FileResult:
    """By a loader that waits until the server has noticed that the one before it is gone."""
    until = time.monotonic() + 30
    while True:
        try:
            return load_files(store, "certificates", path)[0]
        except StoreBusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def kill_after(moment: float, process: ForkServerProcess, server: Server | None) -> bool:
    """Kill the client, or the server under it. True: the client did not end well by itself."""
    time.sleep(moment)
    if server is None:
        return killed(process)
    server.kill()
    server.start()
    return ended(process, 60) != 0


@pytest.mark.parametrize(("who", "kills"), [("client", CLIENTS), ("server", SERVERS)])
def test_a_load_killed_at_any_moment_leaves_the_old_state_or_the_new(
    postgresql: Server, shared_engine: object, tmp_path: Path, who: str, kills: int
) -> None:
    rng, outcomes = random.Random(SEED), Counter[str]()
    store = postgresql.new_store(tmp_path / "store0")
    assert ended(started(store, files(tmp_path, "F0"))) == 0  # the first waits for imports
    began = time.perf_counter()
    assert ended(started(store, files(tmp_path, "F1"))) == 0
    duration = time.perf_counter() - began
    done = files_done = 2
    for number in range(kills):
        if files_done >= LOADS_OF_A_STORE:
            check_it_can_be_rebuilt(store)
            postgresql.drop_databases()
            store = postgresql.new_store(tmp_path / f"store{number + 1}")
            done = files_done = 0
        path = files(tmp_path, f"F{files_done}")
        moment = rng.uniform(0.3 * duration, 1.05 * duration)
        was_killed = kill_after(
            moment, started(store, path), postgresql if who == "server" else None
        )
        reader = open_store(store.url)
        # A client that was killed while the server committed: once it can be written to again.
        result = loaded(reader, path)
        was_new = result.kept == 0
        assert counts(result) == (ROWS, 0 if was_new else ROWS - 1, (ROWS - 1) * was_new, 0, 1), (
            f"kill {number} of seed {SEED}, after {moment:.3f} s"
        )
        assert was_killed or was_new
        outcomes[("new" if was_new else "old") if was_killed else "finished before"] += 1
        done, files_done = done + 1 + was_new, files_done + 1
        assert state(reader) == after(done, files_done)
        check_nothing_is_left_over(reader)
        reader.close()
    check_it_can_be_rebuilt(store)
    print(
        f"\nkill -9 of the {who}, seed {SEED}: {kills}, {dict(outcomes)}; {duration:.2f} s a load"
    )
    assert outcomes.total() == kills
