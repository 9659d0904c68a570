"""What every store does, done by a cluster: versions, a writer's verbs, one writer, recovery."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, func, select

from adoption.store import (
    EMPTY_VERSION,
    Reader,
    SpreadingWriter,
    Store,
    StoreBusyError,
    StoreError,
    Writer,
    open_store,
    spark_cluster,
)
from adoption.store.schema import certificates, suspensions, targets, units
from adoption.store.warehouse import KEPT_VERSIONS, Warehouse
from tests.engines.spark_cluster import ROOT, SparkCluster, is_open, wait_until

pytestmark = pytest.mark.spark


def rows_of_units(*codes: str, name: str = "示範單位") -> pa.Table:
    return pa.table(
        {
            "unit_code": list(codes),
            "name": [name] * len(codes),
            "side": ["ministry"] * len(codes),
            "sector": ["government"] * len(codes),
            "provenance": ["sample"] * len(codes),
            "load_id": [1] * len(codes),
        }
    )


def add_units(store: Store, *codes: str) -> None:
    with store.writing() as writer:
        writer.append(units, rows_of_units(*codes))


def codes_in(reader: Reader) -> list[str]:
    return list(reader.frame(select(units.c.unit_code).order_by(units.c.unit_code))["unit_code"])


def warehouse_of(store: Store) -> Warehouse:
    assert store.folder is not None
    return Warehouse(store.folder)


def test_an_empty_store_answers_and_makes_nothing(spark_store: Store) -> None:
    assert spark_store.version == EMPTY_VERSION
    assert codes_in(spark_store) == []
    assert spark_store.folder is not None
    assert not spark_store.folder.exists()


def test_readers_see_whole_publications_only(spark_store: Store) -> None:
    add_units(spark_store, "M01")
    first = spark_store.version
    reader = open_store(spark_store.url)
    with spark_store.writing() as writer:
        writer.append(units, rows_of_units("M02"))
        assert codes_in(writer) == ["M01", "M02"]
        assert codes_in(reader) == ["M01"]
    assert codes_in(reader) == ["M01", "M02"]
    assert reader.version != first
    with reader.at(first) as earlier:
        assert codes_in(earlier) == ["M01"]
    assert reader.earlier_versions() == [first]


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


def test_a_second_writer_is_told_to_wait(spark_store: Store) -> None:
    other = open_store(spark_store.url)
    with (
        spark_store.writing(),
        pytest.raises(StoreBusyError, match="another load is writing"),
        other.writing(),
    ):
        pass


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


def test_merge_update_and_delete(spark_store: Store) -> None:
    add_units(spark_store, "M01", "M02", "M03")
    staged = Table("staged", MetaData(), *[Column(c.name, c.type) for c in units.columns])
    with spark_store.writing() as writer:
        writer.scratch(staged)
        writer.append(staged, rows_of_units("M02", "M04", name="新名稱"))
        writer.merge(units, select(*staged.columns))
        # It may read the very table that it changes.
        upper = [
            func.upper(units.c.name + "x").label("name") if c is units.c.name else c
            for c in units.columns
        ]
        writer.merge(units, select(*upper).where(units.c.unit_code == "M01"))
        english = Table("english", MetaData(), Column("code", String), Column("text", String))
        writer.scratch(english)
        writer.append(english, pa.table({"code": ["M03", "M09"], "text": ["Third", "None"]}))
        writer.update(
            units,
            select(english.c.code.label("unit_code"), english.c.text.label("name_en")),
        )
        writer.delete(units, units.c.name_en == "Other")  # NULL is neither
        assert len(codes_in(writer)) == 4
        writer.delete(units, units.c.unit_code.in_(["M02"]))
    found = spark_store.frame(
        select(units.c.unit_code, units.c.name, units.c.name_en).order_by(units.c.unit_code)
    )
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["M01", "示範單位X", None],
        ["M03", "示範單位", "Third"],
        ["M04", "新名稱", None],
    ]
    with pytest.raises(StoreError, match="staged"):
        spark_store.frame(select(staged.c.name))


def test_days_counts_and_batches(spark_store: Store) -> None:
    days = pd.date_range("2013-01-01", periods=300).date
    with spark_store.writing() as writer:
        rows = {"serial": [f"S{n:03d}" for n in range(300)], "suspended_on": days, "load_id": 1}
        writer.append(suspensions, pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False))
    frame = spark_store.frame(
        select(suspensions.c.suspended_on, suspensions.c.resumed_on, func.count().label("n"))
        .group_by(suspensions.c.suspended_on, suspensions.c.resumed_on)
        .order_by(suspensions.c.suspended_on.desc())
    )
    assert [str(kind) for kind in frame.dtypes] == ["datetime64[ms]", "datetime64[ms]", "int64"]
    assert frame.iloc[0, 0] == pd.Timestamp("2013-10-27")
    in_order = select(suspensions.c.serial).order_by(suspensions.c.serial.desc())
    batches = list(spark_store.batches(in_order, rows=70))
    assert len(batches) > 3
    together = pa.Table.from_batches(batches)["serial"].to_pylist()
    assert together == sorted(rows["serial"], reverse=True)
    assert warehouse_of(spark_store).folder.joinpath("answers").exists()
    assert list(warehouse_of(spark_store).folder.joinpath("answers").iterdir()) == []


def test_a_writer_can_begin_with_an_earlier_version_or_with_nothing(spark_store: Store) -> None:
    for code in ("M01", "M02"):
        add_units(spark_store, code)
    (first,) = spark_store.earlier_versions()
    with spark_store.writing(first) as writer:
        writer.append(units, rows_of_units("M09"))
    assert codes_in(spark_store) == ["M01", "M09"]
    with spark_store.writing(EMPTY_VERSION) as writer:
        writer.append(units, rows_of_units("M10"))
    assert codes_in(spark_store) == ["M10"]
    with pytest.raises(StoreError, match="no whole version"), spark_store.at("../CURRENT"):
        pass


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
    assert spark_store.upgrade() is None
    path = warehouse_of(spark_store).folder / "versions" / f"{spark_store.version}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layout": "9999"}))
    with pytest.raises(StoreError, match="made by a newer version"):
        codes_in(open_store(spark_store.url))


def test_many_threads_read_at_once(spark_store: Store) -> None:
    add_units(spark_store, "M01", "M02")
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(codes_in(spark_store))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["M01", "M02"]] * 8


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


def test_spark_connect_is_the_same_store(cluster: SparkCluster, spark_store: Store) -> None:
    add_units(spark_store, "M01")
    cluster.start_connect()
    store = open_store(f"{cluster.connect_address}?warehouse={spark_store.folder}")
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
    cluster.kill("connect")
    wait_until(lambda: not is_open(cluster.connect_port), "the server is gone")
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        codes_in(store)
    assert "\n" not in str(refused.value)
    assert "連不上 Spark 叢集" in refused.value.zh
    cluster.start_connect()
    assert codes_in(store) == ["M02"]
    store.close()
    cluster.kill("connect")


def test_a_cluster_that_is_away_is_a_sentence_and_comes_back(
    cluster: SparkCluster, spark_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_cluster, "SECONDS_WITHOUT_EXECUTORS", 5)
    add_units(spark_store, "M01")
    for name in list(cluster.processes):
        cluster.kill(name)
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        codes_in(spark_store)
    assert "\n" not in str(refused.value)
    assert "連不上 Spark 叢集" in refused.value.zh
    cluster.start_master()
    monkeypatch.undo()
    for number in (1, 2):
        cluster.start_worker(number)
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
