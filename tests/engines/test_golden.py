"""Every metric gives the same rows on every engine, and those of the plain-Python reference.
Spark is looked at in test_spark_golden.py, with these selections.

A seed is one store and twelve random selections of it: 300 in the test run. There each selection is
asked of some of the metrics, a different part each time, so that each metric meets every seed; with
SOAK=1 each selection is asked of all, and of the embedded store too, which the test run asks for
every metric in tests/metrics/test_agreement.py.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from adoption.metrics import METRICS, Selection, evaluate, record_count, records
from adoption.store import Reader, Store
from etl.history.copy import copy
from tests.engines import ENGINES, OTHER_ENGINES, Engine
from tests.metrics.test_agreement import comparable, rows_of
from tests.records import ORG_TYPES, random_records
from tests.reference import REFERENCE, STAGES, Choice, Records
from tests.reference.calendar import county_on
from tests.soak.size import IS_SOAK, many
from tests.stores import fill

SEEDS = many(25, 100, "SOAK_GOLDEN")
SELECTIONS = 12
# Each selection is asked of one in so many metrics.
PART = many(12, 1)
_OTHER_DAYS = (0, 0, 0, 1, -1, 44, 45, -45, 60, 366, -366, 1100, -1500)


def random_choice(rng: Random, rows: Records) -> Choice:
    """A day near what happened, and filters of every kind, alone and together."""
    as_of = rows.as_of + timedelta(days=rng.choice(_OTHER_DAYS))
    chosen = Choice(as_of, days=rng.choice((0, 1, 7, 30, 90, 90, 365, 3660)))
    places = sorted({county_on(each.county, as_of) for each in rows.certificates})
    filters = {
        "side": ("ministry", "external"),
        "unit": tuple(unit.unit_code for unit in rows.units),
        "county": (*places, "沒有這個縣市"),
        "org_type": tuple(sorted(set(ORG_TYPES))),
        "stage": (0, *STAGES),
    }
    for name, values in filters.items():
        if rng.random() < 0.4:
            some = tuple(rng.sample(values, rng.randint(1, min(4, len(values)))))
            chosen = replace(chosen, **{name: some})
    return chosen


def asked(seed: int, rows: Records) -> Iterator[tuple[str, Choice]]:
    """What is asked of the store of a seed: a metric's key and a selection."""
    rng = Random(seed)
    for number in range(SELECTIONS):
        choice = random_choice(rng, rows)
        for place, key in enumerate(REFERENCE):
            if (place + number + seed) % PART == 0:
                yield key, choice


def disagreements(store: Reader, rows: Records, asked: Iterable[tuple[str, Choice]]) -> list[Any]:
    """Where the store answers otherwise than the reference does of `rows`."""
    differing: list[Any] = []
    for key, choice in asked:
        columns, count = REFERENCE[key]
        frame = evaluate(store, METRICS[key], Selection(**asdict(choice)))
        found = Counter(rows_of(frame, columns))
        expected = Counter(comparable(count(rows, choice)))
        if found != expected:
            differing.append((key, choice, "only here", found - expected))
            differing.append((key, choice, "only in the reference", expected - found))
    return differing


@pytest.mark.parametrize("engine", ENGINES if IS_SOAK else OTHER_ENGINES, indirect=True)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_metric_agrees_with_the_reference(engine: Engine, seed: int, tmp_path: Path) -> None:
    rows = random_records(10_000 + seed)
    store = engine.new(tmp_path)
    fill(store, rows)
    assert disagreements(store, rows, asked(seed, rows)) == []


def test_each_metric_is_asked_of_every_store() -> None:
    for seed, place in ((seed, place) for seed in range(SEEDS) for place in range(len(METRICS))):
        numbers = [number for number in range(SELECTIONS) if (place + number + seed) % PART == 0]
        assert len(numbers) >= SELECTIONS // PART
    assert SEEDS * SELECTIONS >= 300


@pytest.mark.parametrize("engine", OTHER_ENGINES, indirect=True)
def test_answers_are_equal_to_the_last_bit(
    engine: Engine, sample_store: Store, tmp_path: Path
) -> None:
    """In order, types and numbers, and so are the records behind them."""
    store = engine.new(tmp_path)
    copy(sample_store, store)
    check_equal(store, sample_store)


def check_equal(store: Reader, other: Reader) -> None:
    """Every metric, and the records behind it, under two selections."""
    for day, more in (
        (date(2013, 9, 24), {}),
        (date(2012, 2, 29), {"county": ("臺北市", "桃園縣"), "org_type": ("company",), "days": 7}),
    ):
        selection = Selection(day, **more)
        for metric in METRICS.values():
            pd.testing.assert_frame_equal(
                evaluate(store, metric, selection),
                evaluate(other, metric, selection),
                check_exact=True,
            )
            pd.testing.assert_frame_equal(
                records(store, metric, selection, 300),
                records(other, metric, selection, 300),
                check_exact=True,
            )
            assert record_count(store, metric, selection) == record_count(other, metric, selection)
