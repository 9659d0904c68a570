"""Layouts: an older store is upgraded where it is and loses nothing, a newer one is left alone."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from adoption.store.duckdb import _create_schema
from adoption.store.layout import LAYOUT, MIGRATIONS, migrate
from duckdb_sqlalchemy import ConnectionWrapper
from sqlalchemy import StaticPool, create_engine, inspect, select

from adoption.store import Store, StoreError, VersionError, open_store
from adoption.store.schema import metadata, targets
from tests.engines.postgresql import Server
from tests.etl.files import CERTIFICATES, certificate, load_files, write
from tests.etl.stores import contents

LAYOUTS = [f"{number:04}" for number in range(1, int(LAYOUT))]
# As the first layout had them: a certificate, a target, a load of a file with a reject.
FIRST_ROWS = """
INSERT INTO certificates (serial, holder_id, org_type, county, card, issued_on, expires_on,
    renewal_applied_on, flags, load_id, renewed_on, is_renewal)
VALUES ('A1', '04595257', 'company', '臺北市', 'primary', '2008-10-01', '2013-10-01',
    '2013-09-01', NULL, 1, '2013-09-01', false);
INSERT INTO targets (metric, scope, due_on, value, load_id)
VALUES ('integration_totals', '', '2013-12-31', 200, 1);
INSERT INTO loads (load_id, feed, loaded_at, loaded_by, seconds)
VALUES (1, 'certificates', '2013-09-25T00:00:00+00:00', 'clerk', 1.5);
INSERT INTO source_files (load_id, file_number, name, sha256, bytes, format, encoding, header_row,
    columns, read, kept, unchanged, duplicate, rejected, flagged)
VALUES (1, 1, 'a.csv', 'abc', 12, 'csv', 'utf-8', 1, '{}', 2, 1, 0, 0, 1, 0);
INSERT INTO rejects (load_id, file_number, sheet, row_number, reasons, text)
VALUES (1, 1, '', 3, '[]', '{}');
"""
# What columns that came later have in rows that were there.
FILLED = {
    "loads": {"cleared": 0, "reverted_at": None, "reverted_by": None},
    "source_files": {
        "dropped": "[]",
        "archived": None,
        "entry": "",
        "sheet": "",
        "unread_sheets": "[]",
        "skipped": 0,
    },
    "rejects": {"key": None},
    "targets": {"provenance": None},
}


def statements(layout: str) -> list[str]:
    """FIRST_ROWS for a store of that layout: later columns that may not be empty are filled."""
    found = [part.strip() for part in FIRST_ROWS.split(";") if part.strip()]
    later = {
        "loads": {"0002": {"cleared": "0"}},
        "source_files": {
            "0002": {"dropped": "'[]'"},
            "0003": {"entry": "''", "sheet": "''", "unread_sheets": "'[]'", "skipped": "0"},
        },
    }
    for place, statement in enumerate(found):
        table = statement.split()[2]
        for since, columns in later.get(table, {}).items():
            if since <= layout:
                named, values = ", ".join(columns), ", ".join(columns.values())
                found[place] = re.sub(
                    r"\)\s*VALUES \((.*)\)$",
                    rf", {named}) VALUES (\1, {values})",
                    found[place],
                    flags=re.DOTALL,
                )
    return found


def check_rows(store: Store) -> None:
    found = contents(store)
    assert {name: len(rows) for name, rows in found.items() if rows} == {
        "calendar": 2400,
        "certificates": 1,
        "targets": 1,
        "loads": 1,
        "source_files": 1,
        "rejects": 1,
    }
    for name, filled in FILLED.items():
        columns = [column.name for column in metadata.tables[name].c]
        row = dict(zip(columns, found[name][0], strict=True))
        assert {column: row[column] for column in filled} == filled
        assert row["load_id"] == 1
    assert found["certificates"][0][:2] == ("A1", "04595257")


def check_it_works(store: Store, folder: Path) -> None:
    """A load and taking it back, by way of the columns that are new."""
    path = write(folder / "b.csv", CERTIFICATES, certificate("A2"), certificate("A3", 卡別="?"))
    assert load_files(store, "certificates", path)[0].kept == 1
    with store.writing(store.earlier_versions()[0]):
        pass
    check_rows(store)


def test_the_last_migration_is_this_programs_layout() -> None:
    found = sorted(path.name[1:5] for path in (MIGRATIONS / "versions").glob("m*.py"))
    assert found == [*LAYOUTS, LAYOUT]


# DuckDB -------------------------------------------------------------------------------------------


def migrated(connection: duckdb.DuckDBPyConnection, layout: str) -> None:
    opened = ConnectionWrapper(connection)
    engine = create_engine("duckdb://", creator=lambda: opened, poolclass=StaticPool)
    with engine.begin() as migrating:
        migrate(migrating, None, to=layout)


def columns_of(connection: duckdb.DuckDBPyConnection) -> set[tuple[Any, ...]]:
    query = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
    return {row for row in connection.execute(query).fetchall() if row[0] != "alembic_version"}


def test_the_migrations_make_the_tables_that_a_new_embedded_store_has() -> None:
    with duckdb.connect() as new, duckdb.connect() as upgraded:
        _create_schema(new)
        migrated(upgraded, LAYOUT)
        assert columns_of(upgraded) == columns_of(new)
        calendar = "SELECT * FROM calendar ORDER BY month"
        assert new.execute(calendar).fetchall() == upgraded.execute(calendar).fetchall()


def embedded_store(folder: Path, layout: str, *, is_recorded: bool) -> Store:
    """As a program of that layout left it."""
    versions = folder / "store" / "versions"
    versions.mkdir(parents=True)
    file = versions / "made.duckdb"
    with duckdb.connect(str(file)) as connection:
        migrated(connection, layout)
        for statement in statements(layout):
            connection.execute(statement)
        if not is_recorded:
            connection.execute("DROP TABLE alembic_version")
    version = f"000001-abcdef-{file.stat().st_size:x}"
    file.rename(versions / f"{version}.duckdb")
    (folder / "store" / "CURRENT").write_text(version)
    return open_store(f"lake:///{folder}/store")


@pytest.mark.parametrize("is_recorded", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_embedded_store_of_an_older_layout_is_upgraded(
    layout: str, is_recorded: bool, tmp_path: Path
) -> None:
    store = embedded_store(tmp_path, layout, is_recorded=is_recorded)
    before = store.version
    for ask in (lambda: store.frame(select(targets)), lambda: store.writing().__enter__()):
        with pytest.raises(StoreError, match=f"older layout .{layout}, here {LAYOUT}.*etl upgrade"):
            ask()
    assert store.upgrade() == (layout, LAYOUT)
    assert store.version != before
    check_rows(store)
    with pytest.raises(VersionError, match="older layout"), store.at(before):
        pass
    assert store.upgrade() == (LAYOUT, LAYOUT)
    check_it_works(store, tmp_path)


def test_a_store_of_todays_layout_that_does_not_record_it_works(tmp_path: Path) -> None:
    check_rows(store := embedded_store(tmp_path, LAYOUT, is_recorded=False))
    check_it_works(store, tmp_path)


def test_a_newer_embedded_store_is_refused(tmp_path: Path) -> None:
    store = embedded_store(tmp_path, LAYOUT, is_recorded=True)
    (file,) = (tmp_path / "store" / "versions").iterdir()
    with duckdb.connect(str(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = file.with_name(f"000002-abcdef-{file.stat().st_size:x}.duckdb")
    file.rename(newer)
    (tmp_path / "store" / "CURRENT").write_text(newer.stem)
    for ask in (
        lambda: store.frame(select(targets)),
        lambda: store.writing().__enter__(),
        store.upgrade,
    ):
        with pytest.raises(StoreError, match="newer version of this program") as refused:
            ask()
        assert "請更新程式" in refused.value.zh


# PostgreSQL ---------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_of_the_schema_in_postgresql(
    shared_engine: object, postgresql: Server
) -> None:
    engine = create_engine(postgresql.url(postgresql.new_database()))
    with engine.connect() as connection:
        found = inspect(connection)
        for table in metadata.sorted_tables:
            columns = {c["name"]: c for c in found.get_columns(table.name, schema="adoption")}
            columns.pop("since_version", None)
            assert {name: c["nullable"] for name, c in columns.items()} == {
                column.name: column.nullable for column in table.c
            }
            for column in table.c:
                assert type(columns[column.name]["type"]).__name__.upper() == (
                    column.type.compile(engine.dialect).upper().replace(" ", "_")
                )
            if table.name == "calendar":
                continue
            key = found.get_pk_constraint(table.name, schema="adoption")["constrained_columns"]
            assert key == [column.name for column in table.primary_key.columns]
            names = [column.name for column in table.c]
            past = {c["name"] for c in found.get_columns(table.name, schema="adoption_past")}
            assert past == {*names, "since_version", "until_version"}
            earlier = {c["name"] for c in found.get_columns(table.name, schema="adoption_earlier")}
            assert earlier == set(names)
    engine.dispose()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_database_of_an_older_layout_is_upgraded_in_place(
    layout: str, shared_engine: object, postgresql: Server, tmp_path: Path
) -> None:
    name = postgresql.new_database(template="template0")
    engine = create_engine(postgresql.url(name))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA adoption")
        migrate(connection, None, schema="adoption", to=layout)
        connection.exec_driver_sql("SET LOCAL search_path = adoption")
        for number in (1, 2):
            connection.exec_driver_sql(f"SET LOCAL adoption.version = {number}")
            connection.exec_driver_sql(f"INSERT INTO versions VALUES ({number}, '{number:06}-x')")
            if number == 1:
                for statement in statements(layout):
                    connection.exec_driver_sql(statement)
            else:
                connection.exec_driver_sql("UPDATE certificates SET card = 'additional'")
    engine.dispose()
    store = open_store(postgresql.url(name, tmp_path / "store"))
    for ask in (lambda: store.version, lambda: store.writing().__enter__()):
        with pytest.raises(StoreError, match=f"older layout .{layout}, here {LAYOUT}.*etl upgrade"):
            ask()
    assert store.upgrade() == (layout, LAYOUT)
    check_rows(store)
    assert contents(store)["certificates"][0][4] == "additional"
    with store.at("000001-x") as earlier:
        assert contents(earlier)["certificates"][0][4] == "primary"
    assert store.upgrade() == (LAYOUT, LAYOUT)
    check_it_works(store, tmp_path)


def test_a_newer_database_is_refused(
    shared_engine: object, postgresql: Server, tmp_path: Path
) -> None:
    name = postgresql.new_database()
    postgresql.execute("UPDATE adoption.alembic_version SET version_num = '9999'", name)
    store = open_store(postgresql.url(name, tmp_path / "store"))
    for ask in (
        lambda: store.version,
        lambda: store.frame(select(targets)),
        lambda: store.writing().__enter__(),
        store.upgrade,
    ):
        with pytest.raises(StoreError, match="newer version of this program"):
            ask()


def test_a_database_of_another_encoding_is_refused(
    shared_engine: object, postgresql: Server
) -> None:
    postgresql.execute("DROP DATABASE IF EXISTS latin")
    postgresql.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="encoded as LATIN1"):
        open_store(postgresql.url("latin")).upgrade()
    postgresql.execute("DROP DATABASE latin WITH (FORCE)")
