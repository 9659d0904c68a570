"""One variable moves the dashboard to another engine or to Spark: every page says the same."""

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from adoption.store import Store, open_store
from tests.engines import OTHER_ENGINES, Engine
from tests.engines.samples import load_sample
from tests.engines.spark_cluster import SparkCluster
from tests.pages.test_pages import NAMES, opened


def shown(app: AppTest, store: Store) -> list[str]:
    """Every element of the page as the browser gets it, but for what names this one store."""
    elements = [str(getattr(each, "proto", "")) for each in app.main]
    own = re.compile(f"{store.version}|/media/[0-9a-f]+|deferred_file_id: .*")
    return [own.sub("", each) for each in elements]


@pytest.mark.parametrize("engine", OTHER_ENGINES, indirect=True)
def test_every_page_says_the_same(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [open_store(f"lake:///{tmp_path}/duckdb"), engine.new(tmp_path / "other")]
    load_sample(stores, tmp_path, 1_500)
    embedded, other = (pages_of(store, monkeypatch) for store in stores)
    assert other == embedded


@pytest.mark.spark
def test_every_page_says_the_same_by_spark(
    spark: SparkCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process keeps the stores that it opened, by their URL.
    store = open_store(f"lake:///{tmp_path}/duckdb")
    load_sample([store], tmp_path, 1_500)
    shutil.copytree(tmp_path / "duckdb", tmp_path / "spark")
    embedded = pages_of(store, monkeypatch)
    monkeypatch.setenv("ADOPTION_COMPUTE", spark.address)
    assert pages_of(open_store(f"lake:///{tmp_path}/spark"), monkeypatch) == embedded


def pages_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    found = {name: shown(opened(monkeypatch, store, name, seconds=600), store) for name in NAMES}
    assert min(len(elements) for elements in found.values()) > 10
    return found
