"""1,000 loads of 100 rows each: whether the store stays as quick and as small as with one load.

Beside it one load of the same rows. Times are of the load itself, without starting a process.
"""

import shutil
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from adoption.store import Store, open_store
from benchmarks.noise import spread
from benchmarks.records import OUT, sample_folder
from etl.commit.load import load
from etl.mapping.feeds import FEEDS

LOADS = 1_000
ROWS = 100
# Around the tenth load and at the end, so many are taken together: one is too short to be told.
TOGETHER = 9


def _loaded(store: Store, path: Path) -> float:
    started = time.perf_counter()
    load(store, FEEDS["certificates"], [path], by="benchmark", now=datetime.now(UTC))
    return time.perf_counter() - started


def _bytes(folder: Path) -> int:
    """Data and catalog; the archive of source files is not in it."""
    data = sum(path.stat().st_size for path in (folder / "records").rglob("*") if path.is_file())
    return data + sum(path.stat().st_size for path in folder.glob("catalog.*"))


def main(loads: int = LOADS) -> None:
    scratch = OUT / "small-loads"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with (sample_folder(1_500_000) / "certificates.csv").open(encoding="utf-8") as source:
        header, *rows = (line for line, _ in zip(source, range(loads * ROWS + 1), strict=False))
    many, one = (open_store(f"lake:///{scratch / name}") for name in ("many", "one"))
    seconds = []
    for number in range(loads):
        piece = scratch / f"{number}.csv"
        piece.write_text(header + "".join(rows[number * ROWS : (number + 1) * ROWS]), "utf-8")
        seconds.append(_loaded(many, piece))
    whole = scratch / "whole.csv"
    whole.write_text(header + "".join(rows), "utf-8")
    at_once = _loaded(one, whole)
    tenth = statistics.median(seconds[10 - TOGETHER // 2 - 1 : 10 + TOGETHER // 2])
    last = statistics.median(seconds[-TOGETHER:])
    sizes = [_bytes(scratch / name) for name in ("many", "one")]
    files = len(list((scratch / "many" / "records").rglob("*.parquet")))
    print(f"{loads:,} loads of {ROWS} rows, seconds; machine: {spread()}")
    print(f"  the tenth {tenth:.3f}   the last {last:.3f}   ratio {last / tenth:.2f}")
    print(f"  slowest {max(seconds):.3f} (with compaction)   all {sum(seconds):.0f}")
    print(f"  data and catalog {sizes[0] / 1e6:.1f} MB in {files} files")
    print(f"  of one load of the same rows ({at_once:.1f} s) {sizes[1] / 1e6:.1f} MB", end="")
    print(f"   ratio {sizes[0] / sizes[1]:.2f}")
    print("  targets: last : tenth <= 1.5, data and catalog <= 3")
    many.close()
    one.close()
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
