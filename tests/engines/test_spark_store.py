"""What a Spark store does in a way of its own; tests/store has what all stores promise."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from adoption.store.layout import LAYOUT
from adoption.store.warehouse import KEPT_VERSIONS, Warehouse
from sqlalchemy import Column, Date, Integer, MetaData, Table, select

from adoption.store import (
    EMPTY_VERSION,
    SpreadingWriter,
    Store,
    StoreError,
    Writer,
    open_store,
    spark_cluster,
)
from adoption.store.schema import certificates, targets, units
from tests.engines.spark_cluster import ROOT, SparkCluster, is_open, wait_until
from tests.store.rows import add_units, codes_in, rows_of_units

pytestmark = pytest.mark.spark


def warehouse_of(store: Store) -> Warehouse:
    assert store.folder is not None
    return Warehouse(store.folder)


def test_an_empty_store_answers_and_makes_nothing(spark_store: Store) -> None:
    assert spark_store.version == EMPTY_VERSION
    assert codes_in(spark_store) == []
    assert spark_store.folder is not None
    assert not spark_store.folder.exists()


def test_a_failed_load_leaves_no_trace(spark_store: Store) -> None:
    add_units(spark_store, "M01")
    assert spark_store.folder is not None
    before = sorted(spark_store.folder.rglob("*"))
    heard: list[bool] = []

    def fail(writer: Writer) -> None:
        writer.at_end(heard.append)
        writer.append(units, rows_of_units("M02"))
        assert codes_in(writer) == ["M01", "M02"]
        raise RuntimeError("the load fails")

    with pytest.raises(RuntimeError, match="the load fails"), spark_store.writing() as writer:
        fail(writer)
    assert codes_in(spark_store) == ["M01"]
    assert sorted(spark_store.folder.rglob("*")) == before
    assert heard == [False]


def test_versions_share_files_and_old_ones_go(spark_store: Store) -> None:
    add_units(spark_store, "M00")
    with spark_store.writing() as writer:
        writer.append(targets, pa.table({"metric": ["m"], "scope": [""], "load_id": [1]}))
    warehouse = warehouse_of(spark_store)
    newest, oldest = warehouse.versions()
    assert warehouse.tables(newest)["units"] == warehouse.tables(oldest)["units"]
    assert warehouse.tables(newest)["targets"] != warehouse.tables(oldest)["targets"]
    for number in range(KEPT_VERSIONS + 1):
        with spark_store.writing() as writer:
            writer.delete(units, units.c.unit_code == f"M{number:02d}")
            writer.append(units, rows_of_units(f"M{number + 1:02d}"))
    assert codes_in(spark_store) == [f"M{KEPT_VERSIONS + 1:02d}"]
    assert len(warehouse.versions()) == KEPT_VERSIONS
    listed = {
        file.path
        for version in warehouse.versions()
        for files in warehouse.tables(version).values()
        for file in files
    }
    there = (warehouse.folder / "tables").rglob("*.parquet")
    assert {path.relative_to(warehouse.folder).as_posix() for path in there} == listed


def test_a_table_of_many_small_files_becomes_one(spark_store: Store) -> None:
    with spark_store.writing() as writer:
        for number in range(20):
            writer.append(units, rows_of_units(f"M{number:02d}"))
            codes_in(writer)  # now they are in a file
    assert len(codes_in(spark_store)) == 20
    assert len(warehouse_of(spark_store).tables(spark_store.version)["units"]) <= 2


def test_answers_are_in_the_order_asked_for_and_leave_no_files(spark_store: Store) -> None:
    add_units(spark_store, *[f"M{number:03}" for number in range(300)])
    in_order = select(units.c.unit_code).order_by(units.c.unit_code.desc())
    batches = list(spark_store.batches(in_order, rows=70))
    assert len(batches) > 3
    together = pa.Table.from_batches(batches)["unit_code"].to_pylist()
    assert together == [f"M{number:03}" for number in reversed(range(300))]
    assert list((warehouse_of(spark_store).folder / "answers").iterdir()) == []


def test_a_condition_that_is_null_removes_nothing(spark_store: Store) -> None:
    add_units(spark_store, "M01")
    before = warehouse_of(spark_store).tables(spark_store.version)["units"]
    with spark_store.writing() as writer:
        writer.delete(units, units.c.name_en == "Other")
    assert warehouse_of(spark_store).tables(spark_store.version)["units"] == before


def test_what_is_damaged_shows_the_version_before(spark_store: Store) -> None:
    add_units(spark_store, "M01")
    add_units(spark_store, "M02")
    warehouse = warehouse_of(spark_store)
    named = spark_store.version
    last = warehouse.tables(named)["units"][-1]
    (warehouse.folder / last.path).write_bytes(b"")
    reader = open_store(spark_store.url)
    assert codes_in(reader) == ["M01"]
    assert reader.notice is not None
    assert named in reader.notice.en
    assert codes_in(spark_store) == ["M01"]  # one that had it open before falls back as well
    add_units(reader, "M03")
    assert (codes_in(reader), reader.notice) == (["M01", "M03"], None)
    (warehouse.folder / "CURRENT").write_text("000009-gone")
    assert codes_in(open_store(spark_store.url)) == ["M01", "M03"]


def test_a_warehouse_of_another_layout_says_so(spark_store: Store) -> None:
    add_units(spark_store, "M01")
    assert spark_store.upgrade() == (LAYOUT, LAYOUT)
    path = warehouse_of(spark_store).folder / "versions" / f"{spark_store.version}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layout": "9999"}))
    with pytest.raises(StoreError, match="made by a newer version"):
        codes_in(open_store(spark_store.url))


def doubled(piece: pa.RecordBatch) -> pa.Table:
    offset = int(piece.schema.metadata[b"offset"])
    return pa.table({"number": [2 * n.as_py() + offset for n in piece.column(0)]})


def test_work_is_spread(spark_store: Store) -> None:
    made = Table("made", MetaData(), Column("number", Integer), Column("day", Date))
    pieces = [
        pa.record_batch({"n": [n, n + 1]}).replace_schema_metadata({"offset": str(n)})
        for n in range(0, 40, 2)
    ]
    with spark_store.writing() as writer:
        assert isinstance(writer, SpreadingWriter)
        writer.scratch(made)
        writer.spread(made, pieces, doubled)
        frame = writer.frame(select(made.c.number, made.c.day).order_by(made.c.number))
        writer.spread(made, [], doubled)
    expected = [2 * n + offset for offset in range(0, 40, 2) for n in (offset, offset + 1)]
    assert list(frame["number"]) == sorted(expected)
    assert frame["day"].isna().all()


def test_spark_connect_is_the_same_store(spark: SparkCluster, spark_store: Store) -> None:
    add_units(spark_store, "M01")
    spark.start_connect()
    store = open_store(f"{spark.connect_address}?warehouse={spark_store.folder}")
    assert codes_in(store) == ["M01"]
    add_units(store, "M02")
    with store.writing() as writer:
        assert isinstance(writer, SpreadingWriter)
        made = Table("made", MetaData(), Column("number", Integer))
        writer.scratch(made)
        piece = pa.record_batch({"n": [1, 2]}).replace_schema_metadata({"offset": "5"})
        writer.spread(made, [piece], doubled)
        writer.delete(units, units.c.unit_code == "M01")
        assert sorted(writer.frame(select(made.c.number))["number"]) == [7, 9]
    assert codes_in(store) == codes_in(spark_store) == ["M02"]
    spark.kill("connect")
    wait_until(lambda: not is_open(spark.connect_port), "the server is gone")
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        codes_in(store)
    assert "\n" not in str(refused.value)
    assert "連不上 Spark 叢集" in refused.value.zh
    spark.start_connect()
    assert codes_in(store) == ["M02"]
    store.close()
    spark.kill("connect")


def test_a_cluster_that_is_away_is_a_sentence_and_comes_back(
    spark: SparkCluster, spark_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_cluster, "SECONDS_WITHOUT_EXECUTORS", 5)
    add_units(spark_store, "M01")
    for name in list(spark.processes):
        spark.kill(name)
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        codes_in(spark_store)
    assert "\n" not in str(refused.value)
    assert "連不上 Spark 叢集" in refused.value.zh
    spark.start_master()
    monkeypatch.undo()
    for number in (1, 2):
        spark.start_worker(number)
    assert codes_in(spark_store) == ["M01"]


def test_an_address_without_a_warehouse_says_what_is_missing() -> None:
    with pytest.raises(StoreError, match="warehouse=/FOLDER") as refused:
        open_store("spark://127.0.0.1:7077")
    assert "請指明資料所在的資料夾" in refused.value.zh


def test_without_the_packages_it_says_which_to_install() -> None:
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "from adoption.store import open_store, StoreError\n"
        "try: open_store('spark://127.0.0.1:7077?warehouse=/tmp/w')\n"
        "except StoreError as error: print(error)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "pip install -r requirements-spark.txt" in found.stdout


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    url = f"spark://127.0.0.1:1?warehouse={tmp_path}/w"
    (tmp_path / "w").mkdir()
    shown = subprocess.run(
        [sys.executable, "-m", "adoption", "metric", "valid_totals", "--store", url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.count("\n") == 1
    assert "127.0.0.1:1" in shown.stderr
    assert certificates.name not in shown.stderr
