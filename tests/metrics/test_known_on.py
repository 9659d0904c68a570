"""Every metric at any (D, K): on the records as they were after the last publication received by K.

A seed is a random history of loads, corrections and reverts through the real loader. Beside it the
rows are kept in plain Python, and each version is compared with the reference on those.
"""

import csv
from collections import Counter
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from adoption.metrics import METRICS, Selection, evaluate
from adoption.store import EMPTY_VERSION, Store
from etl.commit.load import load
from etl.history import ledger, replay
from etl.mapping.feeds import FEEDS
from tests.engines import Engine
from tests.metrics.test_agreement import comparable, rows_of
from tests.records import COUNTIES, random_records
from tests.reference import REFERENCE, Certificate, Choice, Records
from tests.soak.size import many

SEEDS = many(1, 50)
STEPS = many(7, 12)
# Each version is asked for one metric in so many.
PART = many(6, 1)
NOW = datetime(2026, 1, 2, 4, tzinfo=UTC)
FIRST = date(2013, 1, 31)


def file_of(path: Path, rows: list[Certificate]) -> Path:
    names = [field.name for field in fields(Certificate)]
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows([{n: v for n, v in asdict(row).items() if v is not None} for row in rows])
    return path


def load_rows(store: Store, path: Path, rows: list[Certificate], received: date) -> int:
    (result,) = load(
        store,
        FEEDS["certificates"],
        [file_of(path, rows)],
        by="tests",
        now=NOW,
        received=received,
    )
    assert result.load is not None
    return result.load


def plausible(engine: Engine, folder: Path, rows: list[Certificate]) -> list[Certificate]:
    """Those that the loader accepts."""
    store = engine.new(folder)
    load_rows(store, folder / "all.csv", rows, FIRST)
    refused = {entry["text"]["serial"] for entry in ledger.list_rejects(store)}
    return [row for row in rows if row.serial not in refused]


def corrected(rng: Random, row: Certificate) -> Certificate:
    if rng.random() < 0.5:
        return replace(row, county=rng.choice(COUNTIES))
    ended = max(row.issued_on, row.expires_on - timedelta(days=rng.choice((0, 1, 15, 45, 200))))
    return replace(row, ended_on=ended, end_reason="by_holder")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_metric_as_it_was_known(engine: Engine, seed: int, tmp_path: Path) -> None:
    rng, rows = Random(seed), random_records(20_000 + seed)
    pool = plausible(engine, tmp_path / "trial", rows.certificates)
    store = engine.new(tmp_path)
    loads: dict[int, list[Certificate]] = {}
    reverted: set[int] = set()
    known: list[tuple[date, list[Certificate]]] = []
    received = FIRST
    for step in range(STEPS):
        standing = [number for number in loads if number not in reverted]
        if standing and rng.random() < 0.3:
            gone = rng.sample(standing, rng.randint(1, min(2, len(standing))))
            replay.revert(store, gone, by="tests", now=NOW)
            reverted.update(gone)
            received = date(2026, 1, 2)
        else:
            received = max(received, FIRST + timedelta(days=rng.choice((0, 30)) * step))
            some = [
                corrected(rng, row) if rng.random() < 0.3 else row
                for row in rng.sample(pool, rng.randint(1, len(pool)))
            ]
            loads[load_rows(store, tmp_path / f"{step}.csv", some, received)] = some
        now: dict[str, Certificate] = {}
        for number, some in loads.items():
            if number not in reverted:
                now |= {row.serial: row for row in some}
        known.append((received, sorted(now.values(), key=lambda row: row.serial)))
    assert [version.publication.received for version in store.versions()] == [
        day for day, _ in reversed(known)
    ]
    disagreements = []
    for place, (day, certificates) in enumerate(known):
        later = [other for other, _ in known[place + 1 :]]
        if day in later:
            continue  # what was published last on that day is what was known then
        with store.at(store.known_on(day)) as reader:
            as_of = rows.as_of + timedelta(days=rng.choice((0, 0, 1, -45, 366)))
            choice = Choice(as_of, days=rng.choice((1, 30, 90)))
            for number, (key, (columns, count)) in enumerate(REFERENCE.items()):
                if (number + place + seed) % PART:
                    continue
                frame = evaluate(reader, METRICS[key], Selection(**asdict(choice)))
                found = Counter(rows_of(frame, columns))
                expected = Counter(comparable(count(Records(as_of, [], [], certificates), choice)))
                if found != expected:
                    disagreements.append((key, day, as_of, found - expected, expected - found))
    assert disagreements == []
    assert store.known_on(FIRST - timedelta(days=1)) == EMPTY_VERSION
