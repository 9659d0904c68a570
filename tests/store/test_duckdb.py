"""The embedded store: versions, the pointer that readers follow, one writer, no trace."""

import threading
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Column, MetaData, String, Table, func, select

from adoption.store import (
    EMPTY_VERSION,
    Store,
    StoreBusyError,
    StoreError,
    Writer,
    open_store,
)
from adoption.store.duckdb import KEPT_VERSIONS
from adoption.store.schema import certificates, targets, units


def rows_of_units(*codes: str, name: str = "示範單位") -> pa.Table:
    return pa.table(
        {
            "unit_code": list(codes),
            "name": [name] * len(codes),
            "side": ["ministry"] * len(codes),
            "sector": ["government"] * len(codes),
            "provenance": ["sample"] * len(codes),
            "load_id": pa.array([1] * len(codes), pa.int32()),
        }
    )


def add_units(store: Store, *codes: str) -> None:
    with store.writing() as writer:
        writer.append(units, rows_of_units(*codes))


def codes_in(reader: Store | Writer) -> list[str]:
    return list(reader.frame(select(units.c.unit_code).order_by(units.c.unit_code))["unit_code"])


def files_of(store: Store) -> list[Path]:
    return sorted((store.folder / "versions").iterdir())  # type: ignore[attr-defined]


def test_an_empty_store_answers_and_makes_nothing(empty_store: Store) -> None:
    assert empty_store.version == "empty"
    assert codes_in(empty_store) == []
    assert not empty_store.folder.exists()  # type: ignore[attr-defined]


def test_readers_follow_each_publication(empty_store: Store) -> None:
    other_reader = open_store(empty_store.url)
    add_units(empty_store, "M01")
    first = other_reader.version
    assert codes_in(other_reader) == ["M01"]
    add_units(empty_store, "M02")
    assert other_reader.version != first
    assert codes_in(other_reader) == ["M01", "M02"]


def test_a_reader_sees_the_old_state_while_a_load_writes(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    with empty_store.writing() as writer:
        writer.append(units, rows_of_units("M02"))
        assert codes_in(writer) == ["M01", "M02"]
        assert codes_in(empty_store) == ["M01"]


def test_a_failed_load_leaves_no_trace(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    version, files = empty_store.version, files_of(empty_store)

    def load_that_fails() -> None:
        with empty_store.writing() as writer:
            writer.append(units, rows_of_units("M02"))
            raise RuntimeError("the load fails")

    with pytest.raises(RuntimeError, match="the load fails"):
        load_that_fails()
    assert (empty_store.version, files_of(empty_store)) == (version, files)
    assert codes_in(empty_store) == ["M01"]


def test_what_a_killed_load_left_is_removed_by_the_next(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    left = empty_store.folder / "versions" / "000002-killed.duckdb"  # type: ignore[attr-defined]
    left.write_bytes(b"half a file")
    add_units(empty_store, "M02")
    assert codes_in(empty_store) == ["M01", "M02"]
    assert left not in files_of(empty_store)


def test_a_second_writer_is_told_to_wait(empty_store: Store) -> None:
    other = open_store(empty_store.url)
    with (
        empty_store.writing(),
        pytest.raises(StoreBusyError, match="another load is writing"),
        other.writing(),
    ):
        pass


def test_only_the_last_versions_are_kept(empty_store: Store) -> None:
    for number in range(KEPT_VERSIONS + 3):
        add_units(empty_store, f"M{number:02d}")
    assert len(files_of(empty_store)) == KEPT_VERSIONS
    assert len(codes_in(empty_store)) == KEPT_VERSIONS + 3


def test_merge_replaces_rows_with_the_same_key_and_adds_the_others(empty_store: Store) -> None:
    add_units(empty_store, "M01", "M02")
    staged = Table("staged", MetaData(), *[Column(c.name, c.type) for c in units.columns])
    with empty_store.writing() as writer:
        writer.scratch(staged)
        writer.append(staged, rows_of_units("M02", "M03", name="新名稱"))
        writer.merge(units, select(*staged.columns))
    names = empty_store.frame(select(units.c.unit_code, units.c.name).order_by(units.c.unit_code))
    assert names.to_numpy().tolist() == [
        ["M01", "示範單位"],
        ["M02", "新名稱"],
        ["M03", "新名稱"],
    ]


def test_merge_may_read_the_table_that_it_changes(empty_store: Store) -> None:
    add_units(empty_store, "M01", "M02")
    with empty_store.writing() as writer:
        renamed = [
            func.upper(units.c.name + "x").label("name") if c is units.c.name else c
            for c in units.columns
        ]
        writer.merge(units, select(*renamed).where(units.c.unit_code == "M01"))
    names = empty_store.frame(select(units.c.name).order_by(units.c.unit_code))
    assert list(names["name"]) == ["示範單位X", "示範單位"]


def test_scratch_tables_are_not_published(empty_store: Store) -> None:
    staged = Table("staged", MetaData(), Column("text", String))
    with empty_store.writing() as writer:
        writer.scratch(staged)
        writer.append(staged, pa.table({"text": ["x"]}))
    with pytest.raises(Exception, match="staged"):
        empty_store.frame(select(staged.c.text))


def test_days_come_back_as_datetimes_and_counts_as_integers(empty_store: Store) -> None:
    with empty_store.writing() as writer:
        writer.append(
            targets,
            pa.table(
                {
                    "metric": ["integration_totals"],
                    "scope": [""],
                    "due_on": [pd.Timestamp("2013-12-31").date()],
                    "value": [200.0],
                    "load_id": pa.array([1], pa.int32()),
                }
            ),
        )
    frame = empty_store.frame(select(targets.c.due_on, func.count()).group_by(targets.c.due_on))
    assert frame.iloc[0, 0] == pd.Timestamp("2013-12-31")
    assert [str(kind) for kind in frame.dtypes] == ["datetime64[ms]", "int64"]


def test_batches_give_every_row_once(sample_store: Store) -> None:
    serials = select(certificates.c.serial)
    batches = list(sample_store.batches(serials, rows=700))
    together = pa.Table.from_batches(batches)["serial"].to_pylist()
    assert len(batches) > 1
    assert sorted(together) == sorted(sample_store.frame(serials)["serial"])


def test_many_threads_read_at_once(sample_store: Store) -> None:
    counts: list[int] = []
    count = select(func.count()).select_from(certificates)

    def read() -> None:
        for _ in range(20):
            counts.append(int(sample_store.frame(count).iat[0, 0]))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 160
    assert len(set(counts)) == 1


def test_a_pointer_to_a_file_that_is_not_there_falls_back(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    (empty_store.folder / "CURRENT").write_text("000009-gone")  # type: ignore[attr-defined]
    assert codes_in(empty_store) == ["M01"]
    assert empty_store.notice is not None
    assert "000009-gone" in empty_store.notice.en


def test_a_version_says_in_its_name_how_long_it_is(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    (file,) = files_of(empty_store)
    assert file.stat().st_size == int(empty_store.version.split("-")[2], 16)
    assert empty_store.notice is None


def test_a_writer_can_begin_with_an_earlier_version_or_with_nothing(empty_store: Store) -> None:
    for code in ("M01", "M02", "M03"):
        add_units(empty_store, code)
    assert len(empty_store.earlier_versions()) == 2
    first = empty_store.earlier_versions()[-1]
    with empty_store.at(first) as reader:
        assert len(reader.frame(select(units.c.unit_code))) == 1
    with empty_store.writing(first) as writer:
        writer.append(units, rows_of_units("M09"))
    assert codes_in(empty_store) == ["M01", "M09"]
    with empty_store.writing(EMPTY_VERSION) as writer:
        writer.append(units, rows_of_units("M10"))
    assert codes_in(empty_store) == ["M10"]
    with pytest.raises(StoreError, match="no whole version"), empty_store.at("../CURRENT"):
        pass


def test_what_is_beside_the_store_hears_how_a_load_ended(empty_store: Store) -> None:
    heard: list[bool] = []

    def load(fails: bool) -> None:
        with empty_store.writing() as writer:
            writer.at_end(heard.append)
            if fails:
                raise RuntimeError("the load fails")

    load(fails=False)
    with pytest.raises(RuntimeError, match="the load fails"):
        load(fails=True)
    assert heard == [True, False]


def test_a_url_of_no_engine_is_refused() -> None:
    with pytest.raises(StoreError, match="mysql://somewhere"):
        open_store("mysql://somewhere")
