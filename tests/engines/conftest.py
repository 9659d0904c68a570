"""Engines that are servers, started once for all tests that ask for them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from adoption.store import Store, open_store
from adoption.store.spark_cluster import forget
from tests.engines.spark_cluster import SparkCluster, environment, missing, spark_cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    if lacking := missing():
        pytest.skip(f"no Spark here: {lacking}")
    folder = tmp_path_factory.mktemp("spark")
    before = dict(os.environ)
    try:
        with spark_cluster(folder) as cluster:
            os.environ.update(environment(folder))
            yield cluster
            forget(cluster.address)
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def spark_store(cluster: SparkCluster, tmp_path: Path) -> Store:
    return open_store(cluster.url(tmp_path / "warehouse"))
