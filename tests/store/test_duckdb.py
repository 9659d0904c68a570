"""The embedded store: its files, the pointer that readers follow, and what is left behind."""

from pathlib import Path

import pytest
from adoption.store.duckdb import KEPT_VERSIONS

from adoption.store import Store, StoreError, open_store
from tests.store.rows import add_units, codes_in


def files_of(store: Store) -> list[Path]:
    assert store.folder is not None
    return sorted((store.folder / "versions").iterdir())


def test_an_empty_store_makes_nothing(empty_store: Store) -> None:
    assert codes_in(empty_store) == []
    assert empty_store.folder is not None
    assert not empty_store.folder.exists()


def test_a_failed_load_leaves_no_file(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    files = files_of(empty_store)
    with pytest.raises(RuntimeError, match="the load fails"), empty_store.writing():
        raise RuntimeError("the load fails")
    assert files_of(empty_store) == files


def test_what_a_killed_load_left_is_removed_by_the_next(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    left = files_of(empty_store)[0].with_name("000002-killed.duckdb")
    left.write_bytes(b"half a file")
    add_units(empty_store, "M02")
    assert codes_in(empty_store) == ["M01", "M02"]
    assert left not in files_of(empty_store)


def test_only_the_files_of_the_last_versions_are_kept(empty_store: Store) -> None:
    for number in range(KEPT_VERSIONS + 3):
        add_units(empty_store, f"M{number:02d}")
    assert len(files_of(empty_store)) == KEPT_VERSIONS


def test_a_pointer_to_a_file_that_is_not_there_falls_back(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    assert empty_store.folder is not None
    (empty_store.folder / "CURRENT").write_text("000009-gone")
    assert codes_in(empty_store) == ["M01"]
    assert empty_store.notice is not None
    assert "000009-gone" in empty_store.notice.en


def test_a_version_says_in_its_name_how_long_it_is(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    (file,) = files_of(empty_store)
    assert file.stat().st_size == int(empty_store.version.split("-")[2], 16)
    assert empty_store.notice is None


def test_a_version_is_no_path(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    with pytest.raises(StoreError, match="no whole version"), empty_store.at("../CURRENT"):
        pass


def test_a_url_of_no_engine_is_refused_without_its_password() -> None:
    with pytest.raises(StoreError, match="somewhere/db: not a store") as refused:
        open_store("mysql://clerk:s3cr/et@somewhere/db")
    assert "s3cr" not in str(refused.value) + refused.value.zh
