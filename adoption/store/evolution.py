"""What migrations are made of: tables and columns, on PostgreSQL with what keeps earlier versions.

DuckDB's tables have no keys (see adoption/store/duckdb.py) and need nothing else.

On PostgreSQL each table is three things. `adoption` has its rows as they are now; `since_version`,
its first column, is the number of the publication that wrote a row. `adoption_past` has the rows
that later publications changed or removed, and which one did (`until_version`); triggers put them
there. The view of the same name in `adoption_earlier` gives the rows of the version whose number
the session states in `adoption.version`; whoever writes states the number of the next one there.
"""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import Column, DefaultClause, Integer, PrimaryKeyConstraint, String, Table, text

from adoption.store.postgresql.rows import in_binary_order
from adoption.store.postgresql.versions import EARLIER, NOW, PAST, SETTING

_STATED = f"current_setting('{SETTING}')::integer"
_FUNCTIONS = (
    f"""
    CREATE FUNCTION {NOW}.mark_since() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.since_version = {_STATED};
        RETURN NEW;
    END $$""",
    f"""
    CREATE FUNCTION {NOW}.keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format(
            'INSERT INTO {PAST}.%I SELECT $1, gone.* FROM gone WHERE gone.since_version < $1',
            TG_TABLE_NAME
        ) USING {_STATED};
        RETURN NULL;
    END $$""",
    # Loaders do not own the tables, and to renew statistics is for owners.
    f"""
    CREATE FUNCTION {NOW}.analyse(name text) RETURNS void LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        EXECUTE format('ANALYZE {NOW}.%I', name);
    END $$""",
    f"REVOKE EXECUTE ON FUNCTION {NOW}.analyse(text) FROM PUBLIC",
)


def is_postgresql() -> bool:
    return op.get_context().dialect.name == "postgresql"


def begin() -> None:
    """What the tables need. The schema NOW is there: the layout is recorded in it."""
    if is_postgresql():
        for statement in (f"CREATE SCHEMA {PAST}", f"CREATE SCHEMA {EARLIER}", *_FUNCTIONS):
            op.execute(statement)
        op.create_table(
            "versions",
            Column("number", Integer, primary_key=True, autoincrement=False),
            Column("name", String, nullable=False, unique=True),
            schema=NOW,
        )


def create_table(name: str, *columns: Column[Any]) -> None:
    """A table whose rows publications change; its key is the columns marked as such."""
    if not is_postgresql():
        op.create_table(name, *[_copy(column) for column in columns])
        return
    key = PrimaryKeyConstraint(
        *[column.name for column in columns if column.primary_key],
        # Checked when a load is published: a first load that meets a key twice begins again.
        deferrable=True,
        initially="DEFERRED",
    )
    since = Column("since_version", Integer, nullable=False)
    stated = Column("since_version", Integer, nullable=False, server_default=text(_STATED))
    op.create_table(name, stated, *map(_copy, columns), key, schema=NOW)
    until = Column("until_version", Integer, nullable=False)
    op.create_table(name, until, since, *map(_copy, columns), schema=PAST)
    op.execute(
        f"CREATE TRIGGER mark_since BEFORE UPDATE ON {NOW}.{name} "
        f"FOR EACH ROW EXECUTE FUNCTION {NOW}.mark_since()"
    )
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_past_of_{event.lower()} AFTER {event} ON {NOW}.{name} "
            f"REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {NOW}.keep_past()"
        )
    _show_earlier(name, [column.name for column in columns])


def create_constant_table(name: str, *columns: Column[Any]) -> Table:
    """A table that is the same in every version."""
    schema = NOW if is_postgresql() else None
    return op.create_table(name, *map(_copy, columns), schema=schema)


def create_index(table: str, *columns: str, where: str | None = None) -> None:
    """For the metrics and for linking; DuckDB does without."""
    if is_postgresql():
        name = f"{table}_{'_'.join(columns)}"
        condition = None if where is None else text(where)
        op.create_index(name, table, columns, schema=NOW, postgresql_where=condition)


def add_columns(table: str, *columns: Column[Any], fill: str = "") -> None:
    """`fill` is what the rows that are there have in columns that may not be empty."""
    for schema in (NOW, PAST) if is_postgresql() else (None,):
        for column in columns:
            added = _copy(column)
            if not column.nullable:
                added.nullable, added.server_default = True, DefaultClause(fill)
            op.add_column(table, added, schema=schema)
            if not column.nullable:
                name = column.name
                op.alter_column(table, name, nullable=False, schema=schema)
                op.alter_column(table, name, server_default=None, schema=schema)
    if is_postgresql():
        found = op.get_bind().exec_driver_sql(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s "
            "AND table_name = %s AND column_name <> 'since_version' ORDER BY ordinal_position",
            (NOW, table),
        )
        _show_earlier(table, list(found.scalars()))


def _copy(column: Column[Any]) -> Column[Any]:
    """Without being part of a key."""
    if is_postgresql():
        return in_binary_order(column)
    return Column(column.name, column.type, nullable=column.nullable)


def _show_earlier(table: str, columns: Sequence[str]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    # A subquery, so that it is asked for once and not for every row.
    stated = f"(SELECT {_STATED})"
    op.execute(
        f"CREATE OR REPLACE VIEW {EARLIER}.{table} AS "
        f"SELECT {names} FROM {NOW}.{table} WHERE since_version <= {stated} "
        f"UNION ALL SELECT {names} FROM {PAST}.{table} "
        f"WHERE since_version <= {stated} AND until_version > {stated}"
    )
