"""Linking the certificates of one holder beside as many of many holders, in one run.

300,000 cards under one 統一編號, under holders of 45 each, and 5 each. A first load links all; then
100 rows of it come again, which touch all of the one holder's and little of the others'.
"""

import os
import statistics
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pyarrow as pa
from sqlalchemy import Column, MetaData, Table

from adoption.store import open_store
from benchmarks.noise import spread
from etl.commit.lineage import with_derived
from etl.commit.link import insert_linked, merge_linked
from etl.commit.reconcile import arriving_table
from etl.mapping.feeds import FEEDS

CERTIFICATES = int(os.environ.get("CERTIFICATES", "300000"))
CARDS_EACH = {"spread, 5 cards each": 5, "45 cards each": 45, "one holder": CERTIFICATES}
TIMES = 5
_FIVE_YEARS = 1826
_2003 = 12_053  # the day after 1970-01-01 with which the years of issue begin


def rows(cards_each: int) -> pa.Table:
    """Of each holder's cards a third states what it replaces or has an application date."""
    rng = Random(102)
    issued = [_2003 + rng.randrange(12 * 365) for _ in range(CERTIFICATES)]
    expires = [day + _FIVE_YEARS for day in issued]
    applied = [day if rng.random() < 0.2 else None for day in expires]
    numbers = range(CERTIFICATES)
    replaces = [f"S{rng.randrange(CERTIFICATES)}" if rng.random() < 0.15 else None for _ in numbers]
    days = {"issued_on": issued, "expires_on": expires, "renewal_applied_on": applied}
    return pa.table(
        {
            "serial": [f"S{number}" for number in numbers],
            "holder_id": [f"{number // cards_each:08}" for number in numbers],
            **dict.fromkeys(("org_type", "county"), ["-"] * CERTIFICATES),
            "card": ["primary"] * CERTIFICATES,
            **{name: pa.array(column, pa.int32()).cast("date32") for name, column in days.items()},
            "ended_on": pa.nulls(CERTIFICATES, pa.date32()),
            "replaces": pa.array(replaces, pa.string()),
            "position": pa.array(range(CERTIFICATES), pa.int64()),
            "load_id": pa.array([1] * CERTIFICATES, pa.int32()),
        }
    )


def seconds(arriving: pa.Table) -> tuple[float, float]:
    """Of linking and inserting a first load, and of linking again whom its first 100 rows touch."""
    first, again = (
        Table(
            name,
            MetaData(),
            *[Column(each.name, each.type) for each in arriving_table(FEEDS["certificates"]).c],
        )
        for name in ("first", "again")
    )
    with TemporaryDirectory() as folder:
        store = open_store(f"lake:///{Path(folder) / 'store'}")
        with store.writing() as writer:
            writer.scratch(first)
            writer.append(first, arriving)
            started = time.perf_counter()
            insert_linked(writer, first)
            linked = time.perf_counter()
            writer.scratch(again)
            writer.append(again, arriving.slice(0, 100))
            began = time.perf_counter()
            merge_linked(writer, again)
            ended = time.perf_counter()
        store.close()
    return linked - started, ended - began


def main() -> None:
    print(f"linking {CERTIFICATES:,} certificates, seconds, median of {TIMES} in turn")
    print(f"machine: {spread()}")
    made = {name: with_derived(rows(cards_each)) for name, cards_each in CARDS_EACH.items()}
    turns = [{name: seconds(table) for name, table in made.items()} for _ in range(TIMES)]
    usual = next(iter(CARDS_EACH))
    for name in CARDS_EACH:
        first, again = (statistics.median(turn[name][i] for turn in turns) for i in (0, 1))
        ratio = statistics.median(turn[name][0] / turn[usual][0] for turn in turns)
        print(f"  {name:22} first load {first:.3f}  ratio {ratio:.2f}   100 rows again {again:.3f}")
    print("  target: ratio of one holder <= 2.0")


if __name__ == "__main__":
    main()
