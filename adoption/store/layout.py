"""Which layout a store's tables have, and how an older one is brought to this program's.

A layout is a revision of adoption/store/migrations, which Alembic applies; the store records which
it has in `alembic_version`. Embedded stores that were made before layouts were recorded are told by
their columns. Programs and stores of different layouts do not work together: each says what to do.
"""

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection

from adoption.store.base import StoreError

# The last of the migrations.
LAYOUT = "0004"

MIGRATIONS = Path(__file__).parent / "migrations"
# Layout -> table and column that came with it, the newest first.
_CAME_WITH = {
    "0004": ("targets", "provenance"),
    "0003": ("source_files", "entry"),
    "0002": ("loads", "cleared"),
}


def layout_of_columns(columns: Collection[tuple[str, str]]) -> str:
    """The layout of a store that does not record it, from its tables' columns (table, column)."""
    return next((layout for layout, column in _CAME_WITH.items() if column in columns), "0001")


def check_layout(found: str, place: str) -> None:
    """Raises StoreError where `found` is not this program's layout."""
    if found < LAYOUT:
        raise StoreError(
            f"{place}: the store has an older layout ({found}, here {LAYOUT}); "
            "run python -m etl upgrade, which loses nothing",
            f"{place}：資料庫是舊版的結構（{found}，本程式是 {LAYOUT}）；"
            "請執行 python -m etl upgrade 升級，資料不會遺失",
        )
    if found > LAYOUT:
        raise StoreError(
            f"{place}: the store was made by a newer version of this program "
            f"(layout {found}, here {LAYOUT}); install that version",
            f"{place}：資料庫是較新版程式建立的（結構 {found}，本程式是 {LAYOUT}）；"
            "請更新程式再使用",
        )


def migrate(
    connection: Connection, found: str | None, *, schema: str | None = None, to: str = LAYOUT
) -> None:
    """Apply the migrations after layout `found` (None: there are no tables) up to `to`.

    In one transaction, the caller's. `schema` is where tables are and the layout is recorded.
    """
    # Alembic takes long to import and is hardly ever needed.
    import duckdb_sqlalchemy.alembic_impl  # noqa: F401 (tells Alembic of DuckDB)
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "schema": schema})
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    if found is not None:  # where it is not recorded yet
        command.stamp(config, found)
    command.upgrade(config, to)
