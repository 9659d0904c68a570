"""What a store promises, whatever the engine: versions, one writer, no trace of what failed."""

import threading
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, func, select

from adoption.store import (
    EMPTY_VERSION,
    LAYOUT,
    Store,
    StoreBusyError,
    StoreError,
    VersionError,
    open_store,
)
from adoption.store.schema import certificates, targets, units
from tests.engines import Engine
from tests.etl.stores import contents
from tests.store.rows import add_units, codes_in, rows_of_units


def test_an_empty_store_answers(any_store: Store) -> None:
    assert any_store.version == EMPTY_VERSION
    assert codes_in(any_store) == []
    assert list(any_store.versions()) == []
    with any_store.at(EMPTY_VERSION) as reader:
        assert codes_in(reader) == []


def test_an_empty_store_makes_nothing(empty_store: Store) -> None:
    assert codes_in(empty_store) == []
    assert empty_store.folder is not None
    assert not empty_store.folder.exists()


def test_a_url_of_no_engine_is_refused_without_its_password() -> None:
    with pytest.raises(StoreError, match="somewhere/db: not a store") as refused:
        open_store("mysql://clerk:s3cr/et@somewhere/db")
    assert "s3cr" not in str(refused.value) + refused.value.zh


def test_readers_follow_each_publication(any_store: Store) -> None:
    other_reader = open_store(any_store.url)
    add_units(any_store, "M01")
    first = other_reader.version
    assert codes_in(other_reader) == ["M01"]
    add_units(any_store, "M02")
    assert other_reader.version != first
    assert codes_in(other_reader) == ["M01", "M02"]


def test_a_reader_sees_the_old_state_while_a_load_writes(any_store: Store) -> None:
    add_units(any_store, "M01")
    version = any_store.version
    with any_store.writing() as writer:
        writer.append(units, rows_of_units("M02"))
        assert codes_in(writer) == ["M01", "M02"]
        assert codes_in(any_store) == ["M01"]
        assert any_store.version == version


def test_a_failed_load_leaves_no_trace(any_store: Store) -> None:
    add_units(any_store, "M01")
    version, before = any_store.version, contents(any_store)

    def load_that_fails() -> None:
        with any_store.writing() as writer:
            writer.append(units, rows_of_units("M02"))
            writer.delete(units, units.c.unit_code == "M01")
            raise RuntimeError("the load fails")

    with pytest.raises(RuntimeError, match="the load fails"):
        load_that_fails()
    assert (any_store.version, contents(any_store)) == (version, before)


def test_a_second_writer_is_told_to_wait(any_store: Store) -> None:
    other = open_store(any_store.url)
    with (
        any_store.writing(),
        pytest.raises(StoreBusyError, match="another load is writing"),
        other.writing(),
    ):
        pass
    add_units(other, "M01")  # and may, once the first has finished


def test_merge_replaces_rows_with_the_same_key_and_adds_the_others(any_store: Store) -> None:
    add_units(any_store, "M01", "M02")
    staged = Table("staged", MetaData(), *[Column(c.name, c.type) for c in units.columns])
    with any_store.writing() as writer:
        writer.scratch(staged)
        writer.append(staged, rows_of_units("M02", "M03", name="新名稱"))
        writer.merge(units, select(*staged.columns))
    names = any_store.frame(select(units.c.unit_code, units.c.name).order_by(units.c.unit_code))
    assert names.to_numpy().tolist() == [
        ["M01", "示範單位"],
        ["M02", "新名稱"],
        ["M03", "新名稱"],
    ]


def test_merge_may_read_the_table_that_it_changes(any_store: Store) -> None:
    add_units(any_store, "M01", "M02")
    with any_store.writing() as writer:
        renamed = [
            func.upper(units.c.name + "x").label("name") if c is units.c.name else c
            for c in units.columns
        ]
        writer.merge(units, select(*renamed).where(units.c.unit_code == "M01"))
    names = any_store.frame(select(units.c.name).order_by(units.c.unit_code))
    assert list(names["name"]) == ["示範單位X", "示範單位"]


def test_update_changes_the_columns_that_it_names(any_store: Store) -> None:
    add_units(any_store, "M01", "M02")
    told = Table("told", MetaData(), Column("unit_code", String), Column("valid_to", Date))
    with any_store.writing() as writer:
        writer.scratch(told)
        day = pd.Timestamp("2013-09-24").date()
        writer.append(told, pa.table({"unit_code": ["M02", "M09"], "valid_to": [day, day]}))
        writer.update(units, select(*told.c))
    found = any_store.frame(
        select(units.c.unit_code, units.c.name, units.c.valid_to).order_by(units.c.unit_code)
    )
    assert list(found["unit_code"]) == ["M01", "M02"]
    assert list(found["name"]) == ["示範單位", "示範單位"]
    assert [pd.isna(found["valid_to"][0]), found["valid_to"][1]] == [True, pd.Timestamp(day)]


def test_scratch_tables_are_made_anew_and_not_published(any_store: Store) -> None:
    staged = Table("staged", MetaData(), Column("text", String))
    with any_store.writing() as writer:
        for _ in range(2):
            writer.scratch(staged)
            writer.append(staged, pa.table({"text": ["x"]}))
        assert len(writer.frame(select(staged.c.text))) == 1
    with pytest.raises(Exception, match="staged"):
        any_store.frame(select(staged.c.text))


def test_days_come_back_as_datetimes_and_counts_as_integers(any_store: Store) -> None:
    with any_store.writing() as writer:
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
    frame = any_store.frame(select(targets.c.due_on, func.count()).group_by(targets.c.due_on))
    assert frame.iloc[0, 0] == pd.Timestamp("2013-12-31")
    assert [str(kind) for kind in frame.dtypes] == ["datetime64[ms]", "int64"]


def test_no_rows_have_types_too(any_store: Store) -> None:
    t = targets.c
    frame = any_store.frame(select(t.metric, t.due_on, t.value, t.load_id, t.value > 1))
    assert [str(kind) for kind in frame.dtypes] == [
        *("str", "datetime64[ms]", "float64", "int32", "bool"),
    ]


ODD_TEXTS = (
    "",
    " ",
    '甲, "乙"',
    "a\nb\r\nc",
    "\\N",
    "\\.",
    "'; --",
    "NULL",
    "𠮷堃",
    "%s %(x)s",
    "\t",
)


def test_texts_come_back_as_they_were(any_store: Store) -> None:
    """Empty is not nothing, and no sign means anything."""
    names = [*ODD_TEXTS, None]
    codes = [f"M{number:02}" for number in range(len(names))]
    rows = rows_of_units(*codes).append_column("name_en", pa.array(names, pa.string()))
    with any_store.writing() as writer:
        writer.append(units, rows)
    query = select(units.c.name_en).order_by(units.c.unit_code)
    (batch,) = any_store.batches(query)
    assert batch["name_en"].to_pylist() == names
    for text in ODD_TEXTS:
        found = any_store.frame(select(units.c.name_en).where(units.c.name_en == text))
        assert list(found["name_en"]) == [text]


def test_rows_in_pieces_are_added_whole(any_store: Store) -> None:
    """Also when the pieces of one column are not those of another, and one is empty."""
    rows = rows_of_units("M01", "M02", "M03")
    none, first, rest = rows[:0], rows[:1], rows[1:]
    pieces = pa.concat_tables([none, first, none, rest])
    pieces = pieces.set_column(0, "unit_code", rows["unit_code"])
    with any_store.writing() as writer:
        writer.append(units, pieces)
        writer.append(units, none)
    assert codes_in(any_store) == ["M01", "M02", "M03"]
    assert any_store.frame(select(func.count(units.c.name))).iat[0, 0] == 3


def test_texts_are_in_the_order_of_their_code_points(any_store: Store) -> None:
    """Not in that of a language, so that all engines agree on what is first."""
    codes = ["b", "B", "a", "Ａ", "一", "丁", "乙", "Z", "-1", "10", "9", "é", "e"]
    add_units(any_store, *codes)
    c = units.c.unit_code
    assert codes_in(any_store) == sorted(codes)
    assert any_store.frame(select(func.max(c), func.min(c))).iloc[0].tolist() == ["Ａ", "-1"]
    above = any_store.frame(select(c).where(c > "Z"))
    assert sorted(above.iloc[:, 0]) == sorted(code for code in codes if code > "Z")


def test_batches_give_every_row_once(any_store: Store) -> None:
    codes = [f"M{number:04}" for number in range(5_000)]
    add_units(any_store, *codes)
    batches = list(any_store.batches(select(units.c.unit_code), rows=700))
    together = pa.Table.from_batches(batches)["unit_code"].to_pylist()
    assert len(batches) > 1
    assert sorted(together) == codes


def test_many_threads_read_at_once(any_store: Store) -> None:
    add_units(any_store, "M01", "M02")
    counts: list[int] = []

    def read() -> None:
        for _ in range(10):
            query = select(func.count()).select_from(units)
            counts.append(int(any_store.frame(query).iat[0, 0]))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2] * 80


def test_an_earlier_version_can_be_read_whatever_was_published_since(any_store: Store) -> None:
    add_units(any_store, "M01", "M02")
    first, as_it_was = any_store.version, contents(any_store)
    with any_store.at(first) as reader:
        changed = Table("changed", MetaData(), *[Column(c.name, c.type) for c in units.columns])
        with any_store.writing() as writer:
            writer.scratch(changed)
            writer.append(changed, rows_of_units("M02", "M03", name="新名稱"))
            writer.merge(units, select(*changed.c))
        with any_store.writing() as writer:
            writer.delete(units, units.c.unit_code == "M01")
        assert contents(reader) == as_it_was
    assert codes_in(any_store) == ["M02", "M03"]
    assert [version.name for version in any_store.versions()][-1] == first
    with any_store.at(first) as reader:
        assert contents(reader) == as_it_was
    with any_store.at(any_store.version) as reader:
        assert codes_in(reader) == ["M02", "M03"]


def test_tables_can_be_put_back_as_they_were(any_store: Store) -> None:
    for code in ("M01", "M02", "M03"):
        add_units(any_store, code)
    first = any_store.versions()[-1].name
    with any_store.writing() as writer:
        writer.delete(units, units.c.unit_code == "M01")
    with any_store.writing() as writer:
        writer.restore(first, [units, targets])
        assert codes_in(writer) == ["M01"]
        writer.append(units, rows_of_units("M09"))
    assert codes_in(any_store) == ["M01", "M09"]
    with any_store.writing() as writer:
        writer.restore(EMPTY_VERSION, [units])
        writer.append(units, rows_of_units("M10"))
    assert codes_in(any_store) == ["M10"]
    with any_store.at(any_store.versions()[1].name) as reader:
        assert codes_in(reader) == ["M01", "M09"]


def test_every_version_is_kept(any_store: Store) -> None:
    for number in range(20):  # more than are compacted
        add_units(any_store, f"M{number:02d}")
    versions = any_store.versions()
    assert [version.number for version in versions] == list(range(20, 0, -1))
    for version in versions:
        with any_store.at(version.name) as reader:
            assert len(codes_in(reader)) == version.number == version.rows["units"]
    for unknown in ("99-x", versions[0].name + "0", "../catalog.sqlite", "1"):
        with pytest.raises(VersionError), any_store.at(unknown):
            pass


def test_a_trial_publishes_nothing_and_waits_for_nobody(any_store: Store) -> None:
    add_units(any_store, "M01")
    version = any_store.version
    with any_store.writing(), open_store(any_store.url).writing(trial=True) as writer:
        writer.append(units, rows_of_units("M02"))
        assert codes_in(writer) == ["M01", "M02"]
    with any_store.at(version) as reader:
        assert codes_in(reader) == ["M01"]
    assert codes_in(any_store) == ["M01"]


def test_what_is_beside_the_store_hears_how_a_load_ended(any_store: Store) -> None:
    heard: list[bool] = []

    def load(fails: bool) -> None:
        with any_store.writing() as writer:
            writer.at_end(heard.append)
            if fails:
                raise RuntimeError("the load fails")

    load(fails=False)
    with pytest.raises(RuntimeError, match="the load fails"):
        load(fails=True)
    assert heard == [True, False]


def test_a_key_may_come_twice_within_a_load_that_mends_it(any_store: Store) -> None:
    """A first load that meets a key twice empties the table and begins again."""
    with any_store.writing() as writer:
        writer.append(units, rows_of_units("M01", "M01"))
        writer.delete(units, units.c.load_id.is_not(None))
        writer.append(units, rows_of_units("M01"))
    assert codes_in(any_store) == ["M01"]


def test_upgrading_what_is_up_to_date_changes_nothing(any_store: Store) -> None:
    add_units(any_store, "M01")
    version = any_store.version
    assert any_store.upgrade() == (LAYOUT, LAYOUT)
    assert any_store.version == version


def test_every_engine_gives_equal_certificates(
    engine: Engine, sample_store: Store, tmp_path: Path
) -> None:
    """A few thousand rows of every type, by way of a scratch table."""
    store = engine.new(tmp_path)
    copied = Table("copied", MetaData(), *[Column(c.name, c.type) for c in certificates.c])
    numbers = Table("numbers", MetaData(), Column("load_id", Integer), Column("n", Integer))
    with store.writing() as writer:
        writer.scratch(copied)
        for batch in sample_store.batches(select(*certificates.c), rows=2_000):
            writer.append(copied, pa.Table.from_batches([batch]))
        writer.merge(certificates, select(*copied.c))
        writer.scratch(numbers)
        counted = select(copied.c.load_id, func.count().label("n")).group_by(copied.c.load_id)
        writer.insert(numbers, counted)
        assert writer.frame(select(func.sum(numbers.c.n))).iat[0, 0] == 5_000
    ordered = select(*certificates.c).order_by(certificates.c.serial)
    pd.testing.assert_frame_equal(store.frame(ordered), sample_store.frame(ordered))
