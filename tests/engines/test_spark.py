"""How Spark reads a lake, and what becomes of it when parts of the cluster are lost."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Table, exists, literal, select

from adoption.store import EMPTY_VERSION, Reader, Store, StoreError, open_store, upkeep
from adoption.store.schema import calendar, certificates, reminders, suspensions
from adoption.store.spark import cluster
from tests.engines.histories import fill_by_history
from tests.engines.spark_cluster import SparkCluster, is_open, wait_until
from tests.records import random_records

pytestmark = pytest.mark.spark
BySpark = Callable[[Store], Store]
LARGE = (certificates, suspensions, reminders)


def rows_of(reader: Reader, table: Table) -> pd.DataFrame:
    return reader.frame(select(table).order_by(*table.primary_key.columns))


def check_same(one: Reader, other: Reader) -> None:
    for table in LARGE:
        pd.testing.assert_frame_equal(rows_of(one, table), rows_of(other, table))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """With deletes, updates and merged files."""
    found = open_store(f"lake:///{tmp_path}/store")
    fill_by_history(found, random_records(1), Random(7))
    return found


def test_every_version_has_its_rows(by_spark: BySpark, store: Store, tmp_path: Path) -> None:
    assert store.folder is not None
    with closing(sqlite3.connect(store.folder / "catalog.sqlite")) as catalog:
        for kind in ("data", "delete"):  # of both, some hold what came in several versions
            merged = f"SELECT count(*) FROM ducklake_{kind}_file WHERE partial_max IS NOT NULL"
            assert catalog.execute(merged).fetchone() > (0,)
    versions = [version.name for version in store.versions()]
    assert len(versions) > 6
    for version in (EMPTY_VERSION, *versions):
        with store.at(version) as one, by_spark(store).at(version) as other:
            check_same(one, other)
    # Delete files name the data files by where they were.
    moved = tmp_path / "另一個 資料夾"
    shutil.move(store.folder, moved)
    elsewhere = open_store(f"lake:///{moved}")
    check_same(elsewhere, by_spark(elsewhere))


def test_files_that_are_merged_away_are_found_in_others(
    by_spark: BySpark, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_GRACE", "0 seconds")
    spark_store = by_spark(store)
    before = rows_of(store, reminders)
    for n in range(3):
        with store.writing() as writer:
            writer.delete(reminders, reminders.c.serial == before["serial"][n])
            writer.insert(
                reminders,
                select(
                    *[
                        literal(f"NEW{n}").label(c.name) if c.name == "serial" else c
                        for c in reminders.c
                    ]
                ).limit(1),
            )
    expected = rows_of(store, reminders)
    with spark_store.at(spark_store.version) as reader:
        pd.testing.assert_frame_equal(rows_of(reader, reminders), expected)
        assert store.maintain().removed > 0
        pd.testing.assert_frame_equal(rows_of(reader, reminders), expected)


def test_months_are_those_of_duckdb(by_spark: BySpark, store: Store) -> None:
    any_certificate = exists(select(certificates.c.serial))
    query = select(calendar).where(any_certificate).order_by(calendar.c.month)
    months = store.frame(query)
    assert len(months) == 2_400
    pd.testing.assert_frame_equal(by_spark(store).frame(query), months)


def test_long_answers_are_in_order_and_leave_no_files(by_spark: BySpark, store: Store) -> None:
    assert store.folder is not None
    query = select(certificates.c.serial).order_by(certificates.c.serial.desc())
    batches = list(by_spark(store).batches(query, rows=50))
    assert len(batches) > 3
    found = pa.Table.from_batches(batches)["serial"].to_pylist()
    assert found == list(store.frame(query)["serial"])
    assert list(store.folder.glob("scratch-*")) == []


def doubled(piece: pa.RecordBatch) -> pa.Table:
    return pa.table({"number": [2 * n.as_py() for n in piece.column(0)]})


def refuse(piece: pa.RecordBatch) -> pa.Table:
    raise ValueError(f"{piece.num_rows} rows that nobody wants")


def check_spread(store: Store) -> None:
    pieces = [pa.record_batch({"n": [n, n + 1]}) for n in range(0, 40, 2)]
    with store.writing(trial=True) as writer:
        assert writer.has_workers
        found = [table["number"].to_pylist() for table in writer.spread(doubled, pieces)]
        assert found == [[2 * n, 2 * n + 2] for n in range(0, 40, 2)]
        assert list(writer.spread(doubled, [])) == []
        with pytest.raises(StoreError, match="could not do what was asked"):
            list(writer.spread(refuse, pieces))
    assert store.folder is not None
    assert list(store.folder.glob("scratch-*")) == []


def test_work_is_spread(by_spark: BySpark, store: Store) -> None:
    check_spread(by_spark(store))


def test_spark_connect_does_the_same(
    spark: SparkCluster, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    spark.start_connect()
    monkeypatch.setenv("ADOPTION_COMPUTE", spark.connect_address)
    connected = open_store(store.url)
    check_same(store, connected)
    check_spread(connected)
    spark.kill("connect")
    wait_until(lambda: not is_open(spark.connect_port), "the server is gone")
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        rows_of(connected, certificates)
    assert "\n" not in str(refused.value)
    assert "連不上 Spark 叢集" in refused.value.zh
    spark.start_connect()
    check_same(store, connected)
    cluster.forget(spark.connect_address)
    spark.kill("connect")


def test_a_cluster_that_is_away_is_a_sentence_and_comes_back(
    spark: SparkCluster, by_spark: BySpark, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_WITHOUT_EXECUTORS", 5)
    computed = by_spark(store)
    check_same(store, computed)
    for name in list(spark.processes):
        spark.kill(name)
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        rows_of(computed, certificates)
    assert "\n" not in str(refused.value)
    assert "連不上 Spark 叢集" in refused.value.zh
    monkeypatch.undo()
    spark.start_master()
    spark.start_workers(1, 2)
    check_same(store, computed)
