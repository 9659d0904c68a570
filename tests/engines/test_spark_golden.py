"""Every metric computed by Spark, over lakes with a history: the reference's rows, and DuckDB's."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random

import pytest

from adoption.metrics import Selection
from adoption.store import Store, open_store
from tests.engines.histories import fill_by_history
from tests.engines.samples import differences
from tests.engines.test_golden import SEEDS, asked, check_equal, disagreements
from tests.records import random_records

pytestmark = pytest.mark.spark
BySpark = Callable[[Store], Store]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_metric_agrees_with_the_reference(
    by_spark: BySpark, seed: int, tmp_path: Path
) -> None:
    rows, rng = random_records(10_000 + seed), Random(seed)
    store = open_store(f"lake:///{tmp_path}/store")
    fill_by_history(store, rows, rng)
    assert disagreements(by_spark(store), rows, asked(seed, rows)) == []
    earlier = rng.choice(store.versions()[1:])
    some = [(key, Selection(**asdict(choice))) for key, choice in asked(seed, rows)]
    with store.at(earlier.name) as one, by_spark(store).at(earlier.name) as other:
        assert differences(one, other, rng.sample(some, 6)) == []


def test_every_metric_on_the_sample_is_duckdbs_to_the_last_bit(
    by_spark: BySpark, sample_store: Store
) -> None:
    check_equal(by_spark(sample_store), sample_store)
