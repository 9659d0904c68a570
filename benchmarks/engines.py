"""Every metric on several engines by turns: python -m benchmarks.engines URL URL...

The stores hold the same records (`python -m etl copy`); each answer is compared with the first's.
"""

import statistics
import sys
from collections.abc import Callable
from datetime import date

import pandas as pd

from adoption.metrics import METRICS, Metric, Selection, evaluate
from adoption.store import Store, open_store
from benchmarks.noise import seconds_of, spread

AS_OF = date(2013, 9, 24)
TIMES = 5


def asked(store: Store, metric: Metric) -> Callable[[], pd.DataFrame]:
    return lambda: evaluate(store, metric, Selection(AS_OF))


def main(urls: list[str]) -> None:
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
    main(sys.argv[1:])
