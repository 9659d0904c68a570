"""Loading and every metric on the three engines, as the records grow: python -m benchmarks.engines.

Arguments say what to measure, as ENGINE=CERTIFICATES (`duckdb=100000000`); without any, all three
at 1.5 and at 10 million. Each engine loads the same files by the real command; then every metric is
asked by turns, and each answer is compared with the first engine's. What was measured is kept in
benchmarks/out/engines.json, so that the table at the end has earlier sizes too. A PostgreSQL server
and a Spark cluster of a master and two workers are started for it, on this machine.
"""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd

from adoption.metrics import METRICS, Metric, Selection, data_cut_off, evaluate
from adoption.store import Store, open_store
from benchmarks.loading import sample
from benchmarks.noise import spread
from benchmarks.records import FEEDS, OUT
from tests.engines.postgresql import programs, server
from tests.engines.spark_cluster import environment, missing, spark_cluster

AS_OF = date(2013, 9, 24)
TIMES = 3
# An answer that takes longer is asked for once only.
LONG_SECONDS = 3.0
SIZES = (1_500_000, 10_000_000)
MEASURED = OUT / "engines.json"
# As an administrator would set them (docs/operations-postgresql.md), not as tests do.
POSTGRESQL = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "4GB",
    "autovacuum_naptime": "1min",
    "max_wal_size": "4GB",
}
SPARK = """\
spark.executor.memory 3g
spark.driver.memory 2g
spark.sql.shuffle.partitions 4
"""
# Engine -> what was asked -> seconds.
Seconds = dict[str, dict[str, float]]


@contextmanager
def on_duckdb(folder: Path) -> Iterator[str]:
    yield f"lake:///{folder}/store"


@contextmanager
def on_postgresql(folder: Path) -> Iterator[str]:
    if (found := programs()) is None:
        raise RuntimeError("no PostgreSQL server here: apt-get install postgresql")
    with server(found, POSTGRESQL) as started:
        yield started.url(started.new_database(), folder / "store")


@contextmanager
def on_spark(folder: Path) -> Iterator[str]:
    if lacking := missing():
        raise RuntimeError(f"no Spark here: {lacking}")
    with spark_cluster(folder / "cluster", SPARK) as started:
        os.environ.update(environment(started.folder))  # also for the loader's process
        yield started.url(folder / "store")


ENGINES = {"duckdb": on_duckdb, "postgresql": on_postgresql, "spark": on_spark}


def loaded(url: str, files: Path) -> dict[str, float]:
    """Seconds of each feed's load, a command of its own."""
    found = {}
    for feed in FEEDS:
        command = [sys.executable, "-m", "etl", "load", feed, files / f"{feed}.csv", "--store", url]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found[f"load {feed}"] = time.perf_counter() - started
        print(f"  {url[:10]} load {feed:14}{found[f'load {feed}']:9.1f}", flush=True)
    return found


def timed(store: Store, metric: Metric) -> tuple[float, pd.DataFrame]:
    started = time.perf_counter()
    answer = evaluate(store, metric, Selection(AS_OF))
    return time.perf_counter() - started, answer


def compare(stores: dict[str, Store], seconds: Seconds) -> list[str]:
    """Adds the seconds of each metric: the median, or of one answer that takes long. Gives the
    metrics whose answers differ."""
    differing = []
    for key, metric in METRICS.items():
        firsts = {name: timed(store, metric) for name, store in stores.items()}
        answers = [answer for _, answer in firsts.values()]
        if not all(answers[0].equals(answer) for answer in answers):
            differing.append(key)
        taken = {name: [first] for name, (first, _) in firsts.items() if first >= LONG_SECONDS}
        for _ in range(TIMES):  # by turns, so that a busy moment meets all
            for name, store in stores.items():
                if firsts[name][0] < LONG_SECONDS:
                    taken.setdefault(name, []).append(timed(store, metric)[0])
        for name, each in taken.items():
            seconds[name][key] = statistics.median(each)
        told = "".join(f"{seconds[name][key]:9.3f}" for name in stores)
        print(f"  {key:30}{told}", flush=True)
    return differing


def measure(certificates: int, names: list[str]) -> None:
    files = sample(certificates).parent
    print(f"{certificates:,} certificates on {', '.join(names)}; machine: {spread()}", flush=True)
    with ExitStack() as open_for_it:
        # Beside the files: not in memory, as a folder for temporary files may be.
        folder = Path(open_for_it.enter_context(tempfile.TemporaryDirectory(dir=OUT)))
        folder.chmod(0o755)
        urls = {}
        for name in names:
            (folder / name).mkdir()
            urls[name] = open_for_it.enter_context(ENGINES[name](folder / name))
        seconds = {name: loaded(url, files) for name, url in urls.items()}
        stores = {name: open_store(url) for name, url in urls.items()}
        for store in stores.values():
            open_for_it.callback(store.close)
            data_cut_off(store)  # connects
        differing = compare(stores, seconds)
    found = _measured()
    for name in names:
        found.setdefault(name, {})[str(certificates)] = seconds[name]
    MEASURED.write_text(json.dumps(found, indent=1))
    if differing:
        raise RuntimeError(f"{names} answer differently: {differing}")


def _measured() -> dict[str, Seconds]:
    """Engine -> certificates -> what -> seconds."""
    return dict(json.loads(MEASURED.read_text())) if MEASURED.exists() else {}


def slope(few: float, many: float, times: float) -> float:
    """By which power of the rows the seconds grow: 1 is in proportion, 0 not at all."""
    return math.log(many / few) / math.log(times)


def table() -> str:
    """All that was measured, in Markdown; an engine's slope is between its two largest sizes."""
    found = _measured()
    for seconds in (each for by_size in found.values() for each in by_size.values()):
        seconds["all metrics"] = sum(seconds[key] for key in METRICS)
    heads, columns = [], []
    for name, by_size in found.items():
        sizes = sorted(by_size, key=int)
        for size in sizes:
            heads.append(f"{name} {int(size) / 1e6:g} M")
            columns.append({what: f"{each:.3g}" for what, each in by_size[size].items()})
        for few, many in list(pairwise(sizes))[-1:]:
            times = int(many) / int(few)
            heads.append("slope")
            columns.append(
                {
                    what: f"{slope(by_size[few][what], each, times):.2f}"
                    for what, each in by_size[many].items()
                }
            )
    rows = [["", *heads], ["---"] * (len(heads) + 1)]
    for what in [f"load {feed}" for feed in FEEDS] + [*METRICS, "all metrics"]:
        rows.append([what, *[column.get(what, "") for column in columns]])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(arguments: list[str]) -> None:
    wanted: dict[int, list[str]] = defaultdict(list)
    for each in arguments or [f"{name}={size}" for size in SIZES for name in ENGINES]:
        name, _, size = each.partition("=")
        wanted[int(size)].append(name)
    for certificates, names in sorted(wanted.items()):
        measure(certificates, names)
    print(table())


if __name__ == "__main__":
    main(sys.argv[1:])
