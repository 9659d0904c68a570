"""Reads while another process commits: each of one version as a whole, in both catalogs."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from adoption.store import open_store
from adoption.store.schema import systems, units
from tests.engines import Engine
from tests.soak.size import many

READS = many(30, 1000, "SOAK_READS")
VERSIONS = many(3, 30)  # so many are to be met at least
ROOT = Path(__file__).parents[2]
# Commits until it is told to stop: as many systems as units, always.
WRITER = """
import sys
import pyarrow as pa
from adoption.store import open_store
from adoption.store.schema import systems, units
from tests.store.rows import rows_of_units
store = open_store(sys.argv[1])
print("ready", flush=True)
number = 0
while number < 3 or not stopped.is_set():
    codes = [f"M{number}-{n}" for n in range(5)]
    with store.writing() as writer:
        writer.append(units, rows_of_units(*codes))
        of_system = {c.name: ["x"] * 5 for c in systems.c if not c.nullable}
        load_id = {"system_code": codes, "load_id": pa.array([1] * 5, pa.int32())}
        writer.append(systems, pa.table({**of_system, **load_id}))
    number += 1
print(number)
"""
STOPPED = """
import threading
stopped = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
"""


def test_a_read_is_of_one_version_whatever_is_committed_meanwhile(
    engine: Engine, tmp_path: Path
) -> None:
    store = engine.new(tmp_path)
    counts = [select(func.count()).select_from(table) for table in (units, systems)]
    seen = Counter[int]()
    with subprocess.Popen(
        [sys.executable, "-c", f"import sys{STOPPED}{WRITER}", store.url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        reader = open_store(store.url)
        until = time.monotonic() + 300
        while seen.total() < READS or len(seen) < VERSIONS:
            assert time.monotonic() < until
            # A click: the newest version is asked for, then two questions are put to it.
            with reader.at(reader.version) as answers:
                of_units, of_systems = [int(answers.frame(count).iat[0, 0]) for count in counts]
            assert of_units == of_systems
            assert of_units >= max(seen, default=0)
            seen[of_units] += 1
        process.stdin.close()
        commits = int(process.stdout.read())
    assert process.returncode == 0
    assert set(seen) <= {5 * number for number in range(commits + 1)}
    assert len(reader.versions()) == commits
    print(f"\n{seen.total()} reads over {commits} commits, {len(seen)} versions seen, none mixed")
