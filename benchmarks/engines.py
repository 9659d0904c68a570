"""Every metric on the lake with either catalog, and by Spark: python -m benchmarks.engines.

Arguments say of how many certificates; without any, 1.5 and 10 million. Spark takes most of the
time; with --no-spark it is left out. The real command loads the
same files into a lake with its catalog in SQLite and into one in PostgreSQL; the certificates also
into a third, checked by the workers of a Spark cluster. Then every metric is asked by turns: of
both lakes, and of the first by Spark. Differing answers are an error. Server and cluster (a
master, two workers) run on this machine.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
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
NAMES = ("SQLite", "PostgreSQL", "Spark")
# As an administrator would set them (docs/operations-shared.md), not as tests do.
POSTGRESQL = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
SPARK = """\
spark.executor.memory 3g
spark.driver.memory 2g
spark.sql.shuffle.partitions 4
"""
# What was asked -> engine -> seconds.
Seconds = dict[str, dict[str, float]]


def load(url: str, files: Path, feed: str, compute: str = "") -> float:
    """Seconds of a load, a command of its own."""
    command = [sys.executable, "-m", "etl", "load", feed, files / f"{feed}.csv", "--store", url]
    environ = {**os.environ, "ADOPTION_COMPUTE": compute}
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    return time.perf_counter() - started


def loads(urls: dict[str, str], files: Path, compute: str) -> Seconds:
    seconds: Seconds = {}
    for feed in FEEDS:
        for name, url in urls.items():
            if name == "Spark" and feed != "certificates":
                continue
            by = compute if name == "Spark" else ""
            seconds.setdefault(f"load {feed}", {})[name] = load(url, files, feed, by)
        tell(f"load {feed}", seconds)
    return seconds


def timed(store: Store, metric: Metric) -> tuple[float, pd.DataFrame]:
    started = time.perf_counter()
    answer = evaluate(store, metric, Selection(AS_OF))
    return time.perf_counter() - started, answer


def metrics(stores: dict[str, Store]) -> Seconds:
    """The median of each; of a long answer the only one. Raises where answers differ."""
    seconds: Seconds = {}
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
        seconds[key] = {name: statistics.median(taken[name]) for name in stores}
        tell(key, seconds)
    if differing:
        raise RuntimeError(f"{list(stores)} answer differently: {differing}")
    return seconds


def tell(what: str, seconds: Seconds) -> None:
    print(f"  {what:32}{''.join(f'{each:9.3f}' for each in seconds[what].values())}", flush=True)


def measure(certificates: int, names: Sequence[str]) -> Seconds:
    files = sample(certificates).parent
    print(f"{certificates:,} certificates: {', '.join(names)}; machine: {spread()}", flush=True)
    found = programs()
    if found is None or ("Spark" in names and missing()):
        raise RuntimeError(missing() or "no PostgreSQL server here: apt-get install postgresql")
    with ExitStack() as stack:
        # Beside the files: not in memory, as a folder for temporary files may be.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=OUT)))
        folder.chmod(0o755)
        database = stack.enter_context(server(found, POSTGRESQL))
        urls = {
            "SQLite": f"lake:///{folder}/lake",
            "PostgreSQL": database.url(database.new_database(), folder / "shared"),
        }
        address = ""
        if "Spark" in names:
            cluster = stack.enter_context(spark_cluster(folder / "cluster", SPARK))
            os.environ.update(environment(cluster.folder))  # also for the loader's process
            address = cluster.address
            urls["Spark"] = f"lake:///{folder}/checked"
        seconds = loads(urls, files, address)
        stores = {name: open_store(urls[name]) for name in NAMES[:2]}
        if address:
            os.environ["ADOPTION_COMPUTE"] = address
            stores["Spark"] = open_store(urls["SQLite"])
            del os.environ["ADOPTION_COMPUTE"]
        for store in stores.values():
            stack.callback(store.close)
            data_cut_off(store)  # connects
        seconds |= metrics(stores)
    seconds["all metrics"] = {name: sum(seconds[key][name] for key in METRICS) for name in names}
    return seconds


def main(arguments: list[str]) -> None:
    names = NAMES[:2] if "--no-spark" in arguments else NAMES
    sizes = [int(each) for each in arguments if each != "--no-spark"] or SIZES
    measured = {size: measure(size, names) for size in sizes}
    heads = [f"{name} {size / 1e6:g} M" for size in measured for name in names]
    print(f"| seconds | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
    for what in next(iter(measured.values())):
        cells = [of_size[what].get(name, "") for of_size in measured.values() for name in names]
        told = [f"{cell:.3g}" if cell else "" for cell in cells]
        print(f"| {what} | {' | '.join(told)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
