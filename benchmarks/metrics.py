"""Five metrics together beside hand-written SQL that gives the same answers.

The metrics ask the store, the SQL a native DuckDB file of the same rows; both in one run, by turns.
"""

import statistics
import sys

import pandas as pd

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import open_store
from benchmarks.byhand import AS_OF, by_hand
from benchmarks.noise import seconds_of, spread
from benchmarks.records import OUT, store_url

CERTIFICATES = 1_500_000
TIMES = 15


def _rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in frame.itertuples(index=False, name=None)]


def main(certificates: int = CERTIFICATES) -> None:
    url = store_url(certificates)
    store = open_store(url)
    print(f"metrics with {certificates:,} certificates, seconds, median of {TIMES}")
    print(f"machine: {spread()}")
    ours_together, theirs_together = [0.0] * TIMES, [0.0] * TIMES
    with by_hand(url, OUT / str(certificates)) as statements:
        for key, ask_sql in statements.items():

            def ask(key: str = key) -> pd.DataFrame:
                return evaluate(store, METRICS[key], Selection(AS_OF))

            if _rows(ask()) != _rows(ask_sql()):
                raise RuntimeError(f"{key}: the answers differ")
            ours, theirs = [], []
            for turn in range(TIMES):  # by turns, so that a busy moment meets both
                ours += seconds_of(ask, 1)
                theirs += seconds_of(ask_sql, 1)
                ours_together[turn] += ours[-1]
                theirs_together[turn] += theirs[-1]
            _print(key, statistics.median(ours), statistics.median(theirs))
    _print("together", statistics.median(ours_together), statistics.median(theirs_together))
    print("  target: together <= 1.30")
    store.close()


def _print(name: str, ours: float, theirs: float) -> None:
    print(f"  {name:26} {ours:.3f}  by hand {theirs:.3f}  ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
