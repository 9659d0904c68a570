"""Every metric on several engines by turns: python -m benchmarks.engines [URL URL...].

The stores hold the same records (`python -m etl copy`); each answer is compared with the first's.
Without URLs: the embedded store beside a PostgreSQL server that is started for it.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from adoption.metrics import METRICS, Metric, Selection, evaluate
from adoption.store import Store, open_store
from benchmarks.noise import seconds_of, spread
from benchmarks.records import store_url
from etl.transfer import transfer
from tests.engines.postgresql import programs, server

AS_OF = date(2013, 9, 24)
TIMES = 3
CERTIFICATES = int(os.environ.get("CERTIFICATES", "1500000"))


def asked(store: Store, metric: Metric) -> Callable[[], pd.DataFrame]:
    return lambda: evaluate(store, metric, Selection(AS_OF))


def beside_postgresql() -> None:
    if (found := programs()) is None:
        print("no PostgreSQL server here: apt-get install postgresql")
        return
    url = store_url(CERTIFICATES)
    with server(found) as started, tempfile.TemporaryDirectory() as folder:
        shared = started.new_store(Path(folder))
        (seconds,) = seconds_of(lambda: transfer(open_store(url), shared), 1)
        print(f"{CERTIFICATES:,} certificates copied in {seconds:.1f} s; embedded, PostgreSQL:")
        compare([url, shared.url])


def compare(urls: list[str]) -> None:
    stores = [open_store(url) for url in urls]
    print(f"seconds, median of {TIMES}; machine: {spread()}")
    together = [0.0 for _ in stores]
    for key, metric in METRICS.items():
        questions = [asked(store, metric) for store in stores]
        first, *others = [ask() for ask in questions]
        if not all(first.equals(other) for other in others):
            raise RuntimeError(f"{key}: the answers differ")
        # By turns, so that a busy moment meets all.
        turns = [[seconds_of(ask, 1)[0] for ask in questions] for _ in range(TIMES)]
        medians = [statistics.median(taken) for taken in zip(*turns, strict=True)]
        together = [so_far + median for so_far, median in zip(together, medians, strict=True)]
        _print(key, medians)
    _print("together", together)


def _print(name: str, seconds: list[float]) -> None:
    print(f"  {name:30}" + "".join(f"{each:9.3f}" for each in seconds), flush=True)


if __name__ == "__main__":
    compare(sys.argv[1:]) if sys.argv[1:] else beside_postgresql()
