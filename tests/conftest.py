"""Stores that many tests look at and none changes."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from adoption import command
from adoption.__main__ import app
from adoption.store import Store, open_store
from adoption.store.spark.cluster import forget
from etl.sample import write_sample
from tests.commands import Outcome, Run
from tests.engines import ENGINES, Engine
from tests.engines.postgresql import OLDEST, Server, programs, server
from tests.engines.spark_cluster import SparkCluster, environment, missing, spark_cluster
from tests.samples import load_delivered
from tests.soak.size import IS_SOAK

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE_SIZE = 5_000


def pytest_collection_finish() -> None:
    """What imports made stays: looking through it for garbage again and again took a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def one_thread_a_connection() -> Iterator[None]:
    """Stores of tests are so small that DuckDB's second thread finds nothing to do, and is in the
    way of the other test processes. The soak has all threads."""
    connect = duckdb.connect

    def connect_with_one(*arguments: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        connection = connect(*arguments, **named)
        connection.execute("SET threads = 1")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        if not IS_SOAK:
            patch.setattr(duckdb, "connect", connect_with_one)
        yield


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A small sample with all its deliveries, through the real loader."""
    folder = tmp_path_factory.mktemp("sample")
    store = open_store(f"lake:///{folder}/store")
    for delivered in write_sample(folder, SAMPLE_SIZE):
        load_delivered(store, delivered)
    return store


@pytest.fixture
def empty_store(tmp_path: Path) -> Store:
    return open_store(f"lake:///{tmp_path}/store")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server of this test process."""
    found = programs()
    if found is None:
        pytest.skip(f"no PostgreSQL server from version {OLDEST} on: apt-get install postgresql")
    with server(found) as started:
        yield started


@pytest.fixture
def lake_engine() -> Engine:
    return Engine("lake", lambda folder: open_store(f"lake:///{folder}/store"))


@pytest.fixture
def shared_engine(postgresql: Server) -> Iterator[Engine]:
    yield Engine(
        "postgresql",
        lambda folder: postgresql.new_store(folder / "store"),
        postgresql.drop_databases,
    )
    postgresql.drop_databases()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkCluster]:
    """A cluster of this test process, to which it and what it starts can connect."""
    if lacking := missing():
        pytest.skip(f"no Spark here: {lacking}")
    before = dict(os.environ)
    with spark_cluster(tmp_path_factory.mktemp("spark")) as started:
        os.environ.update(environment(started.folder))
        yield started
        forget(started.address)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def by_spark(spark: SparkCluster) -> Callable[[Store], Store]:
    """The same store, computed by the cluster."""

    def opened(store: Store) -> Store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ADOPTION_COMPUTE", spark.address)
            return open_store(store.url)

    return opened


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that is there, one after another."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def any_store(engine: Engine, tmp_path: Path) -> Store:
    """An empty store on each engine."""
    return engine.new(tmp_path)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command as `python -m adoption` runs it, in this process."""
    for name in ("ADOPTION_STORE", "ADOPTION_COMPUTE", "ADOPTION_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(PROJECT)

    def run(*arguments: str, language: str = "en") -> Outcome:
        monkeypatch.setenv("ADOPTION_LANG", language)
        with pytest.raises(SystemExit) as left:
            command.run(app, "python -m adoption", arguments)
        return Outcome(left.value.code, *capsys.readouterr())

    return run
