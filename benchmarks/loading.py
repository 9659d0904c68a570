"""A load of certificates (checked, linked, published) beside what it could be compared with.

In one run: DuckDB's own CREATE TABLE AS FROM read_csv of the same file as bare text, and a
straightforward script that takes each row through pandas and writes with to_sql.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.noise import spread
from benchmarks.records import OUT, sample_folder

CERTIFICATES = int(os.environ.get("CERTIFICATES", "10000000"))
PER_ROW = 100_000  # its cost grows with the rows, so fewer are enough
REPEATS = 3
CORRECTION = 100_000
# Seconds and megabytes.
Run = tuple[float, float]


def sample(certificates: int) -> Path:
    """The sample's certificates.csv of that size, made once."""
    return sample_folder(certificates) / "certificates.csv"


def _run(*arguments: str) -> Run:
    """Wall seconds and peak resident megabytes of a Python child process."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"{arguments}: exit {status}")
    return time.perf_counter() - started, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


BARE = """
import duckdb, sys
connection = duckdb.connect(sys.argv[2])
connection.execute("CREATE TABLE bare AS FROM read_csv(?, all_varchar = true)", [sys.argv[1]])
connection.close()
"""

ROW_BY_ROW = """
import datetime, sqlite3, sys
import pandas as pd

def day(text):
    if not isinstance(text, str):
        return None
    year, month, day = text.split("/")
    return datetime.date(int(year) + 1911, int(month), int(day))

def checked(row):
    weights, digits = (1, 2, 1, 2, 1, 2, 4, 1), row["統一編號"]
    total = sum(sum(divmod(int(d) * w, 10)) for d, w in zip(digits, weights))
    days = {name: day(row[name]) for name in ("核發日期", "到期日期", "終止日期", "申請換發日期")}
    likely = total % 5 == 0 or digits[6] == "7" and (total + 1) % 5 == 0
    return pd.Series({**row.to_dict(), **days, "likely": likely})

rows = pd.read_csv(sys.argv[1], dtype=str, nrows=int(sys.argv[3]))
rows = rows.apply(checked, axis=1)
rows.to_sql("certificates", sqlite3.connect(sys.argv[2]), index=False)
"""


def _store(scratch: Path) -> str:
    return f"lake:///{scratch}/store"


def _bare_and_ours(file: Path, scratch: Path) -> tuple[Run, Run]:
    shutil.rmtree(scratch)
    scratch.mkdir()
    bare = _run("-c", BARE, str(file), str(scratch / "bare.duckdb"))
    return bare, _run("-m", "etl", "load", "certificates", str(file), "--store", _store(scratch))


def main() -> None:
    file = sample(CERTIFICATES)
    scratch = OUT / "loading"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    print(f"loading {CERTIFICATES:,} certificates ({file.stat().st_size / 1e6:,.0f} MB)")
    print(f"machine: {spread()}")
    pairs = [_bare_and_ours(file, scratch) for _ in range(REPEATS)]
    bare = median(pair[0][0] for pair in pairs)
    ours = median(pair[1][0] for pair in pairs)
    ratio = median(pair[1][0] / pair[0][0] for pair in pairs)
    bare_mb, ours_mb = (max(pair[which][1] for pair in pairs) for which in (0, 1))
    print(f"medians of {REPEATS}, in turn:")
    print(f"  CREATE TABLE AS read_csv, bare text  {bare:7.1f} s  {bare_mb:6,.0f} MB")
    print(f"  load: checked, linked, published     {ours:7.1f} s  {ours_mb:6,.0f} MB")
    print(f"  ratio {ratio:.2f} (target <= 1.6), peak {ours_mb:,.0f} MB (target <= 1,200)")

    correction = scratch / "correction.csv"
    with file.open("rb") as source, correction.open("wb") as target:
        target.writelines(line for line, _ in zip(source, range(CORRECTION + 1), strict=False))
    text = correction.read_text("utf-8").replace("正卡", "附卡")
    correction.write_text(text, "utf-8")
    mended, mended_mb = _run(
        "-m", "etl", "load", "certificates", str(correction), "--store", _store(scratch)
    )
    print(f"  correction of {CORRECTION:,} rows over them  {mended:7.1f} s  {mended_mb:6,.0f} MB")

    rows = min(PER_ROW, CERTIFICATES)
    slow, _ = _run("-c", ROW_BY_ROW, str(file), str(scratch / "rows.sqlite"), str(rows))
    times = (slow / rows) / (ours / CERTIFICATES)
    print(f"  row by row with pandas, {rows:,} rows {slow:7.1f} s")
    print(f"  {times:.0f} times faster per row (target >= 20)")
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
