"""Stores that many tests look at and none changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adoption.store import Store, open_store
from etl.feeds import FEEDS
from etl.load import load
from etl.sample import write_sample

CATALOGUE = Path(__file__).resolve().parent.parent / "data" / "catalogue"
SAMPLE_SIZE = 5_000


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The catalogue and a small sample, through the real loader."""
    folder = tmp_path_factory.mktemp("sample")
    store = open_store(f"duckdb:///{folder}/store")
    catalogue = [("units", CATALOGUE / "units.csv"), ("systems", CATALOGUE / "systems.csv")]
    for feed, path in [*catalogue, *write_sample(folder, SAMPLE_SIZE)]:
        load(store, FEEDS[feed], [path], by="tests", now=datetime(2013, 9, 25, tzinfo=UTC))
    return store


@pytest.fixture
def empty_store(tmp_path: Path) -> Store:
    return open_store(f"duckdb:///{tmp_path}/store")
