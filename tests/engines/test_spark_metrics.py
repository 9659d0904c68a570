"""Every metric gives the same rows on Spark as on DuckDB, on crowded random records.

The records and the days are those of tests/metrics/test_agreement.py, which holds DuckDB to the
plain-Python reference. A question costs a cluster about a second of computing, so each metric gets
its own few of the random selections: together more than 300. SPARK_SELECTIONS=300 asks every metric
that many.
"""

import os
from dataclasses import asdict
from datetime import timedelta
from random import Random

import pytest

from adoption.metrics import METRICS, Selection, all_records, evaluate, record_count, records
from adoption.store import Store, open_store
from tests.engines.samples import copy_tables, differences
from tests.engines.spark_cluster import SparkCluster
from tests.metrics.test_agreement import selections
from tests.records import random_records
from tests.reference import Records
from tests.stores import store_of

pytestmark = pytest.mark.spark
SEEDS = range(3)
ASKED_OF_A_METRIC = int(os.environ.get("SPARK_SELECTIONS", "8"))


@pytest.fixture(scope="module", params=SEEDS)
def filled(
    request: pytest.FixtureRequest, cluster: SparkCluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, Records, Store, Store]:
    folder, seed = tmp_path_factory.mktemp("metrics"), int(request.param)
    found = random_records(seed)
    duckdb = store_of(
        folder / "duckdb",
        found.units,
        found.systems,
        found.certificates,
        found.suspensions,
        targets=found.targets,
        entities=found.entities,
        reminders=found.reminders,
    )
    spark = open_store(cluster.url(folder / "warehouse"))
    copy_tables(duckdb, spark)
    return seed, found, duckdb, spark


def random_selections(rng: Random, found: Records, number: int) -> list[Selection]:
    chosen: list[Selection] = []
    while len(chosen) < number:
        for choice in selections(found, rng.randint(0, 1_000_000)):
            day = choice.as_of + timedelta(days=rng.choice((0, 0, rng.randint(-900, 900))))
            chosen.append(Selection(**{**asdict(choice), "as_of": day}))
    rng.shuffle(chosen)
    return chosen[:number]


def test_each_metric_is_asked_often_enough() -> None:
    assert len(METRICS) * ASKED_OF_A_METRIC >= 300


def test_every_metric_agrees_with_duckdb(filled: tuple[int, Records, Store, Store]) -> None:
    seed, found, duckdb, spark = filled
    rng = Random(seed)
    share = -(-ASKED_OF_A_METRIC // len(SEEDS))
    asked = [
        (key, selection) for key in METRICS for selection in random_selections(rng, found, share)
    ]
    assert differences(duckdb, spark, asked) == []


def test_the_records_behind_a_metric_are_the_same(
    filled: tuple[int, Records, Store, Store],
) -> None:
    seed, found, duckdb, spark = filled
    selection = Selection(as_of=found.as_of)
    for key in Random(seed).sample(sorted(METRICS), 4):
        metric = METRICS[key]
        first = [records(store, metric, selection, 20) for store in (duckdb, spark)]
        assert first[0].equals(first[1]), key
        number = record_count(spark, metric, selection)
        assert number == record_count(duckdb, metric, selection)
        assert sum(len(frame) for frame in all_records(spark, metric, selection)) == number


def test_nothing_loaded_gives_the_same_as_on_duckdb(
    spark_store: Store, empty_store: Store, cluster: SparkCluster
) -> None:
    with empty_store.writing():
        pass
    selection = Selection(as_of=random_records(0).as_of)
    keys = ("integration_totals", "valid_totals", "adoption_rate", "mail_delivery")
    for key in keys:
        one, other = (
            evaluate(store, METRICS[key], selection) for store in (empty_store, spark_store)
        )
        assert one.equals(other), key
