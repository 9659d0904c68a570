"""The versions of a PostgreSQL store: adoption/store/evolution.py says how they are kept."""

import secrets

from psycopg import sql

from adoption.store.base import EMPTY_VERSION
from adoption.store.postgresql.rows import Connection
from adoption.store.schema import calendar, metadata

NOW, PAST, EARLIER = "adoption", "adoption_past", "adoption_earlier"
# The session's setting that says which version it reads or writes, by number.
SETTING = "adoption.version"
KEPT_VERSIONS = 5

_TABLES = [table for table in metadata.sorted_tables if table is not calendar]


def layout(connection: Connection) -> str:
    ((found,),) = connection.execute(f"SELECT version_num FROM {NOW}.alembic_version")
    return str(found)


def kept(connection: Connection) -> dict[str, int]:
    """Version -> its number, the newest first: the current one, if there is any."""
    rows = connection.execute(f"SELECT name, number FROM {NOW}.versions ORDER BY number DESC")
    return {str(name): int(number) for name, number in rows}


def current(connection: Connection) -> str:
    return next(iter(kept(connection)), EMPTY_VERSION)


def state(connection: Connection, number: int) -> None:
    """Which version the rest of the transaction reads (by way of EARLIER) or writes."""
    connection.execute("SELECT set_config(%s, %s, true)", [SETTING, str(number)])


def look_at(connection: Connection, number: int) -> None:
    """Have the rest of the transaction read a version before the current one."""
    state(connection, number)
    connection.execute(f"SET LOCAL search_path = {EARLIER}, {NOW}")


def begin(connection: Connection, start: int) -> int:
    """The number of the version that this transaction writes; it has the rows of `start` (0: none)
    from the outset."""
    last = max(kept(connection).values(), default=0)
    state(connection, last + 1)
    # What is published stays so, also on a server that may forget its last moments in a crash.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', true)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    if start != last:
        for table in _TABLES:
            _go_back(connection, table.name, [column.name for column in table.c], start)
    return last + 1


def _go_back(connection: Connection, table: str, columns: list[str], number: int) -> None:
    names = {
        "now": sql.Identifier(NOW, table),
        "past": sql.Identifier(PAST, table),
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "number": sql.Literal(number),
    }
    remove = sql.SQL("DELETE FROM {now} WHERE since_version > {number}")
    revive = sql.SQL(
        "INSERT INTO {now} ({columns}) SELECT {columns} FROM {past}"
        " WHERE since_version <= {number} AND until_version > {number}"
    )
    for statement in (remove, revive):
        connection.execute(statement.format(**names))


def publish(connection: Connection, number: int) -> str:
    """Make the version that this transaction wrote the current one, once it is committed."""
    # Not the number alone: a database that is put back from a backup counts on from there.
    name = f"{number:06d}-{secrets.token_hex(3)}"
    connection.execute(f"INSERT INTO {NOW}.versions VALUES (%s, %s)".encode(), [number, name])
    connection.execute(
        f"DELETE FROM {NOW}.versions WHERE number <= %s".encode(), [number - KEPT_VERSIONS]
    )
    oldest = min(kept(connection).values())
    for table in _TABLES:
        forget = sql.SQL("DELETE FROM {past} WHERE until_version <= {oldest}")
        past = sql.Identifier(PAST, table.name)
        connection.execute(forget.format(past=past, oldest=sql.Literal(oldest)))
    return name
