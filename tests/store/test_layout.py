"""A lake of another layout, or of no layout yet: refused in a sentence, and upgraded when asked."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adoption.command import run
from adoption.store import EMPTY_VERSION, LAYOUT, Store, StoreError, open_store
from etl.__main__ import app
from tests.engines.postgresql import Server
from tests.etl.files import CERTIFICATES, certificate, kept, load_files, write
from tests.etl.stores import contents
from tests.store.rows import add_units, codes_in


def set_layout(store: Store, layout: str) -> None:
    """As another version of this program would have made it."""
    assert store.folder is not None
    with closing(sqlite3.connect(store.folder / "catalog.sqlite")) as catalog, catalog:
        catalog.execute(
            "UPDATE ducklake_snapshot_changes SET commit_extra_info = "
            "json_set(commit_extra_info, '$.layout', ?) WHERE commit_extra_info IS NOT NULL",
            [layout],
        )


def upgraded(store: Store) -> int:
    with pytest.raises(SystemExit) as left:
        run(app, "python -m etl", ["upgrade", "--store", store.url, "--lang", "en"])
    return int(str(left.value.code))


def test_an_older_lake_is_made_again_from_the_archive(
    empty_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_files(
        empty_store, "certificates", write(tmp_path / "a.csv", CERTIFICATES, certificate("A"))
    )
    path = write(tmp_path / "b.csv", CERTIFICATES, certificate("B"))
    load_files(empty_store, "certificates", path)
    before, versions = contents(empty_store), len(empty_store.versions())
    set_layout(empty_store, "0")
    older = open_store(empty_store.url)
    for ask in (lambda: codes_in(older), lambda: older.writing().__enter__()):
        with pytest.raises(StoreError, match=f"older layout .0, here {LAYOUT}.*etl upgrade"):
            ask()
    assert upgraded(older) == 0
    assert (contents(older), len(older.versions())) == (before, versions)
    capsys.readouterr()
    assert upgraded(older) == 0  # nothing is to be done
    assert kept(older, "certificates", "serial") == [("A",), ("B",)]


def test_a_newer_lake_is_refused(empty_store: Store) -> None:
    add_units(empty_store, "M01")
    set_layout(empty_store, "9")
    newer = open_store(empty_store.url)
    for ask in (
        lambda: codes_in(newer),
        lambda: newer.writing().__enter__(),
        newer.upgrade,
    ):
        with pytest.raises(StoreError, match="newer version of this program") as refused:
            ask()
        assert "請更新程式" in refused.value.zh


def test_an_empty_database_gets_its_tables_once(
    shared_engine: object, postgresql: Server, tmp_path: Path
) -> None:
    name = postgresql.new_database(template="template0")
    store = open_store(postgresql.url(name, tmp_path / "data"))
    for ask in (lambda: store.version, lambda: add_units(store, "M01")):
        with pytest.raises(StoreError, match=r"no tables of this program yet.*etl upgrade"):
            ask()
    assert store.upgrade() == (None, LAYOUT)
    assert store.upgrade() == (LAYOUT, LAYOUT)
    assert store.version == EMPTY_VERSION
    add_units(store, "M01")
    assert codes_in(store) == ["M01"]


def test_a_database_of_another_encoding_is_refused(
    shared_engine: object, postgresql: Server, tmp_path: Path
) -> None:
    postgresql.execute("DROP DATABASE IF EXISTS latin")
    postgresql.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="encoded as LATIN1"):
        open_store(postgresql.url("latin", tmp_path)).upgrade()
    postgresql.execute("DROP DATABASE latin WITH (FORCE)")
